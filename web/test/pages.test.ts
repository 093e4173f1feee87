// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What pages compute: icons, windows of tables, shortages, ballots, bodies of events.
import { describe, expect, test } from 'vitest';
import { thin } from '../src/chart/series';
import { roundUnit, shapeOf } from '../src/chart/icons';
import { heldStage, ratio, shortages, type Need } from '../src/lib/plan';
import { chance } from '../src/page/forecast';
import { decode, encode } from '../src/record/cbor';
import { bodyOf, fieldsOf, FIELDS } from '../src/record/kinds';
import { move } from '../src/ui/ballot';
import { squaresOf } from '../src/ui/qr';
import { sorted, windowOf } from '../src/ui/window';
import decodeQR from 'qr/decode.js';
import { decodeText, readWorkbook, tableName, withCommas } from '../src/lib/sheet';
import { parseCsv } from '../src/lib/csv';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = new URL('../../build/release/plenty', import.meta.url).pathname;

describe('icons', () => {
  test('one icon stands for a round number, and a row has at most twelve', () => {
    for (const most of [1, 7, 11.9, 12, 12.1, 80, 1026158, 0.003, 2.8e11]) {
      const unit = roundUnit(most);
      expect(most / unit).toBeLessThanOrEqual(12 * (1 + 1e-9));
      expect(most / unit).toBeGreaterThan(4.7);
      expect(['1', '2', '5']).toContain(unit.toExponential()[0]);
    }
    expect(roundUnit(0)).toBe(1);
  });
  test('a shape is chosen by words, not by letters within them', () => {
    expect(shapeOf('Insurance carriers')).toBe('box');
    expect(shapeOf('bread')).toBe('bread');
    expect(shapeOf('Hospitals')).toBe('heart');
  });
});

describe('a QR code', () => {
  test.each([10, 200, 700])('of %i bytes is read by a camera as it was written', async (n) => {
    const text = `https://town.example/check#${'aZ09-_'.repeat(n).slice(0, n)}`;
    const { size, path } = await squaresOf(text);
    const scale = 4; // pixels of a square
    const width = size * scale;
    const data = new Uint8Array(width * width * 4).fill(255);
    for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
      for (let i = 0; i < scale * scale; i++) {
        const pixel = (Number(y) * scale + Math.floor(i / scale)) * width + Number(x) * scale + (i % scale);
        data.fill(0, 4 * pixel, 4 * pixel + 3);
      }
    }
    expect(decodeQR({ width, height: width, data })).toBe(text);
  });
});

describe('series', () => {
  test('of more figures than strokes each stroke keeps the lowest and the highest', () => {
    const series = Array.from({ length: 1000 }, (_, i) => (i === 500 ? 99 : i % 2));
    const strokes = thin(series, 100);
    expect(strokes.length).toBe(100);
    expect(Math.max(...strokes.map((s) => s.high))).toBe(99);
    expect(strokes[0]).toEqual({ at: 4.5, low: 0, mean: 0.5, high: 1 });
    expect(strokes.reduce((s, x) => s + 10 * x.mean, 0)).toBeCloseTo(series.reduce((s, x) => s + x, 0));
  });
  test('of few figures each is a stroke of its own', () => {
    expect(thin([3, 1], 100)).toEqual([{ at: 0, low: 3, mean: 3, high: 3 }, { at: 1, low: 1, mean: 1, high: 1 }]);
    expect(thin([], 100)).toEqual([]);
  });
  test('no more of an error is chance than all of it', () => {
    expect(chance({ error: 0.8, floor: 0.4 })).toBe(0.25);
    expect(chance({ error: 0.4, floor: 0.8 })).toBe(1);
    expect(chance({ error: null, floor: 0.8 })).toBe(undefined);
  });
});

describe('what spreadsheets save', () => {
  test('is read in the encodings that they write', () => {
    const bytes = (text: string, of: BufferEncoding): Uint8Array => new Uint8Array(Buffer.from(text, of));
    expect(decodeText(bytes('\ufeffp\u00e2t\u00e9', 'utf8'))).toEqual({ text: 'p\u00e2t\u00e9', sure: true });
    expect(decodeText(bytes('\ufeffp\u00e2t\u00e9', 'utf16le'))).toEqual({ text: 'p\u00e2t\u00e9', sure: true });
    expect(decodeText(bytes('p\u00e2t\u00e9', 'latin1'))).toEqual({ text: 'p\u00e2t\u00e9', sure: false });
  });
  test('has commas in the end, and points in numbers', () => {
    expect(withCommas('good;amount\n"a;b";1,5\nc,d;-2\n')).toBe('good,amount\na;b,1.5\n"c,d",-2\n');
    expect(withCommas('good,amount\n"a;b;c;d",1.5\n')).toBe('good,amount\n"a;b;c;d",1.5\n');
  });
  test('is called as a table is', () => {
    expect(['a/Goods (1).CSV', 'Import Prices.csv', 'datapackage.json', 'a.ods', '../x.y.csv'].map(tableName)).toEqual(['goods.csv', 'import_prices.csv', 'datapackage.json', null, null]);
  });
  test.skipIf(!existsSync(program))('may be a workbook: each sheet a table, its rows the lines', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plenty-sheet-'));
    execFileSync(program, ['plan', new URL('../../examples/bakery', import.meta.url).pathname, '-o', join(folder, 'plan'), '--quiet']);
    execFileSync(program, ['export', join(folder, 'plan'), '--xlsx', join(folder, 'plan.xlsx'), '--csv', join(folder, 'wide')]);
    const sheets = await readWorkbook(new Uint8Array(readFileSync(join(folder, 'plan.xlsx'))));
    const rows = (csv: string): string[][] => parseCsv(csv).map((r) => r.cells.map((c) => c.text));
    expect(sheets.size).toBeGreaterThan(3);
    const needs = rows(sheets.get('needs') ?? '');
    expect(needs.length).toBe(6);
    expect(needs).toEqual(rows(readFileSync(join(folder, 'wide/needs.csv'), 'utf8')));
    rmSync(folder, { recursive: true });
  });
});

