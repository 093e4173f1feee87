// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Plans as the server gives them, made into what the pages use.
import { get } from './api';
import { t } from './i18n';
import type { Good, Limit, Need, Stage } from './plan';

export interface PlanRow {
  readonly id: string;
  readonly title: string;
  readonly inForce: boolean;
}

export interface MadeGood extends Good {
  readonly made: number;
  readonly used: number;
  readonly imported: number;
  readonly exported: number;
  readonly drawn: number;
  readonly delivered: number;
  readonly price: number;
}

// A limit that holds back the tier that is not met: what one per cent more of it brings, as a share.
export interface Reason extends Limit {
  readonly gain: number;
}

interface PlanData {
  readonly id: string;
  readonly title: string;
  readonly hash: string;
  readonly goal: string;
  readonly outcome: string;
  readonly stages: readonly Stage[];
  readonly needs_met?: number;
  readonly goods: readonly MadeGood[];
  readonly needs: readonly Need[];
  readonly limits: readonly Limit[];
  readonly recipes?: readonly { readonly id: string; readonly name: string }[];
  readonly held_tier?: number;
  readonly reasons?: readonly Reason[];
  readonly labour?: readonly string[];
}

export class FullPlan {
  private readonly goodAt: ReadonlyMap<string, MadeGood>;
  private readonly recipeAt: ReadonlyMap<string, string>;
  private readonly resourceAt: ReadonlyMap<string, Limit>;
  private readonly labour: ReadonlySet<string>;

  constructor(private readonly data: PlanData) {
    this.goodAt = new Map(data.goods.map((g) => [g.id, g]));
    const capacities = data.limits.filter((l) => l.kind === 'capacity').map((l) => [l.id, l.name] as const);
    this.recipeAt = new Map([...capacities, ...(data.recipes ?? []).map((r) => [r.id, r.name] as const)]);
    this.resourceAt = new Map(data.limits.filter((l) => l.kind === 'resource').map((l) => [l.id, l]));
    this.labour = new Set(data.labour ?? ['labour']);
  }
  get id(): string {
    return this.data.id;
  }
  get title(): string {
    return this.data.title;
  }
  get hash(): string {
    return this.data.hash;
  }
  get outcome(): string {
    return this.data.outcome;
  }
  get stages(): readonly Stage[] {
    return this.data.stages;
  }
  get goods(): readonly MadeGood[] {
    return this.data.goods;
  }
  get needs(): readonly Need[] {
    return this.data.needs;
  }
  get limits(): readonly Limit[] {
    return this.data.limits;
  }
  get heldTier(): number | undefined {
    return this.data.held_tier;
  }
  get reasons(): readonly Reason[] {
    return this.data.reasons ?? [];
  }
  // Whether the prices of the last stage are hours of work.
  get inWork(): boolean {
    return this.stages.at(-1)?.goal === 'least' && this.labour.size > 0;
  }
  // The mean over needs, as plan.json has it.
  get met(): number {
    const asked = this.needs.filter((n) => n.asked > 0);
    return this.data.needs_met ?? asked.reduce((s, n) => s + Math.min(1, n.delivered / n.asked), 0) / Math.max(1, asked.length);
  }
  good(id: string): MadeGood {
    const zero = { made: 0, used: 0, imported: 0, exported: 0, drawn: 0, delivered: 0, price: 0 };
    return this.goodAt.get(id) ?? { id, name: id, unit: '', group: '', ...zero };
  }
  isLabour(id: string): boolean {
    return this.labour.has(id);
  }
  readonly name = (kind: string, id: string): string => {
    if (kind === 'resource') return this.resourceAt.get(id)?.name ?? id;
    if (kind === 'recipe' || kind === 'capacity') return this.recipeAt.get(id) ?? id;
    return this.goodAt.get(id)?.name ?? id;
  };
  limitName(l: Limit): string {
    return l.kind === 'resource' ? l.name : t(`limit_${l.kind}`, { name: l.name });
  }
}

export function loadPlans(stop: AbortSignal): Promise<readonly PlanRow[]> {
  return get<readonly PlanRow[]>('/api/plans', stop);
}

export async function loadPlan(id: string, stop?: AbortSignal): Promise<FullPlan> {
  return new FullPlan(await get<PlanData>(`/api/plans/${id}`, stop));
}
