// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A watch is begun and ended: who holds a mandate in a council does it at once, before a constitution a founder, others ask members drawn by lot. And the
// workplaces that report: one is named, and joined.
import type { ComponentChildren, JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { get } from '../lib/api';
import { moved, now } from '../lib/commons';
import { amount, count, day } from '../lib/format';
import { t } from '../lib/i18n';
import { me } from '../lib/key';
import { useLoad } from '../lib/load';
import { loadBelonging, type Belonging } from '../lib/member';
import { loadAssemblies, type Assembly } from '../lib/votes';
import { DAY, DAYS_MOST, millionths, PERIODS_MOST, type Line } from '../lib/watch';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Load } from '../ui/basic';
import { Privileged } from '../ui/privileged';

interface Rights {
  readonly in_force: boolean; // a constitution is
  readonly mine: Belonging | null;
}

async function loadRights(stop: AbortSignal): Promise<Rights> {
  void moved.value;
  const member = me.value;
  const [commons, mine] = await Promise.all([get<{ in_force: boolean }>('/api/commons', stop), member === null ? null : loadBelonging(member, stop).catch(() => null)]);
  return { in_force: commons.in_force, mine };
}

// What of a line the form holds, as it was typed.
const EMPTY = { name: '', workplace: '', planned: '', spread: '', price: '', begins: '', days: '7', periods: '52' };
type Typed = typeof EMPTY;

const whole = (x: string, most: number): boolean => /^\d+$/.test(x) && Number(x) >= 1 && Number(x) <= most;
const positive = (x: string): boolean => Number(x) > 0 && Number.isSafeInteger(millionths(x)) && millionths(x) > 0;
const firstDay = (x: Typed): number => Date.parse(x.begins) / 1000;

function complete(x: Typed): boolean {
  return (
    x.name.trim() !== '' && x.workplace !== '' && positive(x.planned) && positive(x.spread) && (x.price === '' || Number(x.price) >= 0) && Number.isFinite(firstDay(x)) && whole(x.days, DAYS_MOST) && whole(x.periods, PERIODS_MOST)
  );
}

function NewWorkplace({ rights }: { rights: Rights }): JSX.Element {
  const name = useSignal('');
  return (
    <div class="stack">
      <label class="field">
        <span>{t('workplace_name')}</span>
        <input value={name.value} maxLength={100} onInput={(e) => (name.value = e.currentTarget.value)} />
      </label>
      <Privileged
        granted={rights.in_force}
        kind="constituency.created"
        label={t('workplace_create')}
        disabled={name.value.trim() === ''}
        fields={() => ({ name: name.value.trim(), type: 'workplace' })}
        says={<p>{t('workplace_says', { name: name.value.trim() })}</p>}
        done={() => (name.value = '')}
      />
    </div>
  );
}

