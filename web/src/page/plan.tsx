// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Plan: what is made and who gets it; what is short, and why, first.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Bars } from '../chart/bars';
import { Icons, Meter, roundUnit, shapeOf } from '../chart/icons';
import { Sankey, type FlowNode } from '../chart/sankey';
import { amount, compact, count, exact, measure, measured, percent, unitOf } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { isShort, ratio, search, searchable, shortages, summarize, type Need, type Summary } from '../lib/plan';
import { mainFlows, type MainFlows } from '../lib/flows';
import { loadPlan, loadPlans, type FullPlan } from '../lib/plans';
import { query, setQuery } from '../lib/route';
import { Badge, Chart, Empty, Load, PageHead, Part, Table } from '../ui/basic';
import { WindowTable } from '../ui/window';
import { Figure, WhySheet } from './why';

const SHORT_SHOWN = 6;

export function groupName(group: string): string {
  return group === '' ? t('everybody') : group;
}

function TierCard({ tier, groups }: { tier: Summary; groups: readonly Summary[] }): JSX.Element {
  return (
    <article class={`card tier-${Math.min(4, tier.tier)}`}>
      <h3 class="row">
        <span class="dot" aria-hidden="true" />
        {t('tier_n', { tier: tier.tier })}
        {tier.short === 0 ? <Badge kind="good">{t('all_met')}</Badge> : <Badge kind="short">{t('n_short', { n: tier.short })}</Badge>}
      </h3>
      <p class="big">{percent(tier.met)}</p>
      <p class="soft small">{t('met_of_needs', { n: tier.needs })}</p>
      <Icons shape="box" part={tier.met * 10} whole={10} unit={1} />
      <p class="soft small">{t('icon_tenth')}</p>
      {groups.map((g) => (
        <div key={g.group} class="stack">
          <div class="row between small">
            <bdi>{groupName(g.group)}</bdi>
            <span class="number">
              {percent(g.met)} · {t('needs_n', { n: g.needs })}
            </span>
          </div>
          <Meter share={g.met} />
        </div>
      ))}
    </article>
  );
}

function ShortItem({ need, plan }: { need: Need; plan: FullPlan }): JSX.Element {
  const good = plan.good(need.good);
  const unit = roundUnit(need.asked);
  return (
    <li class={`tier-${Math.min(4, need.tier)}`}>
      <div>
        <strong>
          <bdi>{good.name}</bdi>
        </strong>
        <div class="soft small">
          <bdi>{groupName(need.group)}</bdi> · {t('tier_n', { tier: need.tier })}
        </div>
      </div>
      <div class="icons-cell">
        <Icons shape={shapeOf(good.name)} part={need.delivered} whole={need.asked} unit={unit} />
        <div class="soft small">
          {t('of_asked', { delivered: measured(need.delivered, good.unit), asked: measure(need.asked, good.unit) })} {t('one_icon', { amount: measure(unit, good.unit) })}
        </div>
      </div>
      <div>
        <span class="big">
          <Figure what={`good:${need.good}`} label={good.name}>
            {percent(ratio(need))}
          </Figure>
        </span>
      </div>
    </li>
  );
}

function Shortage({ plan }: { plan: FullPlan }): JSX.Element {
  const short = useMemo(() => shortages(plan.needs), [plan]);
  const all = useSignal(false);
  if (short.length === 0) return <div class="notice good">{t('nothing_short')}</div>;
  const shown = all.value ? short : short.slice(0, SHORT_SHOWN);
  return (
    <>
      <ul class="shortlist">
        {shown.map((n) => (
          <ShortItem key={`${n.good}|${n.tier}|${n.group}`} need={n} plan={plan} />
        ))}
      </ul>
      {short.length > SHORT_SHOWN && (
        <p>
          <button type="button" aria-expanded={all.value} onClick={() => (all.value = !all.value)}>
            {all.value ? t('show_fewer') : t('show_all_short', { n: short.length })}
          </button>
        </p>
      )}
    </>
  );
}

