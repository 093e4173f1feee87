// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Plans as the server gives them (docs/formats/api.md), and what the pages read off them.
import { get, query } from './api';
import { moved } from './commons';
import { t, type WordKey } from './i18n';
import { InWords, Refusal } from './load';

export interface PlanHead {
  readonly plan: string;
  readonly title: string;
  readonly economy: string;
  readonly hash: string;
  readonly outcome: string;
  readonly goal: string;
  readonly goods: number;
  readonly recipes: number;
  readonly needs: number;
  readonly unit: string | null;
}
export interface PlanList {
  readonly now: string | null; // the plan in force, else the given one
  readonly in_force: { readonly plan: string; readonly motion: string; readonly number: number; readonly since: number } | null;
  readonly plans: readonly PlanHead[];
}
export interface Stage {
  readonly stage: number;
  readonly goal: string;
  readonly tier?: number;
  readonly value: number;
  readonly bound: number;
}
export interface Need {
  readonly good: string;
  readonly name: string;
  readonly unit: string;
  readonly tier: number;
  readonly group: string;
  readonly asked: number;
  readonly delivered: number;
  readonly stage: number;
}
export interface Limit {
  readonly kind: string;
  readonly id: string;
  readonly of: string; // the name of what is limited
  readonly unit: string;
  readonly available: number | null;
  readonly used: number;
  readonly price: number;
  readonly stage?: number;
  readonly one_percent_more: number;
}
export interface Resource {
  readonly resource: string;
  readonly name: string;
  readonly kind: string;
  readonly unit: string;
  readonly available: number | null;
  readonly used: number;
}
export interface Plan extends PlanHead {
  readonly stages: readonly Stage[];
  readonly needs_met?: number;
  readonly short?: readonly Need[];
  readonly n_short?: number;
  readonly resources?: readonly Resource[];
  readonly limits?: readonly Limit[];
  readonly clashes?: readonly { readonly kind: string; readonly id: string; readonly of: string; readonly available: number; readonly alone: number | null; readonly together: number }[];
}
export interface Group {
  readonly group: string;
  readonly needs: number;
  readonly short: number;
  readonly met: number;
  readonly unit: string | null;
  readonly asked?: number;
  readonly delivered?: number;
}
export interface Tier {
  readonly tier: number;
  readonly met: number;
  readonly groups: readonly Group[];
}
export interface Good {
  readonly good: string;
  readonly name: string;
  readonly unit: string;
  readonly group: string;
  readonly made: number;
  readonly used: number;
  readonly imported: number;
  readonly exported: number;
  readonly drawn: number;
  readonly delivered: number;
  readonly surplus: number;
  readonly price?: number;
  readonly asked?: number;
}
export interface Flows {
  readonly whole: number;
  readonly in_work: boolean;
  readonly nodes: readonly { readonly kind: string; readonly good: string | null; readonly name: string; readonly column: number; readonly value: number }[];
  readonly links: readonly { readonly from: number; readonly to: number; readonly value: number }[];
}

// Rounding leaves a need that is met a hair below it.
const ALL = 1 - 1e-9;
const KNOWN = 3000; // of so many goods all names are fetched at once

export function ratio(n: { readonly asked: number; readonly delivered: number }): number {
  const r = n.asked > 0 ? n.delivered / n.asked : 1;
  return r > ALL && r < 1 + 1e-9 ? 1 : r;
}

// What is short, the most urgent tier first, then what is furthest from met, then the largest.
export function shortages(needs: readonly Need[]): Need[] {
  const level = (n: Need): number => Math.round(1000 * ratio(n));
  return needs.filter((n) => ratio(n) < 1).sort((a, b) => a.tier - b.tier || level(a) - level(b) || b.asked - b.delivered - (a.asked - a.delivered));
}

// The stage that tells what holds needs back: the first that does not meet all of its tier, else none.
export function heldStage(stages: readonly Stage[]): Stage | undefined {
  return stages.find((s) => s.goal === 'raise' && s.value < ALL);
}