function NewLine({ rights, workplaces }: { rights: Rights; workplaces: readonly Assembly[] }): JSX.Element {
  const start = { ...EMPTY, begins: new Date(now() * 1000).toISOString().slice(0, 10), workplace: workplaces.length === 1 ? (workplaces[0]?.assembly ?? '') : '' };
  const typed = useSignal<Typed>(start);
  const x = typed.value;
  const set = (key: keyof Typed) => (e: { currentTarget: { value: string } }) => (typed.value = { ...typed.value, [key]: e.currentTarget.value });
  const number = (key: keyof Typed, label: string, note: string | null, limits: { min: number; max?: number; step: number | 'any' }): ComponentChildren => (
    <label class="field">
      <span>{label}</span>
      <input type="number" inputMode={limits.step === 'any' ? 'decimal' : 'numeric'} {...limits} value={x[key]} onInput={set(key)} />
      {note !== null && <span class="soft small">{note}</span>}
    </label>
  );
  const granted = rights.in_force && rights.mine?.mandate !== true;
  const workplace = workplaces.find((w) => w.assembly === x.workplace)?.name ?? '';
  return (
    <div class="card stack">
      <label class="field">
        <span>{t('watch_what')}</span>
        <input value={x.name} maxLength={100} onInput={set('name')} />
      </label>
      <label class="field">
        <span>{t('watch_workplace')}</span>
        <select value={x.workplace} onChange={set('workplace')}>
          <option value="">–</option>
          {workplaces.map((w) => (
            <option key={w.assembly} value={w.assembly}>
              {w.name}
            </option>
          ))}
        </select>
      </label>
      {number('planned', t('watch_plan_amount'), null, { min: 0, step: 'any' })}
      {number('spread', t('watch_spread'), t('watch_spread_is'), { min: 0, step: 'any' })}
      <label class="field">
        <span>{t('watch_first_day')}</span>
        <input type="date" value={x.begins} onInput={set('begins')} />
      </label>
      {number('days', t('watch_period_days'), null, { min: 1, max: DAYS_MOST, step: 1 })}
      {number('periods', t('watch_period_count'), null, { min: 1, max: PERIODS_MOST, step: 1 })}
      {number('price', t('watch_price'), null, { min: 0, step: 'any' })}
      {granted && <p class="soft small">{t('watch_begin_who')}</p>}
      <Privileged
        granted={granted}
        kind="line.watched"
        label={t('watch_begin_act')}
        disabled={!complete(x)}
        fields={() => ({
          name: x.name.trim(),
          workplace: fromHex(x.workplace),
          planned: millionths(x.planned),
          spread: millionths(x.spread),
          price: Math.round(Number(x.price) * 1000),
          begins: firstDay(x),
          days: Number(x.days),
          periods: Number(x.periods),
        })}
        says={
          complete(x) && (
            <>
              <p>
                {t('watch_begin_says', {
                  name: x.name.trim(),
                  workplace,
                  planned: amount(Number(x.planned)),
                  spread: amount(Number(x.spread)),
                  days: count(Number(x.days)),
                  from: day(firstDay(x)),
                  until: day(firstDay(x) + Number(x.days) * Number(x.periods) * DAY),
                })}
              </p>
              <p>{t('watch_begin_then', { workplace })}</p>
            </>
          )
        }
        done={() => (typed.value = start)}
      />
    </div>
  );
}

async function loadForm(stop: AbortSignal): Promise<{ rights: Rights; workplaces: readonly Assembly[] }> {
  const [rights, { assemblies }] = await Promise.all([loadRights(stop), loadAssemblies(stop)]);
  return { rights, workplaces: assemblies.filter((a) => a.sort === 'constituency') };
}

// Below the lines that are watched; open where there is none.
export function BeginWatch({ first }: { first: boolean }): JSX.Element {
  const loaded = useLoad(loadForm);
  return (
    <details open={first}>
      <summary>{t(first ? 'watch_begin_first' : 'watch_begin')}</summary>
      <p class="soft">{t('watch_begin_note')}</p>
      <Load from={loaded}>
        {({ rights, workplaces }) =>
          workplaces.length === 0 ? (
            <div class="card stack">
              <p>{t('watch_no_workplace')}</p>
              <NewWorkplace rights={rights} />
            </div>
          ) : (
            <>
              <NewLine rights={rights} workplaces={workplaces} />
              <details>
                <summary>{t('workplace_create')}</summary>
                <NewWorkplace rights={rights} />
              </details>
            </>
          )
        }
      </Load>
    </details>
  );
}

// On the page of a line: who works there but does not belong to the workplace yet joins it.
export function Joining({ line }: { line: Line }): JSX.Element {
  const loaded = useLoad(loadForm);
  return (
    <Load from={loaded}>
      {({ rights, workplaces }) =>
        rights.mine !== null && !rights.mine.assemblies.has(line.workplace) && workplaces.some((w) => w.assembly === line.workplace) ? (
          <Act
            kind="member.moved"
            label={t('workplace_join')}
            fields={() => ({ constituency: fromHex(line.workplace), joins: 1 })}
            says={<p>{t('workplace_join_says', { workplace: line.workplace_name })}</p>}
          />
        ) : null
      }
    </Load>
  );
}

export function EndWatch({ line }: { line: Line }): JSX.Element {
  const loaded = useLoad(loadRights);
  return (
    <details>
      <summary>{t('watch_end')}</summary>
      <Load from={loaded}>
        {({ in_force, mine }) => (
          <div class="stack">
            <p class="soft small">{t('watch_end_says', { name: line.name })}</p>
            <Privileged
              granted={in_force && mine?.mandate !== true}
              kind="line.ended"
              label={t('watch_end')}
              disabled={false}
              fields={() => ({ line: fromHex(line.line) })}
              says={<p>{t('watch_end_says', { name: line.name })}</p>}
              done={() => undefined}
            />
          </div>
        )}
      </Load>
    </details>
  );
}
