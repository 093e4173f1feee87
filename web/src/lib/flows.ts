// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Main flows of a plan, from its balances alone: what is made here, imported or drawn from stock goes through the main
// goods to the tiers of needs, abroad, or into the making of other goods; valued at the prices of the last stage.
import type { MadeGood } from './plans';
import type { Need } from './plan';

export interface FlowRow {
  readonly from: string;
  readonly to: string;
  readonly value: number;
}
export interface MainFlows {
  readonly nodes: readonly { readonly id: string; readonly column: number; readonly tier?: number }[];
  readonly flows: readonly FlowRow[];
}

const GOODS = 11;

function deliveredByTier(needs: readonly Need[]): Map<string, Map<number, number>> {
  const of = new Map<string, Map<number, number>>();
  for (const n of needs) {
    const tiers = of.get(n.good) ?? new Map<number, number>();
    tiers.set(n.tier, (tiers.get(n.tier) ?? 0) + n.delivered);
    of.set(n.good, tiers);
  }
  return of;
}

export function mainFlows(goods: readonly MadeGood[], needs: readonly Need[]): MainFlows {
  const value = (g: MadeGood): number => Math.max(0, g.price) * (g.made + g.imported + g.drawn);
  const main = new Set([...goods].sort((a, b) => value(b) - value(a)).slice(0, goods.length <= GOODS + 1 ? goods.length : GOODS).map((g) => g.id));
  const tiers = deliveredByTier(needs);
  const sums = new Map<string, FlowRow>();
  const add = (from: string, to: string, amount: number, price: number): void => {
    const more = Math.max(0, amount) * Math.max(0, price);
    if (more <= 0) return;
    const key = `${from}\n${to}`;
    sums.set(key, { from, to, value: more + (sums.get(key)?.value ?? 0) });
  };
  for (const g of goods) {
    const node = main.has(g.id) ? `good:${g.id}` : 'others:';
    add('made:', node, g.made, g.price);
    add('imported:', node, g.imported, g.price);
    add('stock:', node, g.drawn, g.price);
    for (const [tier, delivered] of tiers.get(g.id) ?? []) add(node, `tier:${tier}`, delivered, g.price);
    add(node, 'inside:', g.used, g.price);
    add(node, 'abroad:', g.exported, g.price);
  }
  const flows = [...sums.values()];
  const least = 1e-6 * flows.reduce((s, f) => s + f.value, 0);
  const kept = flows.filter((f) => f.value > least);
  const used = new Set(kept.flatMap((f) => [f.from, f.to]));
  const left = ['made:', 'imported:', 'stock:'];
  const right = [...new Set(needs.map((n) => n.tier))].sort((a, b) => a - b).map((tier) => ({ id: `tier:${tier}`, column: 2, tier }));
  const nodes = [
    ...left.map((id) => ({ id, column: 0 })),
    ...[...main].map((id) => ({ id: `good:${id}`, column: 1 })),
    { id: 'others:', column: 1 },
    ...right,
    { id: 'inside:', column: 2 },
    { id: 'abroad:', column: 2 },
  ];
  return { nodes: nodes.filter((n) => used.has(n.id)), flows: kept };
}
