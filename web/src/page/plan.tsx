// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Plan: what is made and who gets it; what is short, and why, first.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Bars } from '../chart/bars';
import { Icons, Meter, roundUnit, shapeOf } from '../chart/icons';
import { get } from '../lib/api';
import { about } from '../lib/commons';
import { amount, clean, count, day, exact, measure, measured, percent, unitOf } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { useLoad } from '../lib/load';
import {
  heldStage,
  loadGoods,
  limitName,
  loadPlan,
  loadPlans,
  ratio,
  reasons,
  shortages,
  type Flows,
  type Good,
  type Limit,
  type Need,
  type Plan,
  type PlanList,
  type Resource,
  type Stage,
  type Tier,
} from '../lib/plan';
import { query, setQuery } from '../lib/route';
import { Badge, Chart, Empty, Failure, Later, Load, PageHead, Part, Table } from '../ui/basic';
import { useRemote, useSlow, WindowTable, type Sort } from '../ui/window';
import { SkillNotice } from './skill';
import { Figure, WhySheet } from './why';

const SHORT_SHOWN = 6;

export function groupName(group: string): string {
  return group === '' ? t('everybody') : group;
}

interface Shown {
  readonly plan: Plan;
  readonly tiers: readonly Tier[];
}

function TierCard({ tier }: { tier: Tier }): JSX.Element {
  const needs = tier.groups.reduce((s, g) => s + g.needs, 0);
  const short = tier.groups.reduce((s, g) => s + g.short, 0);
  return (
    <article class={`card tier-${Math.min(4, tier.tier)}`}>
      <h3 class="row">
        <span class="dot" aria-hidden="true" />
        {t('tier_n', { tier: tier.tier })}
        {short === 0 ? <Badge kind="good">{t('all_met')}</Badge> : <Badge kind="short">{t('n_short', { n: short })}</Badge>}
      </h3>
      <p class="big">{percent(tier.met)}</p>
      <p class="soft small">{t('met_of_needs', { n: needs })}</p>
      <Icons shape="box" part={tier.met * 10} whole={10} unit={1} />
      <p class="soft small">{t('icon_tenth')}</p>
      <ul class="plain">
        {tier.groups.map((g) => (
          <li key={g.group}>
            <div class="row between small">
              <bdi>{groupName(g.group)}</bdi>
              <span class="number">
                {percent(g.met)} · {t('needs_n', { n: g.needs })}
              </span>
            </div>
            <Meter share={g.met} />
          </li>
        ))}
      </ul>
    </article>
  );
}

function ShortItem({ need }: { need: Need }): JSX.Element {
  const unit = roundUnit(need.asked);
  const name = need.name;
  return (
    <li class={`tier-${Math.min(4, need.tier)}`}>
      <div>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <div class="soft small">
          <bdi>{groupName(need.group)}</bdi> · {t('tier_n', { tier: need.tier })}
        </div>
      </div>
      <div class="icons-cell">
        <Icons shape={shapeOf(name)} part={need.delivered} whole={need.asked} unit={unit} />
        <div class="soft small">
          {t('of_asked', { delivered: measured(need.delivered, need.unit), asked: measure(need.asked, need.unit) })} {t('one_icon', { amount: measure(unit, need.unit) })}
        </div>
      </div>
      <div class="big">
        <Figure what={`good:${need.good}`} label={name}>
          {percent(ratio(need))}
        </Figure>
      </div>
    </li>
  );
}

function Shortage({ plan }: { plan: Plan }): JSX.Element {
  const short = useMemo(() => shortages(plan.short ?? []), [plan]);
  const all = useSignal(false);
  if (short.length === 0) return <div class="notice good">{t('nothing_short')}</div>;
  const shown = all.value ? short : short.slice(0, SHORT_SHOWN);
  return (
    <>
      <ul class="shortlist">
        {shown.map((n) => (
          <ShortItem key={`${n.good}|${n.tier}|${n.group}`} need={n} />
        ))}
      </ul>
      {short.length > SHORT_SHOWN && (
        <p>
          <button type="button" aria-expanded={all.value} onClick={() => (all.value = !all.value)}>
            {all.value ? t('show_fewer') : t('show_all_short', { n: short.length })}
          </button>
        </p>
      )}
      {(plan.n_short ?? 0) > short.length && <p class="soft small">{t('short_more', { n: (plan.n_short ?? 0) - short.length })}</p>}
    </>
  );
}

