// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A rule of sharing is put to the vote: the text of a motion is the table of rules itself, so that what is carried is what is followed, word for word.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { about } from '../lib/commons';
import { t } from '../lib/i18n';
import { csvCell } from '../lib/share';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { ruleName } from './round';

export interface RuleRow {
  readonly good: string;
  readonly rule: 'uniform' | 'points' | 'lottery';
  readonly floor: string;
}

// The table of rules of these rows; those without a good are left out.
export function rulesText(rows: readonly RuleRow[]): string {
  const said = rows.filter((r) => r.good.trim() !== '');
  return `good,rule,floor\n${said.map((r) => `${csvCell(r.good.trim())},${r.rule},${r.rule === 'lottery' || !(Number(r.floor) > 0) ? '' : r.floor}\n`).join('')}`;
}

const RULES = ['uniform', 'points', 'lottery'] as const; // a list of urgency needs its people beside it: plenty motion table

export function Propose(): JSX.Element {
  const title = useSignal('');
  const rows = useSignal<readonly RuleRow[]>([{ good: '', rule: 'uniform', floor: '' }]);
  const set = (i: number, row: RuleRow): void => {
    rows.value = rows.value.map((r, k) => (k === i ? row : r));
  };
  const text = rulesText(rows.value);
  const empty = rows.value.every((r) => r.good.trim() === '');
  return (
    <div class="card stack">
      <label class="field">
        <span>{t('share_title')}</span>
        <input value={title.value} maxLength={200} onInput={(e) => (title.value = e.currentTarget.value)} />
      </label>
      {rows.value.map((r, i) => (
        <fieldset key={i} class="row choices">
          <legend class="hidden">{t('share_rule_n', { n: i + 1 })}</legend>
          <label class="field">
            <span>{t('good')}</span>
            <input value={r.good} maxLength={100} onInput={(e) => set(i, { ...r, good: e.currentTarget.value })} />
          </label>
          <label class="field">
            <span>{t('share_rule')}</span>
            <select value={r.rule} onChange={(e) => set(i, { ...r, rule: e.currentTarget.value as RuleRow['rule'] })}>
              {RULES.map((x) => (
                <option key={x} value={x}>
                  {ruleName(x)}
                </option>
              ))}
            </select>
          </label>
          {r.rule !== 'lottery' && (
            <label class="field">
              <span>{t('share_floor')}</span>
              <input type="number" min={0} step="any" value={r.floor} onInput={(e) => set(i, { ...r, floor: e.currentTarget.value })} />
            </label>
          )}
        </fieldset>
      ))}
      <div class="row">
        <button type="button" class="small" onClick={() => (rows.value = [...rows.value, { good: '', rule: 'uniform', floor: '' }])}>
          {t('share_another_good')}
        </button>
        <Act
          kind="motion.tabled"
          look="primary"
          label={t('share_propose')}
          disabled={empty || title.value.trim() === ''}
          fields={() => ({ assembly: fromHex(about.value?.commons_id ?? ''), sort: 0, title: title.value.trim(), text })}
          says={
            <>
              <p>{t('share_propose_says')}</p>
              <pre>{text}</pre>
            </>
          }
        />
      </div>
    </div>
  );
}