describe('windows', () => {
  test('hold the rows in view and a few more, never beyond the ends', () => {
    expect(windowOf(0, 544, 100000)).toEqual([0, 22]);
    const [first, last] = windowOf(2_000_000, 544, 100000);
    expect(first).toBe(49992);
    expect(last).toBe(50022);
    expect(windowOf(1e9, 544, 10)).toEqual([9, 10]);
    expect(windowOf(0, 544, 0)).toEqual([0, 0]);
  });
  test('sorting keeps equal rows in order, both ways', () => {
    const rows = [{ a: 2, i: 0 }, { a: 1, i: 1 }, { a: 2, i: 2 }, { a: 1, i: 3 }];
    expect(sorted(rows, (r) => r.a, false).map((r) => r.i)).toEqual([1, 3, 0, 2]);
    expect(sorted(rows, (r) => r.a, true).map((r) => r.i)).toEqual([0, 2, 1, 3]);
  });
});

describe('shortages', () => {
  const need = (good: string, tier: number, asked: number, delivered: number): Need => ({ good, name: good, tier, group: '', unit: 't', asked, delivered, stage: 1 });
  test('the most urgent tier first, then the furthest from met, then the largest; what is met is left out', () => {
    const list = shortages([need('a', 2, 100, 10), need('b', 1, 100, 90), need('c', 1, 10, 5), need('d', 1, 1000, 900), need('e', 1, 5, 5), need('f', 1, 1, 1 - 1e-12)]);
    expect(list.map((n) => n.good)).toEqual(['c', 'd', 'b', 'a']);
    expect(ratio(need('x', 1, 0, 0))).toBe(1);
  });
  test('the stage that holds back is the first that does not meet its tier', () => {
    const stage = (n: number, goal: string, value: number) => ({ stage: n, goal, value, bound: value });
    expect(heldStage([stage(1, 'raise', 1), stage(2, 'raise', 0.9), stage(3, 'least', 5)])?.stage).toBe(2);
    expect(heldStage([stage(1, 'raise', 1), stage(2, 'least', 5)])).toBe(undefined);
  });
});

describe('ballots', () => {
  test('marks move by one place and stay at the ends', () => {
    expect(move([3, 1, 2], 1, -1)).toEqual([1, 3, 2]);
    expect(move([3, 1, 2], 3, -1)).toEqual([3, 1, 2]);
    expect(move([3, 1, 2], 2, 1)).toEqual([3, 1, 2]);
    expect(move([3, 1, 2], 9, 1)).toEqual([3, 1, 2]);
  });
});

describe('bodies', () => {
  test('fields have the numbers of their order, what is left out is not there', () => {
    const body = bodyOf('motion.point', { motion: new Uint8Array(32), side: 1, text: 'No.' });
    expect([...body.keys()]).toEqual([1, 2, 3]);
    expect(fieldsOf('motion.point', body)['text']).toBe('No.');
    expect(decode(encode(body))).toEqual(body);
    expect(() => bodyOf('note', { word: 'x' })).toThrow('no field');
  });
  test('kinds and fields are those of docs/formats/commons.md and record.md', () => {
    const text = ['commons.md', 'record.md'].map((f) => readFileSync(new URL(`../../docs/formats/${f}`, import.meta.url), 'utf8')).join('\n');
    for (const [kind, fields] of Object.entries(FIELDS)) {
      const row = text.split('\n').find((l) => l.startsWith(`| \`${kind}\` |`));
      expect([kind, row !== undefined]).toEqual([kind, true]);
      const cells = (row as string).split(/(?<!\\)\|/)[2] as string;
      const said = cells.replace(/\([^()]*(\([^()]*\)[^()]*)*\)/g, '').replace(/[[\]]/g, '').split(',').map((x) => x.trim()).filter((x) => x !== '' && x !== 'none');
      if (!cells.includes('{')) expect([kind, said.length]).toEqual([kind, fields.length]);
    }
  });
});