const what = (l: Limit): string => `${l.kind === 'capacity' ? 'recipe' : l.kind}:${l.id}`;
const points = (gain: number): string => exact(Number((100 * gain).toPrecision(2)));

function Reasons({ plan }: { plan: Plan }): JSX.Element | null {
  const rows = reasons(plan);
  if (rows.length === 0) return null;
  const title = t('what_holds_back', { tier: heldStage(plan.stages)?.tier ?? 0 });
  const table = (
    <Table
      caption={title}
      rows={rows}
      columns={[
        {
          name: t('limit'),
          cell: (l) => (
            <Figure what={what(l)} label={t('limit')}>
              {limitName(l)}
            </Figure>
          ),
        },
        { name: t('available'), number: true, cell: (l) => (l.available === null ? '' : measure(l.available, l.unit)) },
        { name: t('points_more'), number: true, cell: (l) => `+${points(l.one_percent_more)}` },
      ]}
    />
  );
  return (
    <Chart title={title} says={t('holds_note')} table={table}>
      <Bars title={title} bars={rows.slice(0, 8).map((l) => ({ name: limitName(l), value: l.one_percent_more, label: t('plus_points', { points: points(l.one_percent_more) }) }))} />
    </Chart>
  );
}

function ResourceCard({ r, scarce }: { r: Resource; scarce: boolean }): JSX.Element {
  const whole = r.available ?? r.used;
  const unit = roundUnit(whole);
  return (
    <article class="card">
      <h3 class="row">
        <bdi>{r.name}</bdi>
        {scarce ? <Badge kind="warn">{t('used_up')}</Badge> : null}
      </h3>
      <p class="big">
        <Figure what={`resource:${r.resource}`} label={r.name}>
          {measured(r.used, r.unit)}
        </Figure>
      </p>
      <p class="soft small">{r.available === null ? unitOf(r.unit) : t('of_available', { available: measure(r.available, r.unit) })}</p>
      <Icons shape={r.kind === 'labour' ? 'person' : 'box'} part={r.used} whole={whole} unit={unit} />
      <p class="soft small">{t('one_icon', { amount: measure(unit, r.unit) })}</p>
    </article>
  );
}

function Takes({ plan }: { plan: Plan }): JSX.Element {
  const scarce = new Set((plan.limits ?? []).filter((l) => l.kind === 'resource' && l.price > 0).map((l) => l.id));
  return (
    <div class="cards">
      {(plan.resources ?? []).map((r) => (
        <ResourceCard key={r.resource} r={r} scarce={scarce.has(r.resource)} />
      ))}
    </div>
  );
}

