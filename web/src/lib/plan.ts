// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A plan as the pages use it, and what is read off it.

export interface Stage {
  readonly stage: number;
  readonly goal: string;
  readonly tier?: number;
  readonly value: number;
  readonly bound: number;
}
export interface Need {
  readonly good: string;
  readonly tier: number;
  readonly group: string;
  readonly asked: number;
  readonly delivered: number;
  readonly stage: number;
}
export interface Good {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly group: string;
}
export interface Limit {
  readonly kind: 'resource' | 'capacity' | 'import' | 'export' | 'stock';
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly available: number | null;
  readonly used: number;
  readonly price: number;
}

// Rounding leaves a need that is met a hair below it.
const ALL = 1 - 1e-9;

export function ratio(n: Need): number {
  return n.asked > 0 ? n.delivered / n.asked : 1;
}
export function isShort(n: Need): boolean {
  return ratio(n) < ALL;
}

export interface Summary {
  readonly tier: number;
  readonly group: string; // '' for the whole tier
  readonly needs: number;
  readonly short: number;
  readonly met: number; // mean over needs, as plan.json has it
  readonly least: number;
}

// By tier, and within a tier by group: how far needs are met.
export function summarize(needs: readonly Need[]): { tier: Summary; groups: Summary[] }[] {
  const tiers = [...new Set(needs.map((n) => n.tier))].sort((a, b) => a - b);
  const sum = (tier: number, group: string, part: readonly Need[]): Summary => {
    const asked = part.filter((n) => n.asked > 0);
    const ratios = asked.map((n) => Math.min(1, ratio(n)));
    return {
      tier,
      group,
      needs: part.length,
      short: part.filter(isShort).length,
      met: ratios.length === 0 ? 1 : ratios.reduce((a, b) => a + b, 0) / ratios.length,
      least: ratios.reduce((a, b) => Math.min(a, b), 1),
    };
  };
  return tiers.map((tier) => {
    const part = needs.filter((n) => n.tier === tier);
    const groups = [...new Set(part.map((n) => n.group))].sort();
    return { tier: sum(tier, '', part), groups: groups.map((g) => sum(tier, g, part.filter((n) => n.group === g))) };
  });
}

// What is short, the most urgent tier first, then what is furthest from met, then the largest.
export function shortages(needs: readonly Need[]): Need[] {
  return needs.filter(isShort).sort((a, b) => a.tier - b.tier || round(ratio(a)) - round(ratio(b)) || b.asked - b.delivered - (a.asked - a.delivered));
}
function round(x: number): number {
  return Math.round(x * 1000);
}

// Texts without case and accents, so that a search finds "café" by "cafe".
export function searchable(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

// The rows whose text holds all words of the search.
export function search(texts: readonly string[], wanted: string): Uint32Array {
  const words = searchable(wanted).split(/\s+/).filter((w) => w !== '');
  const found = new Uint32Array(texts.length);
  let n = 0;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] as string;
    if (words.every((w) => text.includes(w))) found[n++] = i;
  }
  return found.slice(0, n);
}
