// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Sharing: what is scarce now and by which voted rule it is shared; who would have lost under which rule; figures of queues.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { about, now } from '../lib/commons';
import { amount, count, day, fromNow, percent } from '../lib/format';
import { t } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { path } from '../lib/route';
import { csvCell, loadQueues, loadRounds, partsOfRules, table, type Queue, type Round } from '../lib/share';
import { loadMotion, loadMotions, type Motion } from '../lib/votes';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Empty, Load, PageHead, Part, Table } from '../ui/basic';
import { Propose } from './propose';
import { offered, RoundPage, ruleName } from './round';
import { Simulator } from './simulator';

// ---- Rounds ----

function RoundCard({ r }: { r: Round }): JSX.Element {
  const until = r.state === 'sealing' ? r.seals : r.state === 'opening' ? r.opens : null;
  return (
    <li class={`card ${until === null ? '' : 'mine'}`}>
      <h2 class="minor">
        <a href={`/sharing/${r.round}`}>{r.title ?? t('hidden_text')}</a>
      </h2>
      <p class="row small">
        <Badge kind={r.state === 'ready' ? 'good' : 'accent'}>{t(`share_state_${r.state}`)}</Badge>
        {until !== null && <span>{t('share_until', { left: fromNow(until, now()) })}</span>}
      </p>
      <p class="small soft">{t('share_counts', { sealed: count(r.sealed), opened: count(r.opened) })}</p>
    </li>
  );
}

function Rounds({ rounds }: { rounds: readonly Round[] }): JSX.Element {
  const order = ['sealing', 'opening', 'drawing', 'ready'];
  if (rounds.length === 0) return <Empty>{t('share_none')}</Empty>;
  return (
    <ul class="cards plain">
      {[...rounds]
        .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.since - a.since)
        .map((r) => (
          <RoundCard key={r.round} r={r} />
        ))}
    </ul>
  );
}

// ---- Queues ----

function Queues(): JSX.Element {
  const loaded = useLoad(loadQueues);
  const part = (x: number | null): string => (x === null ? '–' : percent(x / 1000));
  const whole = (x: number | null): string => (x === null ? '–' : count(x));
  return (
    <Load from={loaded}>
      {(queues) =>
        queues.length === 0 ? (
          <Empty>{t('queue_none')}</Empty>
        ) : (
          <Table<Queue>
            caption={t('queue_title')}
            rows={queues}
            columns={[
              { name: t('queue_where'), cell: (q) => (q.assembly_name === 'everyone' ? t('everybody') : <bdi>{q.assembly_name}</bdi>) },
              { name: t('queue_shelf'), number: true, cell: (q) => part(q.shelf) },
              { name: t('queue_fill'), number: true, cell: (q) => part(q.fill) },
              { name: t('queue_hours'), number: true, cell: (q) => whole(q.hours) },
              { name: t('queue_waiting'), number: true, cell: (q) => whole(q.waiting) },
              { name: t('queue_days'), number: true, cell: (q) => whole(q.days) },
              { name: t('queue_instead'), number: true, cell: (q) => part(q.instead) },
              { name: t('queue_since'), cell: (q) => day(q.since) },
            ]}
          />
        )
      }
    </Load>
  );
}

const FIGURES = ['shelf', 'fill', 'instead', 'hours', 'waiting', 'days'] as const;