function Goods({ plan }: { plan: Plan }): JSX.Element {
  const wanted = useSignal(query.value.get('search') ?? '');
  const sort = useSignal<Sort>({ by: 'value', down: true });
  const search = useSlow(wanted.value);
  const by = sort.value;
  const fetchPage = useMemo(
    () => async (from: number, most: number, stop: AbortSignal) => {
      const page = await loadGoods(plan.plan, { search: search === '' ? undefined : search, sort: by.by, from, most }, stop);
      return { total: page.total, rows: page.goods };
    },
    [plan.plan, search, by.by],
  );
  const { source, error, known } = useRemote(fetchPage);
  const oneUnit = plan.unit !== null && plan.unit !== ''; // the same for all goods
  const amountOf = (key: 'made' | 'used' | 'imported' | 'delivered' | 'exported' | 'surplus') => (g: Good) => <span title={`${exact(g[key])} ${g.unit}`}>{measured(clean(g[key], g.made + g.imported + g.drawn), g.unit)}</span>;
  return (
    <>
      <label class="field">
        <span>{t('search_goods')}</span>
        <input type="search" value={wanted.value} onInput={(e) => (wanted.value = e.currentTarget.value)} onChange={() => setQuery('search', wanted.value === '' ? null : wanted.value)} />
      </label>
      <p class="small soft" role="status">
        {known ? t('found_n', { n: source.total }) : t('loading')}
      </p>
      {error !== null && <Failure error={error} />}
      <WindowTable
        caption={oneUnit ? `${t('all_goods')} · ${unitOf(plan.unit ?? '')}` : t('all_goods')}
        source={source}
        id={(g) => g.good}
        sort={by}
        setSort={(s) => (sort.value = { by: s.by, down: true })}
        columns={[
          {
            name: t('good'),
            cell: (g) => (
              <Figure what={`good:${g.good}`} label={t('good')}>
                {g.name}
              </Figure>
            ),
          },
          { name: t('made'), number: true, cell: amountOf('made'), sort: 'made' },
          { name: t('used_inside'), number: true, cell: amountOf('used') },
          { name: t('imported'), number: true, cell: amountOf('imported'), sort: 'imported' },
          { name: t('delivered'), number: true, cell: amountOf('delivered'), sort: 'delivered' },
          { name: t('exported'), number: true, cell: amountOf('exported') },
          { name: t('surplus'), number: true, cell: amountOf('surplus'), sort: 'surplus' },
          ...(oneUnit ? [] : [{ name: t('unit'), cell: (g: Good) => <bdi>{unitOf(g.unit)}</bdi> }]),
        ]}
      />
    </>
  );
}

const NODE_WORDS: Readonly<Record<string, WordKey>> = { work: 'node_work', scarce: 'node_scarce', imports: 'node_imports', stocks: 'node_stocks', others: 'node_others', exports: 'node_exports' };

function FlowsPart({ plan }: { plan: Plan }): JSX.Element {
  const loaded = useLoad(async (stop) => {
    const [f, { Sankey }] = await Promise.all([get<Flows>(`/api/plans/${plan.plan}/flows`, stop), import('../chart/sankey')]);
    return { f, Sankey };
  });
  return (
    <Load from={loaded}>
      {({ f, Sankey }) => {
        if (f.links.length === 0) return <Empty>{t('no_flows')}</Empty>;
        const nodes = f.nodes.map((n) => ({ ...n, name: NODE_WORDS[n.kind] === undefined ? n.name : t(NODE_WORDS[n.kind] as WordKey) }));
        return <Sankey title={t('flows_title')} says={t(f.in_work ? 'flows_note_hours' : 'flows_note')} unit={t(f.in_work ? 'unit_hours' : 'unit_value')} whole={f.whole} nodes={nodes} flows={f.links} />;
      }}
    </Load>
  );
}

function Proof({ plan }: { plan: Plan }): JSX.Element {
  return (
    <>
      <p>{t('proof_text')}</p>
      <ol>
        {plan.stages.map((s) => (
          <li key={s.stage}>
            {stageWords(s)} <span class="soft small">{t('bound', { bound: s.goal === 'least' ? amount(s.bound) : percent(s.bound) })}</span>
          </li>
        ))}
      </ol>
      <p class="small soft">
        {t('economy_hash')} <code>{plan.hash}</code>
      </p>
      <p class="small">
        {t('check_plan')} <code>plenty verify PLAN ECONOMY</code>
      </p>
    </>
  );
}

export function stageWords(s: Stage): string {
  if (s.goal === 'raise') return t('stage_raise', { tier: s.tier ?? 0, to: percent(s.value) });
  if (s.goal === 'least') return t('stage_least', { amount: amount(s.value) });
  if (s.goal === 'most') return t('stage_most', { to: percent(s.value) });
  return t('stage_weighted', { amount: amount(s.value) });
}

