// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who gets what, worked out again: the uniform rule, lotteries and lists of urgency in whole numbers, baskets of the market of points
// at the prices that are said to clear it (docs/methods/sharing.md). Knows nothing of how the server does it.
import { sha256, toHex, utf8 } from './bytes';

// A want, as the API gives it: amounts in units.
export interface Want {
  readonly person: string;
  readonly good: string;
  readonly points: number;
  readonly score: number;
  readonly claim: number | null; // null: as much as there is
  readonly floor: number;
  readonly taste: number | null; // null: the amount
  readonly got: number;
}
export interface SharedGood {
  readonly good: string;
  readonly unit: string;
  readonly rule: 'uniform' | 'points' | 'lottery' | 'urgency';
  readonly whole: boolean;
  readonly supply: number;
  readonly lot: string;
  readonly price: number | null;
  readonly floors_short: boolean;
}

// ---- Tickets ----

const MASK = (1n << 64n) - 1n;
const rotate = (x: bigint, n: bigint): bigint => ((x << n) | (x >> (64n - n))) & MASK;

// SipHash-2-4 (Aumasson and Bernstein 2012).
export function sipHash(key: Uint8Array, message: Uint8Array): bigint {
  const word = (bytes: Uint8Array, at: number): bigint => {
    let x = 0n;
    for (let i = 7; i >= 0; i--) x = (x << 8n) | BigInt(bytes[at + i] ?? 0);
    return x;
  };
  const k0 = word(key, 0);
  const k1 = word(key, 8);
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const round = (): void => {
    v0 = (v0 + v1) & MASK;
    v1 = rotate(v1, 13n) ^ v0;
    v0 = rotate(v0, 32n);
    v2 = (v2 + v3) & MASK;
    v3 = rotate(v3, 16n) ^ v2;
    v0 = (v0 + v3) & MASK;
    v3 = rotate(v3, 21n) ^ v0;
    v2 = (v2 + v1) & MASK;
    v1 = rotate(v1, 17n) ^ v2;
    v2 = rotate(v2, 32n);
  };
  const whole = message.length - (message.length % 8);
  for (let at = 0; at <= whole; at += 8) {
    const m = at < whole ? word(message, at) : word(message, at) | (BigInt(message.length & 255) << 56n);
    v3 ^= m;
    round();
    round();
    v0 ^= m;
  }
  v2 ^= 0xffn;
  for (let i = 0; i < 4; i++) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

// Tickets of one lot: small ones go first.
export async function tickets(seed: string, what: string): Promise<(person: string) => bigint> {
  const key = (await sha256(utf8(`${seed},${what}`))).slice(0, 16);
  return (person) => sipHash(key, utf8(person));
}

// ---- Whole parts ----

const MILLION = 1_000_000;
const part = (g: SharedGood): number => (g.whole ? 1 : MILLION);
const parts = (g: SharedGood, units: number): bigint => BigInt(Math.round(units * part(g)));
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const sum = (xs: readonly bigint[]): bigint => xs.reduce((s, x) => s + x, 0n);

// ---- The uniform rule ----

// min(claim, max(floor, level times points)), the level such that all is given away; parts that are cut off go by ticket.
export function uniform(supply: bigint, wants: readonly { readonly claim: bigint; readonly floor: bigint; readonly points: bigint; readonly ticket: bigint }[]): bigint[] {
  let low = wants.map((w) => least(w.floor, w.claim));
  let high = wants.map((w) => w.claim);
  if (sum(high) <= supply) return high;
  if (sum(low) > supply) {
    high = low; // the floors alone are more than there is: they are shared
    low = high.map(() => 0n);
  }
  if (sum(low) === supply) return low;
  const points = wants.map((w) => w.points);
  const corners = wants.flatMap((_, i) => [low[i], high[i]].map((x) => [x as bigint, points[i] as bigint] as const));
  corners.sort(([a, b], [c, d]) => (a * d < c * b ? -1 : a * d > c * b ? 1 : 0));
  // What is given at the level up / down, times down.
  const given = (up: bigint, down: bigint): bigint => sum(points.map((p, i) => least(most(up * p, (low[i] as bigint) * down), (high[i] as bigint) * down)));
  let a = 0;
  let b = corners.length - 1; // the first corner at which all is given, or more
  while (a < b) {
    const middle = (a + b) >> 1;
    const [up, down] = corners[middle] as readonly [bigint, bigint];
    if (given(up, down) >= supply * down) b = middle;
    else a = middle + 1;
  }
  const [up, down] = corners[a] as readonly [bigint, bigint];
  // On the line that ends in this corner: who is on the slope, and what the others have.
  const slopes = points.map((p, i) => (low[i] as bigint) * down < up * p && (high[i] as bigint) * down >= up * p);
  const slope = sum(points.filter((_, i) => slopes[i]));
  const settled = sum(points.map((p, i) => (slopes[i] === true ? 0n : up * p <= (low[i] as bigint) * down ? (low[i] as bigint) : (high[i] as bigint))));
  const rest = supply - settled;
  const got = points.map((p, i) => least(most((rest * p) / slope, low[i] as bigint), high[i] as bigint));
  const cut = [...got.keys()].filter((i) => (got[i] as bigint) < (high[i] as bigint) && (got[i] as bigint) * slope < rest * (points[i] as bigint));
  cut.sort((i, k) => (wants[i]!.ticket < wants[k]!.ticket ? -1 : wants[i]!.ticket > wants[k]!.ticket ? 1 : i - k));
  for (const i of cut.slice(0, Number(supply - sum(got)))) got[i] = (got[i] as bigint) + 1n;
  return got;
}

async function againUniform(g: SharedGood, wants: readonly Want[], seed: string): Promise<bigint[]> {
  const ticket = await tickets(seed, g.good);
  const supply = parts(g, g.supply);
  return uniform(
    supply,
    wants.map((w) => ({
      claim: w.claim === null ? most(supply, 1n << 62n) : parts(g, w.claim),
      floor: parts(g, w.floor),
      points: BigInt(Math.round(w.points * 1000)),
      ticket: ticket(w.person),
    })),
  );
}

// ---- Lotteries and lists of urgency ----

export interface Turn {
  readonly person: string;
  readonly score: number;
  readonly ticket: bigint;
  readonly took: string | null;
}

// In one common order everybody takes the piece they like best of what is left.
export async function turns(goods: readonly SharedGood[], wants: readonly Want[], seed: string): Promise<Turn[]> {
  const first = goods[0];
  if (first === undefined) return [];
  const ticket = await tickets(seed, first.lot === '' ? first.rule : first.lot);
  const left = new Map(goods.map((g) => [g.good, g.supply]));
  const by = new Map<string, Want[]>();
  for (const w of wants) if (left.has(w.good) && (w.claim === null || w.claim > 0)) by.set(w.person, [...(by.get(w.person) ?? []), w]);
  const order = [...by.keys()].map((person) => ({ person, score: first.rule === 'urgency' ? (by.get(person)?.[0]?.score ?? 0) : 0, ticket: ticket(person) }));
  order.sort((a, b) => b.score - a.score || (a.ticket < b.ticket ? -1 : a.ticket > b.ticket ? 1 : a.person < b.person ? -1 : 1));
  return order.map((o) => {
    let best: Want | null = null;
    for (const w of by.get(o.person) ?? []) if ((left.get(w.good) ?? 0) > 0 && (best === null || taste(w) > taste(best))) best = w;
    if (best !== null) left.set(best.good, (left.get(best.good) ?? 0) - 1);
    return { ...o, took: best?.good ?? null };
  });
}

function taste(w: Want): number {
  return w.taste ?? 1;
}

// ---- The market of points ----

export interface Priced {
  readonly taste: number;
  readonly cap: number;
  readonly floor: number;
  readonly price: number;
}

// The best basket for so many points at these prices, constant elasticity of substitution: clamp(l taste p^-s, floor, cap).
export function bestBasket(goods: readonly Priced[], points: number, substitution: number): number[] {
  const at = (l: number): number[] =>
    goods.map((g) => (g.price === 0 ? (g.taste > 0 ? g.cap : g.floor) : Math.min(Math.max(l * g.taste * g.price ** -substitution, g.floor), g.cap)));
  const spent = (x: readonly number[]): number => x.reduce((s, v, i) => s + (goods[i]!.price > 0 ? goods[i]!.price * (v - goods[i]!.floor) : 0), 0);
  let low = 0;
  let high = 1;
  while (spent(at(high)) < points && high < 1e300) high *= 1e6; // beyond: all that is claimed is had
  for (let i = 0; i < 300; i++) {
    const middle = low > 0 ? Math.sqrt(low) * Math.sqrt(high) : high * 1e-12;
    if (spent(at(middle)) < points) low = middle;
    else high = middle;
    if (high / low < 1 + 1e-14) break;
  }
  return at(high);
}

// Whether everybody has the best basket for their points at these prices, up to one part of each good; how far the furthest is off, in parts.
export function marketGap(goods: readonly SharedGood[], wants: readonly Want[], substitution: number): number {
  const market = new Map(goods.filter((g) => g.rule === 'points' && !g.floors_short).map((g) => [g.good, g]));
  const by = new Map<string, Want[]>();
  for (const w of wants) if (market.has(w.good)) by.set(w.person, [...(by.get(w.person) ?? []), w]);
  let gap = 0;
  for (const mine of by.values()) {
    const priced = mine.map((w) => {
      const g = market.get(w.good) as SharedGood;
      const cap = w.claim === null ? g.supply * part(g) : w.claim * part(g);
      return { taste: w.taste ?? w.claim ?? g.supply, cap, floor: Math.min(w.floor * part(g), cap), price: (g.price ?? 0) / part(g) };
    });
    const best = bestBasket(priced, mine[0]?.points ?? 1, substitution);
    mine.forEach((w, i) => {
      const x = best[i] as number;
      gap = Math.max(gap, Math.abs(w.got * part(market.get(w.good) as SharedGood) - x) / (1 + 1e-8 * x));
    });
  }
  return gap;
}

// ---- A whole outcome ----

export interface Found {
  readonly good: string; // of a market: its goods
  readonly rule: SharedGood['rule'];
  readonly holds: boolean;
}

// Works an outcome out again, good by good; where it says otherwise, `holds` is false.
export async function checkOutcome(goods: readonly SharedGood[], wants: readonly Want[], seed: string, substitution: number): Promise<Found[]> {
  const found: Found[] = [];
  const of = (g: SharedGood): Want[] => wants.filter((w) => w.good === g.good);
  const market = goods.filter((g) => g.rule === 'points' && !g.floors_short);
  const seen = new Set<string>();
  for (const g of goods) {
    const mine = of(g);
    if (g.rule === 'uniform' || (g.rule === 'points' && g.floors_short)) {
      const again = await againUniform(g, mine, seed);
      found.push({ good: g.good, rule: g.rule, holds: mine.every((w, i) => parts(g, w.got) === again[i]) });
    } else if (g.rule === 'lottery' || g.rule === 'urgency') {
      const lot = `${g.rule} ${g.lot}`;
      if (seen.has(lot)) continue;
      seen.add(lot);
      const alike = goods.filter((h) => h.rule === g.rule && h.lot === g.lot);
      const took = new Map((await turns(alike, wants, seed)).map((x) => [x.person, x.took]));
      for (const h of alike) found.push({ good: h.good, rule: h.rule, holds: of(h).every((w) => (took.get(w.person) === h.good ? 1 : 0) === w.got) });
    }
  }
  if (market.length > 0) {
    const gap = marketGap(goods, wants, substitution);
    for (const g of market) {
      const given = of(g).reduce((s, w) => s + w.got, 0);
      const cleared = g.price === 0 ? given <= g.supply + 1e-6 : Math.abs(given - g.supply) * part(g) < 1;
      found.push({ good: g.good, rule: g.rule, holds: gap <= 1.5 && cleared });
    }
  }
  return found;
}

// SHA-256 of allotments.csv, as `plenty share allot` writes it: what members enter in the record.
export async function allotmentsHash(goods: readonly SharedGood[], wants: readonly Want[]): Promise<string> {
  const by = new Map(goods.map((g) => [g.good, g]));
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  const figure = (w: Want): string => {
    const g = by.get(w.good) as SharedGood;
    const x = parts(g, w.got);
    const unit = BigInt(part(g));
    const rest = x % unit;
    return rest === 0n ? String(x / unit) : `${x / unit}.${String(rest).padStart(6, '0').replace(/0+$/, '')}`;
  };
  const rows = wants.map((w) => `${cell(w.person)},${cell(w.good)},${figure(w)}\n`);
  return toHex(await sha256(utf8(`person,good,amount\n${rows.join('')}`)));
}