// What somebody who works there, or stands in line, counts. Parts are said in per cent, and kept in thousandths.
function Reporting(): JSX.Element {
  const source = useSignal('');
  const said = useSignal<Readonly<Record<string, string>>>({});
  const value = (f: (typeof FIGURES)[number]): number | undefined => {
    const x = said.value[f] ?? '';
    const whole = Math.round(Number(x) * (f === 'shelf' || f === 'fill' || f === 'instead' ? 10 : 1));
    return x.trim() === '' || !(whole >= 0) ? undefined : whole;
  };
  const some = FIGURES.some((f) => value(f) !== undefined);
  return (
    <div class="card stack">
      <label class="field">
        <span>{t('queue_source')}</span>
        <input value={source.value} maxLength={200} onInput={(e) => (source.value = e.currentTarget.value)} />
      </label>
      <div class="row">
        {FIGURES.map((f) => (
          <label key={f} class="field">
            <span>{`${t(`queue_${f}`)}${f === 'shelf' || f === 'fill' || f === 'instead' ? ' (%)' : ''}`}</span>
            <input type="number" min={0} step="any" value={said.value[f] ?? ''} onInput={(e) => (said.value = { ...said.value, [f]: e.currentTarget.value })} />
          </label>
        ))}
      </div>
      <Act
        kind="queue.reported"
        label={t('queue_report')}
        disabled={!some || source.value.trim() === ''}
        fields={() => ({ assembly: fromHex(about.value?.commons_id ?? ''), source: source.value.trim(), ...Object.fromEntries(FIGURES.map((f) => [f, value(f)])) })}
        says={<p>{t('queue_report_says', { source: source.value })}</p>}
        done={() => (said.value = {})}
      />
    </div>
  );
}

// ---- A round is announced ----