// What binds in that stage, the weightiest first.
export function reasons(plan: Plan): readonly Limit[] {
  const held = heldStage(plan.stages);
  return held === undefined ? [] : (plan.limits ?? []).filter((l) => l.stage === held.stage).sort((a, b) => b.one_percent_more - a.one_percent_more);
}

export function loadPlans(stop: AbortSignal): Promise<PlanList> {
  void moved.value;
  return get<PlanList>('/api/plans', stop);
}
export function loadPlan(id: string, stop: AbortSignal): Promise<Plan> {
  return get<Plan>(`/api/plans/${id}`, stop);
}
export function loadGoods(plan: string, values: Readonly<Record<string, string | number | undefined>>, stop: AbortSignal): Promise<{ total: number; goods: readonly Good[] }> {
  return get(`/api/plans/${plan}/goods${query(values)}`, stop);
}

// Names of goods, recipes and resources of one plan.
export class Names {
  private readonly names = new Map<string, string>();
  constructor(rows: readonly NamedRow[]) {
    for (const r of rows) {
      const name = r.name === null || r.name === '' ? undefined : r.name;
      const key = r.good !== undefined ? `good:${r.good}` : r.recipe !== undefined ? `recipe:${r.recipe}` : `resource:${r.resource ?? ''}`;
      if (name !== undefined) this.names.set(key, name);
    }
  }
  // Kinds are those of explanations: a capacity is that of a recipe; imports, exports, stocks and needs are of goods.
  of(kind: string, id: string): string {
    const table = kind === 'resource' ? 'resource' : kind === 'recipe' || kind === 'capacity' ? 'recipe' : 'good';
    return this.names.get(`${table}:${id}`) ?? id;
  }
}

export function limitName(l: { readonly kind: string; readonly of: string }): string {
  return l.kind === 'resource' ? l.of : t(`limit_${l.kind}` as WordKey, { name: l.of });
}

interface NamedRow {
  readonly good?: string;
  readonly recipe?: string;
  readonly resource?: string;
  readonly name: string | null;
}

const names = new Map<string, Promise<Names>>(); // by the hash of the economy

// Names of what there is in a plan; of very large ones only of the resources: lists bring their own names.
export function loadNames(head: PlanHead): Promise<Names> {
  const found = names.get(head.hash) ?? fetchNames(head);
  names.set(head.hash, found);
  found.catch(() => names.delete(head.hash));
  return found;
}

async function fetchNames(head: PlanHead): Promise<Names> {
  const rows = async (table: string, n: number): Promise<readonly NamedRow[]> => {
    const windows = Array.from({ length: Math.ceil(n / 1000) }, (_, i) => get<{ rows: readonly NamedRow[] }>(`/api/plans/${head.plan}/economy/${table}${query({ from: 1000 * i, most: 1000 })}`));
    return (await Promise.all(windows)).flatMap((w) => w.rows);
  };
  const all = await Promise.all([rows('resources', 1000), rows('goods', head.goods > KNOWN ? 0 : head.goods), rows('recipes', head.recipes > KNOWN ? 0 : head.recipes)]);
  return new Names(all.flat());
}

// A plan that is being made.
export interface Job {
  readonly job: number;
  readonly state: string;
  readonly doing: string;
  readonly fraction: number;
  readonly plan: string | null;
  readonly error: string | null;
  readonly subject: string | null;
  readonly message: string | null;
  readonly hint: string | null;
}

export function jobFailed(job: Pick<Job, 'error' | 'subject' | 'message' | 'hint'>): Error {
  return job.message === null ? new InWords(t('job_stopped')) : new Refusal(0, job.error ?? '', job.subject ?? '', job.message, job.hint ?? '', '');
}

// Waits until a plan is made, and gives its id; `tell` hears how far it is.
export async function planMade(begun: Job, stop: AbortSignal, tell: (job: Job) => void = () => undefined): Promise<string> {
  let job = begun;
  while (job.plan === null) {
    if (job.message !== null || job.state === 'stopped') throw jobFailed(job);
    tell(job);
    await new Promise((r) => setTimeout(r, 150));
    if (stop.aborted) throw new DOMException('stopped', 'AbortError');
    job = await get<Job>(`/api/jobs/${job.job}`, stop);
  }
  return job.plan;
}
