// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What if: levers, an answer at once from the prices of the plan, replaced by the exact plan when it has been made.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { asMember, Locked, sessions } from '../lib/act';
import { post } from '../lib/api';
import { amount, difference, exact, measure, percent } from '../lib/format';
import { t } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { loadGoods, loadNames, loadPlan, loadPlans, planMade, type Job, type Names, type Plan } from '../lib/plan';
import { query } from '../lib/route';
import { Opened } from '../ui/act';
import { Badge, Empty, Failure, Load, PageHead, Part, Table } from '../ui/basic';
import { PutToVote } from '../ui/choice';

interface StageChange {
  readonly stage: number;
  readonly goal: string;
  readonly tier: number;
  readonly unit: string | null;
  readonly before: number;
  readonly after: number;
}
export interface Lever {
  readonly kind: 'set' | 'demand';
  readonly id: string;
  readonly name: string;
  readonly percent: number;
}

const RANGE = 40; // per cent to each side
const PAUSE = 700; // ms without a move, then the exact plan is asked for

// What the levers ask of the planner, in the words of `plenty plan`.
export function changesOf(levers: readonly Lever[], isolated: boolean): string[] {
  const moved = levers.filter((l) => l.percent !== 0).map((l) => `${l.kind} ${l.id}=${l.percent > 0 ? '+' : ''}${l.percent}%`);
  return isolated ? [...moved, 'isolated'] : moved;
}

function LeverRow({ lever, set, note }: { lever: Lever; set: (percent: number) => void; note?: string }): JSX.Element {
  return (
    <div class="lever">
      <label class="field">
        <span class="row between">
          <bdi>{lever.name}</bdi>
          <output>{difference(lever.percent, (x) => percent(x / 100))}</output>
        </span>
        <input type="range" min={-RANGE} max={RANGE} step={1} value={lever.percent} onInput={(e) => set(Number(e.currentTarget.value))} />
      </label>
      {note !== undefined && <p class="field-help">{note}</p>}
    </div>
  );
}

function Stages({ stages, sure }: { stages: readonly StageChange[]; sure: boolean }): JSX.Element {
  const raises = stages.filter((s) => s.goal === 'raise' || s.goal === 'most');
  const tiers = [...new Map(raises.map((s) => [s.tier, s])).values()];
  const rest = sure ? stages.filter((s) => s.goal === 'least') : []; // how little work would do, the prices do not tell
  const title = t('what_would_be');
  return (
    <div class="stack">
      {tiers.map((s) => {
        const d = s.after - s.before;
        return (
          <div key={s.stage} class={`tier-${Math.min(4, s.tier)}`}>
            <div class="row between">
              <strong>{t('tier_n', { tier: s.tier })}</strong>
              <span class="number">
                {percent(s.before)} → <strong>{`${sure ? '' : '≈ '}${percent(Math.max(0, s.after))}`}</strong>{' '}
                <span class={d < -1e-9 ? 'down' : d > 1e-9 ? 'up' : 'soft'}>{t('points', { points: difference(100 * d, (x) => exact(Number(x.toPrecision(2)))) })}</span>
              </span>
            </div>
            <div class="twin" aria-hidden="true">
              <span class="twin-before" style={{ width: `${100 * Math.min(1, s.before)}%` }} />
              <span class="twin-after" style={{ width: `${100 * Math.min(1, Math.max(0, s.after))}%` }} />
            </div>
          </div>
        );
      })}
      {rest.map((s) => (
        <div key={s.stage} class="row between">
          <strong>{t('work')}</strong>
          <span class="number">
            {amount(s.before)} → <strong>{`${sure ? '' : '≈ '}${measure(s.after, s.unit ?? '')}`}</strong>
          </span>
        </div>
      ))}
      <details class="table-switch">
        <summary>{t('as_table')}</summary>
        <Table
          caption={title}
          rows={[...tiers, ...rest]}
          columns={[
            { name: t('stage'), cell: (s) => (s.goal === 'least' ? t('work') : t('tier_n', { tier: s.tier })) },
            { name: t('before'), number: true, cell: (s) => (s.goal === 'least' ? amount(s.before) : percent(s.before)) },
            { name: t('after'), number: true, cell: (s) => (s.goal === 'least' ? amount(s.after) : percent(s.after)) },
          ]}
        />
      </details>
    </div>
  );
}