function Announce({ motion }: { motion: Motion }): JSX.Element {
  const title = useSignal(motion.title ?? '');
  const amounts = useSignal<ReadonlyMap<string, { quantity: string; unit: string; whole: boolean }>>(new Map());
  const loaded = useLoad((stop) => loadMotion(motion.motion, stop));
  return (
    <Load from={loaded}>
      {(m) => {
        const chosen = m.choices.find((c) => c.option === m.chosen);
        const text = m.proposed.find((a) => a.amendment === chosen?.amendment)?.text ?? m.texts.at(-1)?.text ?? '';
        const parts = partsOfRules(text);
        if (parts === null) return <p class="soft">{t('share_no_rules_text')}</p>;
        const rules = table(parts.rules).filter((r) => r['good'] !== '*');
        const row = (good: string) => amounts.value.get(good) ?? { quantity: '', unit: '', whole: false };
        const set = (good: string, x: { quantity: string; unit: string; whole: boolean }): void => {
          amounts.value = new Map([...amounts.value, [good, x]]);
        };
        const there = rules.filter((r) => Number(row(r['good'] ?? '').quantity) > 0);
        const supply = `good,quantity,unit,whole\n${there.map((r) => {
          const x = row(r['good'] ?? '');
          return `${csvCell(r['good'] ?? '')},${x.quantity},${x.unit.replace(/[",\n]/g, ' ')},${x.whole || r['rule'] === 'lottery' || r['rule'] === 'urgency' ? 'yes' : 'no'}\n`;
        }).join('')}`;
        return (
          <div class="stack">
            <label class="field">
              <span>{t('share_title')}</span>
              <input value={title.value} maxLength={200} onInput={(e) => (title.value = e.currentTarget.value)} />
            </label>
            {rules.map((r) => {
              const good = r['good'] ?? '';
              const x = row(good);
              return (
                <fieldset key={good} class="row choices">
                  <legend>
                    <bdi>{good}</bdi> <span class="soft small">{ruleName(r['rule'] ?? '')}</span>
                  </legend>
                  <label class="field">
                    <span>{t('share_there_is')}</span>
                    <input type="number" min={0} step="any" value={x.quantity} onInput={(e) => set(good, { ...x, quantity: e.currentTarget.value })} />
                  </label>
                  <label class="field">
                    <span>{t('unit')}</span>
                    <input value={x.unit} maxLength={30} onInput={(e) => set(good, { ...x, unit: e.currentTarget.value })} />
                  </label>
                </fieldset>
              );
            })}
            <Act
              kind="share.announced"
              look="primary"
              label={t('share_announce')}
              disabled={there.length === 0 || title.value.trim() === ''}
              fields={() => ({ assembly: fromHex(m.assembly), motion: fromHex(m.motion), title: title.value.trim(), rules: parts.rules, supply, people: parts.people, urgency: parts.urgency })}
              says={
                <>
                  <p>{t('share_announce_says')}</p>
                  <ul>
                    {offered(table(supply), table(parts.rules)).map((g) => (
                      <li key={g.good}>
                        <bdi>{g.good}</bdi>: {amount(Number(g.quantity))} {g.unit}, {ruleName(g.rule)}
                      </li>
                    ))}
                  </ul>
                </>
              }
            />
          </div>
        );
      }}
    </Load>
  );
}

function Announcing(): JSX.Element {
  const picked = useSignal<string | null>(null);
  const loaded = useLoad(loadMotions);
  return (
    <Load from={loaded}>
      {({ motions }) => {
        const carried = motions.filter((m) => m.state === 'carried' && m.sort === 'text');
        if (carried.length === 0) return <p class="soft">{t('share_no_rule_carried')}</p>;
        const m = carried.find((x) => x.motion === picked.value);
        return (
          <div class="card stack">
            <label class="field">
              <span>{t('share_by_motion')}</span>
              <select value={picked.value ?? ''} onChange={(e) => (picked.value = e.currentTarget.value)}>
                <option value="">–</option>
                {carried.map((x) => (
                  <option key={x.motion} value={x.motion}>
                    {x.title ?? x.motion.slice(0, 8)}
                  </option>
                ))}
              </select>
            </label>
            {m !== undefined && <Announce key={m.motion} motion={m} />}
          </div>
        );
      }}
    </Load>
  );
}

// ---- Which rule for what ----

function Rules(): JSX.Element {
  const rows = (['uniform', 'points', 'lottery', 'urgency', 'first'] as const).map((r) => ({
    rule: r === 'first' ? t('share_compared_queue') : ruleName(r),
    used: t(`share_prop_used_${r}`),
    envy: t(`share_prop_envy_${r}`),
    lies: t(`share_prop_lies_${r}`),
    use: t(`share_prop_for_${r}`),
  }));
  return (
    <Table
      caption={t('share_rules_title')}
      rows={rows}
      columns={[
        { name: t('share_rule'), cell: (r) => r.rule },
        { name: t('share_prop_for'), cell: (r) => r.use },
        { name: t('share_prop_used'), cell: (r) => r.used },
        { name: t('share_prop_envy'), cell: (r) => r.envy },
        { name: t('share_prop_lies'), cell: (r) => r.lies },
      ]}
    />
  );
}

function Overview(): JSX.Element {
  const commons = about.value?.commons_id != null;
  const loaded = useLoad((stop) => (commons ? loadRounds(stop) : Promise.resolve<readonly Round[]>([])));
  return (
    <>
      <PageHead title={t('page_sharing')}>{t('share_lead')}</PageHead>
      <Load from={loaded}>
        {(rounds) => (
          <>
            {commons && (
              <>
                <Rounds rounds={rounds} />
                <Part title={t('queue_title')} note={t('queue_note')}>
                  <Queues />
                  <details>
                    <summary>{t('queue_report')}</summary>
                    <Reporting />
                  </details>
                </Part>
              </>
            )}
            <Part title={t('share_simulator')} note={t('share_simulator_note')}>
              <Simulator rounds={rounds} />
            </Part>
            <Part title={t('share_rules_title')} note={t('share_rules_note')}>
              <Rules />
            </Part>
            {commons && (
              <Part title={t('share_propose_title')} note={t('share_propose_note')}>
                <Propose />
              </Part>
            )}
            {commons && (
              <Part title={t('share_announce_title')} note={t('share_announce_note')}>
                <Announcing />
              </Part>
            )}
          </>
        )}
      </Load>
    </>
  );
}

export function SharingPage(): JSX.Element {
  const id = path.value.split('/')[2];
  if (id === undefined || id === '') return <Overview />;
  return (
    <>
      <p class="small no-print">
        <a href="/sharing">← {t('page_sharing')}</a>
      </p>
      <RoundPage key={id} id={id} />
    </>
  );
}
