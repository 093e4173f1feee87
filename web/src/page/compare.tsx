// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Compare: two plans side by side, the difference first.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Bars } from '../chart/bars';
import { get, query as withQuery } from '../lib/api';
import { about } from '../lib/commons';
import { amount, difference, measure, measured, percent, exact } from '../lib/format';
import { t } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { loadNames, loadPlan, loadPlans, type Names, type PlanHead } from '../lib/plan';
import { query, setQuery } from '../lib/route';
import { Badge, Chart, Empty, Load, PageHead, Part, Table } from '../ui/basic';
import { PutToVote } from '../ui/choice';
import { LocalTable } from '../ui/window';
import { groupName } from './plan';

type Pair = readonly [number, number];
type NeedPair = Comparison['needs'][number];
interface Comparison {
  readonly same_economy: boolean;
  readonly comparable: boolean;
  readonly changes: readonly { readonly table: string; readonly key: string; readonly column: string; readonly from: readonly (number | string | null)[]; readonly to: readonly (number | string | null)[] }[];
  readonly groups: readonly { readonly tier: number; readonly group: string | null; readonly unit: string; readonly asked: Pair; readonly delivered: Pair; readonly met: Pair; readonly gain: number; readonly lose: number }[];
  readonly needs: readonly { readonly good: string; readonly tier: number; readonly group: string; readonly unit: string; readonly asked: Pair; readonly delivered: Pair; readonly met: Pair }[];
  readonly goods: readonly { readonly good: string; readonly unit: string; readonly made: Pair }[];
  readonly resources: readonly { readonly resource: string; readonly kind: string; readonly unit: string; readonly used: Pair; readonly available: readonly (number | null)[] }[];
  readonly labour: Pair;
  readonly imports: Pair;
  readonly exports: Pair;
}

const change = (p: Pair): number => (p[0] === 0 ? 0 : p[1] / p[0] - 1);
const points = (p: Pair): string => t('points', { points: difference(100 * (p[1] - p[0]), (x) => exact(Number(x.toPrecision(3)))) });