function Clashes({ plan }: { plan: Plan }): JSX.Element {
  return (
    <>
      <div class="notice short">{t('infeasible')}</div>
      <Table
        caption={t('clashes')}
        rows={plan.clashes ?? []}
        columns={[
          { name: t('limit'), cell: (c) => limitName(c) },
          { name: t('available'), number: true, cell: (c) => amount(c.available) },
          { name: t('clash_alone'), number: true, cell: (c) => (c.alone === null ? '–' : amount(c.alone)) },
          { name: t('clash_together'), number: true, cell: (c) => amount(c.together) },
        ]}
      />
    </>
  );
}

function Page({ plan, tiers }: Shown): JSX.Element {
  if (plan.outcome !== 'planned') {
    return (
      <>
        <PageHead title={plan.economy} />
        <Clashes plan={plan} />
      </>
    );
  }
  return (
    <>
      <PageHead title={plan.economy}>
        {t('plan_lead', { met: percent(plan.needs_met ?? 1), needs: count(plan.needs), short: count(plan.n_short ?? 0), goods: count(plan.goods) })}
      </PageHead>
      <SkillNotice />
      <Part title={t('short_title')} note={t('short_note')}>
        <Shortage plan={plan} />
        <Reasons plan={plan} />
      </Part>
      <Part title={t('who_gets')} note={t('who_gets_note')}>
        <div class="cards">
          {tiers.map((x) => (
            <TierCard key={x.tier} tier={x} />
          ))}
        </div>
      </Part>
      <Part title={t('what_it_takes')}>
        <Takes plan={plan} />
      </Part>
      <Part title={t('flows_part')}>
        <Later>
          <FlowsPart plan={plan} />
        </Later>
      </Part>
      <Part title={t('what_is_made')}>
        <Later>
          <Goods plan={plan} />
        </Later>
      </Part>
      <Part title={t('proof_title')}>
        <Proof plan={plan} />
      </Part>
      <WhySheet plan={plan.plan} />
    </>
  );
}

function OnePlan({ id }: { id: string }): JSX.Element {
  const loaded = useLoad(async (stop) => {
    const plan = await loadPlan(id, stop);
    const { tiers } = plan.outcome === 'planned' ? await get<{ tiers: readonly Tier[] }>(`/api/plans/${id}/tiers`, stop) : { tiers: [] };
    return { plan, tiers };
  });
  return <Load from={loaded}>{(shown) => <Page {...shown} />}</Load>;
}

function Other({ list, id }: { list: PlanList; id: string }): JSX.Element | null {
  if (list.plans.length < 2) return null;
  return (
    <label class="field no-print">
      <span class="small soft">{t('which_plan')}</span>
      <select value={id} onChange={(e) => setQuery('plan', e.currentTarget.value)}>
        {list.plans.map((p) => (
          <option key={p.plan} value={p.plan}>
            {p.plan === list.in_force?.plan ? `${p.title} (${t('in_force')})` : p.title}
          </option>
        ))}
      </select>
    </label>
  );
}

// Whether the commons has decided on this plan, and where.
function Force({ list, id }: { list: PlanList; id: string }): JSX.Element | null {
  const f = list.in_force;
  if (about.value?.commons_id == null) return null;
  if (f === null) {
    return (
      <p class="notice">
        {t('none_in_force')} <a href="/compare">{t('put_to_vote')}</a>
      </p>
    );
  }
  if (f.plan !== id && id !== 'now') {
    return (
      <p class="notice warn">
        {t('not_in_force')} <a href="/plan">{t('show_in_force')}</a>
      </p>
    );
  }
  return (
    <p class="notice good">
      {t('in_force_since', { when: day(f.since) })} <a href={`/councils/motion/${f.motion}`}>{t('decided_here')}</a>
    </p>
  );
}

// The plan that the address names, else the one in force, else the first.
export function PlanPage(): JSX.Element {
  const plans = useLoad(loadPlans);
  return (
    <Load from={plans}>
      {(list) => {
        const id = query.value.get('plan') ?? list.now ?? list.plans[0]?.plan;
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
        return (
          <>
            <Force list={list} id={id} />
            <OnePlan key={id} id={id} />
            <Other list={list} id={id} />
          </>
        );
      }}
    </Load>
  );
}