// What a plan made anew attains, beside the old one.
function pair(before: Plan, after: Plan): StageChange[] {
  const tiers = [...new Set(before.stages.filter((s) => s.tier !== undefined && s.goal === 'raise').map((s) => s.tier as number))];
  const met = (p: Plan, tier: number): number => p.stages.filter((s) => s.goal === 'raise' && s.tier === tier).reduce((least, s) => Math.min(least, s.value), 1);
  const rows: StageChange[] = tiers.map((tier, i) => ({ stage: i + 1, goal: 'raise', tier, unit: null, before: met(before, tier), after: met(after, tier) }));
  const least = (p: Plan): number | undefined => p.stages.find((s) => s.goal === 'least')?.value;
  const b = least(before);
  const a = least(after);
  if (a !== undefined && b !== undefined) rows.push({ stage: rows.length + 1, goal: 'least', tier: 0, unit: t('hours_short'), before: b, after: a });
  return rows;
}

// The same in words, as a title.
function titleOf(levers: readonly Lever[], isolated: boolean): string {
  const moved = levers.filter((l) => l.percent !== 0).map((l) => `${l.name} ${difference(l.percent, (x) => percent(x / 100))}`);
  return (isolated ? [...moved, t('without_trade')] : moved).join(', ');
}

async function exactPlan(plan: string, changes: readonly string[], title: string, stop: AbortSignal): Promise<Plan> {
  const job = await asMember(() => post<Job>(`/api/plans/${plan}/replan`, JSON.stringify({ changes, title }), 'application/json'));
  return loadPlan(await planMade(job, stop), stop);
}