function Reasons({ plan }: { plan: FullPlan }): JSX.Element | null {
  const rows = plan.reasons.slice(0, 8);
  if (rows.length === 0) return null;
  const title = t('what_holds_back', { tier: plan.heldTier ?? 0 });
  const table = (
    <Table
      caption={title}
      rows={plan.reasons}
      columns={[
        { name: t('limit'), cell: (l) => <Figure what={`${l.kind === 'capacity' ? 'recipe' : l.kind}:${l.id}`} label={l.name}>{plan.limitName(l)}</Figure> },
        { name: t('available'), number: true, cell: (l) => (l.available === null ? '' : measure(l.available, l.unit)) },
        { name: t('points_more'), number: true, cell: (l) => `+${exact(Number((100 * l.gain).toPrecision(3)))}` },
      ]}
    />
  );
  return (
    <Chart title={title} says={t('holds_note')} table={table}>
      <Bars title={title} bars={rows.map((l) => ({ name: plan.limitName(l), value: l.gain, label: t('plus_points', { points: exact(Number((100 * l.gain).toPrecision(2))) }) }))} />
    </Chart>
  );
}

function Work({ plan }: { plan: FullPlan }): JSX.Element {
  return (
    <div class="cards">
      {plan.limits
        .filter((l) => l.kind === 'resource')
        .map((l) => {
          const whole = l.available ?? l.used;
          const unit = roundUnit(whole);
          const scarce = l.price > 0;
          return (
            <article key={l.id} class="card">
              <h3 class="row">
                <bdi>{l.name}</bdi>
                {scarce ? <Badge kind="warn">{t('used_up')}</Badge> : null}
              </h3>
              <p class="big">
                <Figure what={`resource:${l.id}`} label={l.name}>
                  {measured(l.used, l.unit)}
                </Figure>
              </p>
              <p class="soft small">
                {l.available === null ? unitOf(l.unit) : t('of_available', { available: measure(l.available, l.unit) })}
              </p>
              <Icons shape={plan.isLabour(l.id) ? 'person' : 'box'} part={l.used} whole={whole} unit={unit} />
              <p class="soft small">{t('one_icon', { amount: measure(unit, l.unit) })}</p>
            </article>
          );
        })}
    </div>
  );
}

function Goods({ plan }: { plan: FullPlan }): JSX.Element {
  const wanted = useSignal(query.value.get('search') ?? '');
  const texts = useMemo(() => plan.goods.map((g) => searchable(`${g.name} ${g.id} ${g.group}`)), [plan]);
  const needsOf = useMemo(() => {
    const map = new Map<string, Need[]>();
    for (const n of plan.needs) map.set(n.good, [...(map.get(n.good) ?? []), n]);
    return map;
  }, [plan]);
  const rows = useMemo(() => search(texts, wanted.value), [texts, wanted.value]);
  const good = (i: number) => plan.goods[i] as FullPlan['goods'][number];
  const met = (i: number): number => {
    const needs = needsOf.get(good(i).id) ?? [];
    const asked = needs.reduce((s, n) => s + n.asked, 0);
    return asked === 0 ? 1 : needs.reduce((s, n) => s + n.delivered, 0) / asked;
  };
  return (
    <>
      <label class="field">
        <span>{t('search_goods')}</span>
        <input type="search" value={wanted.value} onInput={(e) => (wanted.value = e.currentTarget.value)} onChange={() => setQuery('search', wanted.value === '' ? null : wanted.value)} />
      </label>
      <p class="small soft" role="status">
        {t('found_n', { n: rows.length })}
      </p>
      <WindowTable
        caption={t('all_goods')}
        rows={rows}
        columns={[
          { name: t('good'), cell: (i) => <Figure what={`good:${good(i).id}`} label={good(i).name}>{good(i).name}</Figure>, order: (i) => good(i).name },
          { name: t('made'), number: true, cell: (i) => <span title={exact(good(i).made)}>{amount(good(i).made)}</span>, order: (i) => good(i).made },
          { name: t('used_inside'), number: true, cell: (i) => amount(good(i).used), order: (i) => good(i).used },
          { name: t('imported'), number: true, cell: (i) => amount(good(i).imported), order: (i) => good(i).imported },
          { name: t('delivered'), number: true, cell: (i) => amount(good(i).delivered), order: (i) => good(i).delivered },
          { name: t('met'), number: true, cell: (i) => percent(met(i)), order: met },
          { name: t('exported'), number: true, cell: (i) => amount(good(i).exported), order: (i) => good(i).exported },
          { name: t('unit'), cell: (i) => <bdi>{good(i).unit}</bdi> },
        ]}
      />
    </>
  );
}

