// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The rule simulator: what was wanted once, under each rule; who would have lost. Before a rule is put to the vote.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { about } from '../lib/commons';
import { count, percent } from '../lib/format';
import { t } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { loadCompared, type Compared, type Loss, type Round } from '../lib/share';
import { Chart, Empty, Load, Switch, Table } from '../ui/basic';

// From the worst twentieth to the mean, a line for each rule; what nobody lost would be at the right.
function Losses({ rules }: { rules: readonly Loss[] }): JSX.Element {
  const at = (x: number): string => `${100 * Math.min(1, Math.max(0, x))}%`;
  return (
    <ul class="losses" aria-hidden="true">
      {rules.map((r) => (
        <li key={r.rule}>
          <span>{t(`share_compared_${r.rule}`)}</span>
          <span class="losses-track">
            <span class="losses-span" style={{ insetInlineStart: at(r.worst), width: at(r.mean - r.worst) }} />
            <span class="losses-worst" style={{ insetInlineStart: at(r.worst) }} />
            <span class="losses-mean" style={{ insetInlineStart: at(r.mean) }} />
          </span>
          <span class="number small">{t('share_worst_have', { part: percent(r.worst) })}</span>
        </li>
      ))}
    </ul>
  );
}

function Shown({ compared }: { compared: Compared }): JSX.Element {
  // Whom a rule leaves with least is what matters first; the queue stands there to be compared with.
  const rules = [...compared.rules].sort((a, b) => b.worst - a.worst || b.mean - a.mean);
  const title = t('share_losses');
  return (
    <Chart
      title={title}
      says={t(compared.cut > 0 ? 'share_losses_cut' : 'share_losses_was', { people: count(compared.people), goods: count(compared.cut > 0 ? compared.shock : compared.goods), cut: percent(compared.cut), draws: compared.draws })}
      table={
        <Table
          caption={title}
          rows={rules}
          columns={[
            { name: t('share_rule'), cell: (r) => t(`share_compared_${r.rule}`) },
            { name: t('share_loss_mean'), number: true, cell: (r) => percent(r.mean) },
            { name: t('share_loss_worst'), number: true, cell: (r) => percent(r.worst) },
            { name: t('share_loss_least'), number: true, cell: (r) => percent(r.least) },
            { name: t('share_loss_losing'), number: true, cell: (r) => percent(r.losing) },
            { name: t('share_loss_nothing'), number: true, cell: (r) => percent(r.nothing) },
            { name: t('share_loss_used'), number: true, cell: (r) => percent(r.used) },
          ]}
        />
      }
    >
      <Losses rules={rules} />
    </Chart>
  );
}

export function Simulator({ rounds }: { rounds: readonly Round[] }): JSX.Element {
  const done = rounds.filter((r) => r.state === 'ready' || r.state === 'drawing').sort((a, b) => b.since - a.since);
  const given = about.value?.sharing === true;
  const of = useSignal(given ? 'given' : (done[0]?.round ?? ''));
  const cut = useSignal<'0' | '20' | '40' | '60'>(given ? '40' : '0');
  const swaps = useSignal<'7' | '15' | '30'>('15');
  const loaded = useLoad((stop) => {
    const [id, lost, s] = [of.value, Number(cut.value), Number(swaps.value)];
    return id === '' ? Promise.resolve(null) : loadCompared(id, { cut: lost, substitution: s }, stop);
  });
  if (of.value === '') return <Empty>{t('share_nothing_to_replay')}</Empty>;
  return (
    <div class="stack">
      <div class="row">
        <label class="field">
          <span>{t('share_wants_of')}</span>
          <select value={of.value} onChange={(e) => {
              of.value = e.currentTarget.value;
              if (of.value === 'given' && cut.value === '0') cut.value = '40'; // all that was bought was there
            }}>
            {given && <option value="given">{t('share_past_purchases')}</option>}
            {done.map((r) => (
              <option key={r.round} value={r.round}>
                {r.title ?? r.round.slice(0, 8)}
              </option>
            ))}
          </select>
        </label>
        <div>
          <span class="field-name">{t('share_how_scarce')}</span>
          <Switch
            label={t('share_how_scarce')}
            value={cut.value}
            set={(v) => (cut.value = v)}
            options={(['0', '20', '40', '60'] as const).filter((c) => c !== '0' || of.value !== 'given').map((c) => [c, c === '0' ? t('share_as_it_was') : t('share_less', { part: percent(Number(c) / 100) })] as const)}
          />
        </div>
        <div>
          <span class="field-name">{t('share_swaps')}</span>
          <Switch label={t('share_swaps')} value={swaps.value} set={(v) => (swaps.value = v)} options={(['7', '15', '30'] as const).map((s) => [s, t(`share_swaps_${s}`)] as const)} />
        </div>
      </div>
      <Load from={loaded}>{(c) => (c === null ? <Empty>{t('share_nothing_to_replay')}</Empty> : <Shown compared={c} />)}</Load>
      <p class="small soft">{t('share_simulator_limits')}</p>
    </div>
  );
}