function AddNeed({ plan, add }: { plan: Plan; add: (l: Lever) => void }): JSX.Element {
  const wanted = useSignal('');
  const found = useSignal<readonly { good: string; name: string }[]>([]);
  const search = (text: string): void => {
    wanted.value = text;
    void loadGoods(plan.plan, { search: text, most: 8 }, new AbortController().signal).then((p) => (found.value = p.goods));
  };
  return (
    <div>
      <label class="field">
        <span>{t('add_need')}</span>
        <input type="search" value={wanted.value} onInput={(e) => search(e.currentTarget.value)} />
      </label>
      {wanted.value !== '' && (
        <ul class="plain">
          {found.value.map((g) => (
            <li key={g.good}>
              <button
                type="button"
                class="small"
                onClick={() => {
                  add({ kind: 'demand', id: g.good, name: t('need_for', { name: g.name }), percent: 10 });
                  wanted.value = '';
                }}
              >
                + {g.name}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Board({ plan, names }: { plan: Plan; names: Names }): JSX.Element {
  const levers = useSignal<readonly Lever[]>((plan.resources ?? []).filter((r) => r.available !== null && r.available > 0).map((r) => ({ kind: 'set', id: r.resource, name: names.of('resource', r.resource), percent: 0 })));
  const isolated = useSignal(false);
  const quick = useSignal<{ stages: readonly StageChange[]; ms: number } | null>(null);
  const made = useSignal<Plan | null>(null);
  const busy = useSignal(false);
  const error = useSignal<Error | null>(null);
  const stop = useRef(new AbortController());
  const changes = changesOf(levers.value, isolated.value);
  const title = titleOf(levers.value, isolated.value);
  const key = changes.join('\n');
  useEffect(() => {
    stop.current.abort();
    const mine = new AbortController();
    stop.current = mine;
    made.value = null;
    error.value = null;
    busy.value = false;
    if (changes.length === 0) {
      quick.value = null;
      return () => mine.abort();
    }
    const begin = performance.now();
    const fail = (e: unknown): void => {
      if (!mine.signal.aborted) error.value = e instanceof Error ? e : new Error(String(e));
    };
    post<{ stages: readonly StageChange[] }>(`/api/plans/${plan.plan}/what-if`, JSON.stringify({ changes }), 'application/json').then((r) => {
      if (!mine.signal.aborted) quick.value = { stages: r.stages, ms: performance.now() - begin };
    }, fail);
    const timer = setTimeout(() => {
      busy.value = true;
      exactPlan(plan.plan, changes, title, mine.signal)
        .then((p) => (made.value = p), fail)
        .finally(() => {
          if (!mine.signal.aborted) busy.value = false;
        });
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      mine.abort();
    };
  }, [key, sessions.value]);
  const move = (i: number, percentage: number): void => {
    levers.value = levers.value.map((l, k) => (k === i ? { ...l, percent: percentage } : l));
  };
  const reset = (): void => {
    levers.value = levers.value.filter((l) => l.kind === 'set').map((l) => ({ ...l, percent: 0 }));
    isolated.value = false;
  };
  const resource = (id: string) => (plan.resources ?? []).find((r) => r.resource === id);
  return (
    <div class="cards two">
      <section class="card levers" aria-label={t('levers')}>
        <h2>{t('levers')}</h2>
        {levers.value.map((l, i) => {
          const r = l.kind === 'set' ? resource(l.id) : undefined;
          return <LeverRow key={`${l.kind} ${l.id}`} lever={l} set={(p) => move(i, p)} {...(r === undefined || r.available === null ? {} : { note: t('lever_now', { amount: measure(r.available * (1 + l.percent / 100), r.unit) }) })} />;
        })}
        <label class="row">
          <input type="checkbox" checked={isolated.value} onChange={(e) => (isolated.value = e.currentTarget.checked)} />
          <span>{t('without_trade')}</span>
        </label>
        <AddNeed plan={plan} add={(l) => (levers.value = [...levers.value.filter((x) => x.id !== l.id || x.kind !== l.kind), l])} />
        <div>
          <button type="button" onClick={reset} disabled={changes.length === 0}>
            {t('reset')}
          </button>
        </div>
      </section>
      <section class="card stack" aria-label={t('what_would_be')}>
        <h2 class="row">
          {t('what_would_be')}
          {made.value !== null ? <Badge kind="good">{t('exact_plan')}</Badge> : quick.value !== null ? <Badge kind="warn">{t('estimate')}</Badge> : null}
        </h2>
        {changes.length === 0 && <p class="soft">{t('move_a_lever')}</p>}
        {error.value instanceof Locked ? <Opened>{null}</Opened> : error.value !== null && <Failure error={error.value} />}
        <div role="status">
          {made.value !== null ? (
            made.value.outcome === 'planned' ? (
              <Stages stages={pair(plan, made.value)} sure />
            ) : (
              <div class="notice short">{t('infeasible')}</div>
            )
          ) : (
            quick.value !== null && <Stages stages={quick.value.stages} sure={false} />
          )}
        </div>
        {quick.value !== null && made.value === null && (
          <p class="small soft">
            {t('estimate_note', { ms: exact(Math.round(quick.value.ms)) })} {busy.value && t('planning')}
          </p>
        )}
        {made.value !== null && (
          <>
            <p class="row">
              <a class="button" href={`/compare?a=${plan.plan}&b=${made.value.plan}`}>
                {t('compare_them')}
              </a>
              <a class="button" href={`/plan?plan=${made.value.plan}`}>
                {t('show_plan')}
              </a>
            </p>
            {made.value.outcome === 'planned' && (
              <details>
                <summary>{t('propose_it')}</summary>
                <PutToVote key={made.value.plan} plans={[plan, made.value]} chosen={[plan.plan, made.value.plan]} text={`${t('proposal_text')}\n${title}`} />
              </details>
            )}
          </>
        )}
      </section>
    </div>
  );
}

function One({ id }: { id: string }): JSX.Element {
  const loaded = useLoad(async (stop) => {
    const plan = await loadPlan(id, stop);
    return { plan, names: await loadNames(plan) };
  });
  return (
    <Load from={loaded}>
      {({ plan, names }) => (
        <Part title={plan.economy}>
          <Board plan={plan} names={names} />
        </Part>
      )}
    </Load>
  );
}

export function WhatIfPage(): JSX.Element {
  const plans = useLoad(loadPlans);
  return (
    <>
      <PageHead title={t('page_what_if')}>{t('what_if_lead')}</PageHead>
      <Load from={plans}>
        {(list) => {
          const id = query.value.get('plan') ?? list.now ?? list.plans[0]?.plan;
          return id === undefined ? <Empty>{t('no_plan_yet')}</Empty> : <One key={id} id={id} />;
        }}
      </Load>
    </>
  );
}