function Choose({ list, a, b }: { list: readonly PlanHead[]; a: string; b: string }): JSX.Element {
  const one = (name: 'a' | 'b', value: string): JSX.Element => (
    <label class="field">
      <span>{t(name === 'a' ? 'compare_from' : 'compare_to')}</span>
      <select value={value} onChange={(e) => setQuery(name, e.currentTarget.value)}>
        {list.map((p) => (
          <option key={p.plan} value={p.plan}>
            {p.title}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div class="cards two">
      {one('a', a)}
      {one('b', b)}
    </div>
  );
}

function Fact({ title, pair, unit, less }: { title: string; pair: Pair; unit: string; less?: boolean }): JSX.Element {
  const d = pair[1] - pair[0];
  const same = Math.abs(d) <= 1e-9 * Math.abs(pair[0]);
  return (
    <article class="card">
      <h3>{title}</h3>
      <p class={`big ${same ? '' : d < 0 ? 'down' : 'up'}`}>{same ? t('same') : difference(d, (x) => measured(x, unit))}</p>
      <p class="soft small">
        {t('from_to', { from: measured(pair[0], unit), to: measure(pair[1], unit) })}
        {!same && ` (${difference(change(pair), percent)})`}
      </p>
      {less === true && !same && <Badge kind={d < 0 ? 'good' : 'warn'}>{t(d < 0 ? 'less_work' : 'more_work')}</Badge>}
    </article>
  );
}

function Shown({ c, names }: { c: Comparison; names: Names }): JSX.Element {
  const gain = c.needs.filter((n) => n.met[1] > n.met[0] + 1e-9);
  const lose = c.needs.filter((n) => n.met[1] < n.met[0] - 1e-9);
  const tiers = c.groups.filter((g) => g.group === null);
  const groups = c.groups.filter((g) => g.group !== null);
  const moved = useMemo(() => {
    const gap = (n: NeedPair): number => Math.abs(n.met[1] - n.met[0]);
    return c.needs.filter((n) => gap(n) > 1e-9).sort((x, y) => gap(y) - gap(x));
  }, [c]);
  const made = useMemo(() => [...c.goods].filter((g) => Math.abs(change(g.made)) > 1e-9).sort((x, y) => Math.abs(change(y.made)) - Math.abs(change(x.made))).slice(0, 12), [c]);
  const groupTable = (
    <Table
      caption={t('by_group')}
      rows={c.groups}
      columns={[
        { name: t('for_whom'), cell: (g) => (g.group === null ? <strong>{t('tier_n', { tier: g.tier })}</strong> : <bdi>{groupName(g.group)}</bdi>) },
        { name: t('before'), number: true, cell: (g) => percent(g.met[0]) },
        { name: t('after'), number: true, cell: (g) => percent(g.met[1]) },
        { name: t('difference'), number: true, cell: (g) => points(g.met) },
        { name: t('needs_more'), number: true, cell: (g) => String(g.gain) },
        { name: t('needs_less'), number: true, cell: (g) => String(g.lose) },
      ]}
    />
  );
  const goodsTable = (
    <Table
      caption={t('what_is_made')}
      rows={made}
      columns={[
        { name: t('good'), cell: (g) => <bdi>{names.of('good', g.good)}</bdi> },
        { name: t('before'), number: true, cell: (g) => measured(g.made[0], g.unit) },
        { name: t('after'), number: true, cell: (g) => measured(g.made[1], g.unit) },
        { name: t('difference'), number: true, cell: (g) => difference(change(g.made), percent) },
      ]}
    />
  );
  return (
    <>
      {!c.comparable && <div class="notice warn">{t('not_comparable')}</div>}
      <div class={`notice ${lose.length === 0 ? 'good' : 'warn'}`} role="status">
        <p>
          <strong>{t('in_short')}</strong> {t('compare_says', { gain: t('needs_n', { n: gain.length }), lose: t('needs_n', { n: lose.length }) })}
        </p>
      </div>
      {c.changes.length > 0 && (
        <Part title={t('what_changed')}>
          <Table
            caption={t('what_changed')}
            rows={c.changes}
            columns={[
              { name: t('changed_what'), cell: (x) => <bdi>{`${x.table === 'resources' ? names.of('resource', x.key) : x.key} · ${x.column}`}</bdi> },
              { name: t('before'), number: true, cell: (x) => value(x.to[0] ?? null) },
              { name: t('after'), number: true, cell: (x) => value(x.to[1] ?? null) },
            ]}
          />
        </Part>
      )}
      <Part title={t('gains_losses')} note={t('gains_note')}>
        <Chart title={t('by_group')} table={groupTable}>
          <Bars
            title={t('by_group')}
            differences
            bars={(groups.length > 0 ? groups : tiers).map((g) => ({
              name: `${groupName(g.group ?? '')} · ${t('tier_n', { tier: g.tier })}`,
              value: g.met[1] - g.met[0],
              label: points(g.met),
              tier: g.tier,
            }))}
          />
        </Chart>
      </Part>
      <Part title={t('what_it_takes')}>
        <div class="cards">
          <Fact title={t('work')} pair={c.labour} unit={t('hours_short')} less />
          {c.resources
            .filter((r) => r.kind !== 'labour')
            .map((r) => (
              <Fact key={r.resource} title={names.of('resource', r.resource)} pair={r.used} unit={r.unit} />
            ))}
        </div>
      </Part>
      <Part title={t('needs_moved')}>
        {moved.length === 0 ? (
          <Empty>{t('nobody_differs')}</Empty>
        ) : (
          <LocalTable
            caption={t('needs_moved')}
            rows={moved}
            id={(n) => `${n.good}|${n.tier}|${n.group}`}
            keys={{ good: (n) => names.of('good', n.good), group: (n) => n.group, tier: (n) => n.tier, before: (n) => n.met[0], after: (n) => n.met[1], change: (n) => n.met[1] - n.met[0] }}
            columns={[
              { name: t('good'), cell: (n) => <bdi>{names.of('good', n.good)}</bdi>, sort: 'good' },
              { name: t('for_whom'), cell: (n) => <bdi>{groupName(n.group)}</bdi>, sort: 'group' },
              { name: t('tier'), number: true, cell: (n) => String(n.tier), sort: 'tier' },
              { name: t('before'), number: true, cell: (n) => percent(n.met[0]), sort: 'before' },
              { name: t('after'), number: true, cell: (n) => percent(n.met[1]), sort: 'after' },
              { name: t('difference'), number: true, cell: (n) => <span class={n.met[1] < n.met[0] ? 'down' : 'up'}>{points(n.met)}</span>, sort: 'change' },
              { name: t('delivered'), number: true, cell: (n) => difference(n.delivered[1] - n.delivered[0], (x) => measured(x, n.unit)) },
            ]}
          />
        )}
      </Part>
      {made.length > 0 && (
        <Part title={t('made_moved')}>
          <Chart title={t('made_moved')} table={goodsTable}>
            <Bars title={t('made_moved')} differences bars={made.map((g) => ({ name: names.of('good', g.good), value: change(g.made), label: difference(change(g.made), percent) }))} />
          </Chart>
        </Part>
      )}
    </>
  );
}

function value(x: number | string | null): string {
  return x === null ? t('no_limit') : typeof x === 'number' ? amount(x) : x;
}

function Pairing({ list, a, b }: { list: readonly PlanHead[]; a: string; b: string }): JSX.Element {
  const loaded = useLoad(async (stop) => {
    const [c, from, plan] = await Promise.all([get<Comparison>(`/api/plans/${a}/compare${withQuery({ with: b })}`, stop), loadPlan(a, stop), loadPlan(b, stop)]);
    return { c, from, plan, names: await loadNames(plan) };
  });
  return (
    <Load from={loaded}>
      {({ c, from, plan, names }) => {
        const others = list.filter((p) => p.hash === plan.hash && p.outcome === 'planned' && p.plan !== from.plan && p.plan !== plan.plan);
        return (
          <>
            <Shown c={c} names={names} />
            {c.same_economy && about.value?.commons_id != null && (
              <Part title={t('put_to_vote')} note={t('choice_note')}>
                <PutToVote plans={[from, plan, ...others]} chosen={[from.plan, plan.plan]} text="" />
              </Part>
            )}
          </>
        );
      }}
    </Load>
  );
}

export function ComparePage(): JSX.Element {
  const plans = useLoad(loadPlans);
  return (
    <>
      <PageHead title={t('page_compare')}>{t('compare_lead')}</PageHead>
      <Load from={plans}>
        {(list) => {
          // Plans of a motion are read out of the record when they are asked for; the list holds what was asked for so far.
          const a = query.value.get('a') ?? list.now ?? list.plans[0]?.plan;
          const b = query.value.get('b') ?? list.plans.find((p) => p.plan !== a)?.plan;
          if (a === undefined || b === undefined) return <Empty>{t('compare_needs_two')}</Empty>;
          return (
            <>
              {list.plans.length > 1 && <Choose list={list.plans} a={a} b={b} />}
              {a === b ? <Empty>{t('compare_same')}</Empty> : <Pairing key={`${a} ${b}`} list={list.plans} a={a} b={b} />}
            </>
          );
        }}
      </Load>
    </>
  );
}