function Flows({ plan }: { plan: FullPlan }): JSX.Element {
  const f = useMemo(() => mainFlows(plan.goods, plan.needs), [plan]);
  if (f.flows.length === 0) return <Empty>{t('no_flows')}</Empty>;
  const unit = plan.inWork ? t('unit_hours') : t('unit_value');
  return <Sankey title={t('flows_title')} says={t(plan.inWork ? 'flows_note_hours' : 'flows_note')} unit={unit} nodes={nodesOf(f, plan)} flows={f.flows} />;
}

function nodesOf(f: MainFlows, plan: FullPlan): FlowNode[] {
  const name = (id: string): string => {
    const [kind, rest] = id.split(/:(.*)/s) as [string, string];
    if (kind === 'good') return plan.name('good', rest);
    if (kind === 'tier') return t('tier_n', { tier: Number(rest) });
    return t(`node_${kind}` as WordKey);
  };
  return f.nodes.map((n) => ({ ...n, name: name(n.id) }));
}

function Shown({ plan }: { plan: FullPlan }): JSX.Element {
  const tiers = useMemo(() => summarize(plan.needs), [plan]);
  const short = plan.needs.filter(isShort).length;
  return (
    <>
      <PageHead title={plan.title}>
        {t('plan_lead', { met: percent(plan.met), needs: count(plan.needs.length), short: count(short), goods: compact(plan.goods.length) })}
      </PageHead>
      {plan.outcome !== 'planned' && <div class="notice short">{t('infeasible')}</div>}
      <Part title={t('short_title')} note={t('short_note')}>
        <Shortage plan={plan} />
        <Reasons plan={plan} />
      </Part>
      <Part title={t('who_gets')} note={t('who_gets_note')}>
        <div class="cards">
          {tiers.map((x) => (
            <TierCard key={x.tier.tier} tier={x.tier} groups={x.groups} />
          ))}
        </div>
      </Part>
      <Part title={t('what_it_takes')}>
        <Work plan={plan} />
      </Part>
      <Part title={t('flows_part')}>
        <Flows plan={plan} />
      </Part>
      <Part title={t('what_is_made')}>
        <Goods plan={plan} />
      </Part>
      <Part title={t('proof_title')}>
        <Proof plan={plan} />
      </Part>
      <WhySheet plan={plan.id} names={plan.name} />
    </>
  );
}

function Proof({ plan }: { plan: FullPlan }): JSX.Element {
  return (
    <>
      <p>{t('proof_text')}</p>
      <ol>
        {plan.stages.map((s) => (
          <li key={s.stage}>
            {stageWords(s.goal, s.tier, s.value)} <span class="soft small">{t('bound', { bound: s.goal === 'least' ? amount(s.bound) : percent(s.bound) })}</span>
          </li>
        ))}
      </ol>
      <p class="small soft">
        {t('economy_hash')} <code>{plan.hash}</code>
      </p>
      <p>
        <a class="button small" href={`/api/plans/${plan.id}/archive`} download>
          {t('download_plan')}
        </a>{' '}
        <code>plenty verify PLAN ECONOMY</code>
      </p>
    </>
  );
}

export function stageWords(goal: string, tier: number | undefined, value: number): string {
  if (goal === 'raise') return t('stage_raise', { tier: tier ?? 0, to: percent(value) });
  if (goal === 'least') return t('stage_least', { amount: amount(value) });
  if (goal === 'most') return t('stage_most', { to: percent(value) });
  return t('stage_weighted', { amount: amount(value) });
}

// The one that the address names, else the one in force, else the first.
export function PlanPage(): JSX.Element {
  const chosen = query.value.get('plan');
  const plans = useLoad(loadPlans);
  return (
    <Load from={plans}>
      {(list) => {
        const id = chosen ?? list.find((p) => p.inForce)?.id ?? list[0]?.id;
        if (id === undefined) {
          return (
            <>
              <PageHead title={t('page_plan')} />
              <Empty>
                <p>{t('no_plan_yet')}</p>
                <a class="button primary" href="/start">
                  {t('go_start')}
                </a>
              </Empty>
            </>
          );
        }
        return <OnePlan key={id} id={id} />;
      }}
    </Load>
  );
}

function OnePlan({ id }: { id: string }): JSX.Element {
  const loaded = useLoad((stop) => loadPlan(id, stop));
  return <Load from={loaded}>{(plan) => <Shown plan={plan} />}</Load>;
}
