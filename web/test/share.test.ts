// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Sharing worked out in the browser: against published vectors, by properties, and against the program.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { partsOfRules, table, type Row } from '../src/lib/share';
import { judge } from '../src/lib/watch';
import { offered, urgencyList, wantsText } from '../src/page/round';
import { allotmentsHash, bestBasket, checkOutcome, sipHash, uniform, type SharedGood, type Want } from '../src/record/allot';
import { sha256, toHex } from '../src/record/bytes';

test('SipHash-2-4: the vector of its paper', () => {
  const bytes = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => i);
  expect(sipHash(bytes(16), bytes(15)).toString(16)).toBe('a129ca6149be45e5');
  expect(sipHash(bytes(16), bytes(0)).toString(16)).toBe('726fdb47dd0e0e31');
});

describe('the uniform rule', () => {
  const claims = (...x: number[]) => x.map((c, i) => ({ claim: BigInt(c), floor: 0n, points: 1000n, ticket: BigInt(i) }));
  test('who wants less than the level gets all of it', () => {
    expect(uniform(10n, claims(9, 2, 6))).toEqual([4n, 2n, 4n]);
    expect(uniform(30n, claims(9, 2, 6))).toEqual([9n, 2n, 6n]);
    expect(uniform(0n, claims(9, 2))).toEqual([0n, 0n]);
  });
  test('what is cut off goes one each by ticket', () => {
    expect(uniform(11n, claims(9, 9, 9))).toEqual([4n, 4n, 3n]);
  });
  test('floors come first, and are what is shared when they are more than there is', () => {
    const with_floors = claims(9, 9, 9).map((c, i) => ({ ...c, floor: i === 0 ? 6n : 0n }));
    expect(uniform(10n, with_floors)).toEqual([6n, 2n, 2n]);
    expect(uniform(4n, with_floors)).toEqual([4n, 0n, 0n]);
  });
  test('all is given away, and no other claim would have brought more (2,000 seeded cases)', () => {
    let seed = 12345;
    const random = (n: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % n;
    for (let k = 0; k < 2000; k++) {
      const wants = Array.from({ length: 1 + random(6) }, (_, i) => ({ claim: BigInt(random(20)), floor: BigInt(random(4)), points: BigInt(500 + random(3000)), ticket: BigInt(i) }));
      const supply = BigInt(random(60));
      const got = uniform(supply, wants);
      const claimed = wants.reduce((s, w) => s + w.claim, 0n);
      expect(got.reduce((s, x) => s + x, 0n)).toBe(claimed < supply ? claimed : supply);
      const liar = random(wants.length);
      const lies = uniform(supply, wants.map((w, i) => (i === liar ? { ...w, claim: BigInt(random(30)) } : w)));
      const want = wants[liar]!.claim;
      const off = (x: bigint): bigint => (x > want ? x - want : want - x);
      expect(off(lies[liar] as bigint) + 1n >= off(got[liar] as bigint)).toBe(true); // one part goes by lot
    }
  });
});

test('the best basket spends all points, and a cheaper good is taken more of', () => {
  const x = bestBasket([{ taste: 1, cap: 100, floor: 0, price: 0.1 }, { taste: 1, cap: 100, floor: 0, price: 0.4 }], 1, 1.5);
  expect(0.1 * (x[0] as number) + 0.4 * (x[1] as number)).toBeCloseTo(1, 10);
  expect((x[0] as number) / (x[1] as number)).toBeCloseTo(4 ** 1.5, 8);
  expect(bestBasket([{ taste: 1, cap: 3, floor: 0, price: 0.1 }], 1, 1.5)).toEqual([3]);
});

test('what is sealed is the table that the program reads', () => {
  const goods = offered(table('good,quantity,unit,whole\n"bread, dark",10,kg,no\noven,1,,yes\n'), table('good,rule,lot\noven,lottery,\n*,points,\n'));
  expect(goods.map((g) => g.rule)).toEqual(['points', 'lottery']);
  expect(wantsText(goods, new Map([['bread, dark', { amount: '2.5', taste: '' }], ['oven', { amount: '', taste: '' }]]))).toBe('good,amount,taste\n"bread, dark",2.5,\n');
});

test('a voted text is parted into its tables', () => {
  expect(partsOfRules('good,rule\na,urgency\nperson,points,b\nx,1,2\ncriterion,weight\nb,3\n')).toEqual({ rules: 'good,rule\na,urgency\n', people: 'person,points,b\nx,1,2\n', urgency: 'criterion,weight\nb,3\n' });
  expect(partsOfRules('good,rule\na,uniform\n')).toEqual({ rules: 'good,rule\na,uniform\n' });
  expect(partsOfRules('From autumn on the school gets 40 loaves.')).toBeNull();
  expect(urgencyList(table('person,b,c\nx,1,0\ny,0,2\n'), table('criterion,weight\nb,3\nc,2\n')).map((p) => [p.person, p.score])).toEqual([['y', 4], ['x', 3]]);
});

test('the rule of alarms: below zero the sum begins anew; above 4.77 it is an alarm, and so is a spike', () => {
  const line = { planned: 100e6, spread: 5e6 };
  const reports = [110, 95, 90, 85, 90].map((q, period) => ({ period, quantity: q * 1e6, capability: null, potentiality: null, since: 0, corrections: 0, by: '' }));
  expect(judge(line, reports).map((j) => [j.sum, j.alarm])).toEqual([[0, false], [500, false], [2000, false], [4500, false], [6000, true]]);
  expect(judge(line, [{ ...reports[0]!, quantity: 75e6 }])[0]).toEqual({ period: 0, below: 5000, sum: 4500, alarm: true });
});

const program = process.env['PLENTY'] ?? new URL('../../build/release/plenty', import.meta.url).pathname;
const example = new URL('../../examples/bread', import.meta.url).pathname;
describe.runIf(existsSync(program))('against the program', () => {
  // All rules at once: floors, points, a market of three goods, a lot of two flats, a list of urgency.
  test('the browser comes to what plenty share allot gives, and finds a favour', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plenty-share-'));
    try {
      execFileSync(program, ['share', 'allot', example, '-o', join(folder, 'shared'), '--seed', '4 1 6', '--quiet']);
      const read = (name: string): Row[] => table(readFileSync(join(folder, 'shared', name), 'utf8'));
      const rules = new Map(read('rules.csv').map((r) => [r['good'], r]));
      const supply = new Map(read('supply.csv').map((r) => [r['good'], r]));
      const people = new Map(read('people.csv').map((r) => [r['person'], r]));
      const weights = read('urgency.csv');
      const asked = new Map(read('wants.csv').map((r) => [`${r['person']}|${r['good']}`, r]));
      const goods: SharedGood[] = read('prices.csv').map((r) => ({
        good: r['good'] ?? '',
        unit: r['unit'] ?? '',
        rule: r['rule'] as SharedGood['rule'],
        whole: supply.get(r['good'])?.['whole'] === 'yes',
        supply: Number(r['supply']),
        lot: rules.get(r['good'])?.['lot'] ?? '',
        price: r['price'] === '' ? null : Number(r['price']),
        floors_short: false,
      }));
      const wants: Want[] = read('allotments.csv').map((r) => {
        const want = asked.get(`${r['person']}|${r['good']}`) as Row;
        const person = people.get(r['person']) as Row;
        const points = Number(person['points']);
        return {
          person: r['person'] ?? '',
          good: r['good'] ?? '',
          points,
          score: weights.reduce((s, w) => s + Number(w['weight']) * Number(person[w['criterion'] ?? '']), 0),
          claim: want['amount'] === '' ? null : Number(want['amount']),
          floor: Number(rules.get(r['good'])?.['floor'] ?? 0) * points,
          taste: want['taste'] === '' || want['taste'] === undefined ? (want['amount'] === '' ? Number(supply.get(r['good'])?.['quantity']) : Number(want['amount'])) : Number(want['taste']),
          got: Number(r['amount']),
        };
      });
      const found = await checkOutcome(goods, wants, '4 1 6', 1.5);
      expect(found.filter((f) => !f.holds)).toEqual([]);
      expect(found.length).toBe(goods.length);
      expect(await allotmentsHash(goods, wants)).toBe(toHex(await sha256(new Uint8Array(readFileSync(join(folder, 'shared', 'allotments.csv'))))));
      for (const good of ['bread', 'meat', 'stove', 'flat-north']) {
        const gets = wants.findIndex((w) => w.good === good && w.got >= 1);
        const favoured = wants.map((w, i) => (i === gets ? { ...w, got: w.got - 1 } : w.good === good && i === wants.findIndex((v, k) => k !== gets && v.good === good) ? { ...w, got: w.got + 1 } : w));
        expect((await checkOutcome(goods, favoured, '4 1 6', 1.5)).some((f) => !f.holds)).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
