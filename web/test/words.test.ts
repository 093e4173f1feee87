// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Every language has every text, with the plural forms that it needs and the values of the English one; and every text is used.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

type Text = string | Record<string, string>;
const folder = new URL('../locales/', import.meta.url).pathname;
const source = new URL('../src/', import.meta.url).pathname;
const read = (code: string): Record<string, Text> => JSON.parse(readFileSync(join(folder, `${code}.json`), 'utf8')) as Record<string, Text>;
const codes = readdirSync(folder).map((f) => f.replace('.json', ''));
const english = read('en');
const forms = (text: Text): string[] => (typeof text === 'string' ? [text] : Object.values(text));
const values = (text: Text): Set<string> => new Set(forms(text).flatMap((f) => [...f.matchAll(/\{(\w+)\}/g)].map((m) => m[1] as string)));

describe.each(codes)('%s', (code) => {
  const words = read(code);
  test('has the keys of English, in its order', () => {
    expect(Object.keys(words)).toEqual(Object.keys(english));
  });
  test('names the values that English names, and no others', () => {
    for (const [key, text] of Object.entries(english)) {
      const mine = values(words[key] as Text);
      for (const name of mine) expect([key, name, values(text).has(name)]).toEqual([key, name, true]);
      for (const name of values(text)) expect([key, name, mine.has(name)]).toEqual([key, name, true]);
    }
  });
  test('has plural forms where English has, all that the language needs and no others', () => {
    const needed = new Intl.PluralRules(code).resolvedOptions().pluralCategories;
    for (const [key, text] of Object.entries(english)) {
      const mine = words[key] as Text;
      expect([key, typeof mine]).toEqual([key, typeof text]);
      if (typeof mine === 'object') expect([key, Object.keys(mine).sort()]).toEqual([key, [...needed].sort()]);
    }
  });
  test('leaves nothing in English and nothing empty', () => {
    const same = Object.keys(english).filter((k) => JSON.stringify(words[k]) === JSON.stringify(english[k]) && forms(english[k] as Text).some((f) => /[a-z]{5}/.test(f.replace(/\{\w+\}/g, ''))));
    if (code !== 'en') expect(same.length).toBeLessThan(Object.keys(english).length / 40);
    for (const [key, text] of Object.entries(words)) for (const form of forms(text)) expect([key, form.trim() !== '']).toEqual([key, true]);
  });
});

test('a language is named and written in its direction, in its file as in the list', async () => {
  const { LANGUAGES } = await import('../src/lib/i18n');
  expect(LANGUAGES.map((l) => l.code).sort()).toEqual([...codes].sort());
  for (const l of LANGUAGES) {
    expect(read(l.code)['language_name']).toBe(l.name);
    expect(read(l.code)['direction']).toBe(l.code === 'ar' ? 'rtl' : 'ltr');
  }
});

function files(at: string): string[] {
  return readdirSync(at).flatMap((f) => (statSync(join(at, f)).isDirectory() ? files(join(at, f)) : [join(at, f)]));
}

test('every text is used by some page', () => {
  const server = new URL('../../src/server/', import.meta.url).pathname; // pages without scripts use the same texts
  const code = [...files(source), ...readdirSync(server).map((f) => join(server, f))].map((f) => readFileSync(f, 'utf8').replaceAll('"', "'")).join('\n');
  const prefixes = [...code.matchAll(/`([a-z_]+_)\$\{/g)].map((m) => m[1] as string);
  const unused = Object.keys(english).filter((k) => !code.includes(`'${k}'`) && !prefixes.some((p) => k.startsWith(p)));
  expect(unused).toEqual([]);
});

test('every parameter of constitutions, and every section, has a text', () => {
  const rows = readFileSync(new URL('../../include/plenty/constitution.def', import.meta.url), 'utf8');
  const keys = [...rows.matchAll(/^PL_PARAM\(\w+, "([^"]+)"/gm)].map((m) => m[1] as string);
  expect(keys.length).toBeGreaterThan(70);
  for (const key of keys) expect([key, `param_${key.replace('.', '_')}` in english, `section_${key.split('.')[0]}` in english]).toEqual([key, true, true]);
});

describe('the rules', () => {
  beforeAll(() => {
    vi.stubGlobal('document', { documentElement: { lang: '', dir: '' } });
    vi.stubGlobal('fetch', async (url: string) => new Response(readFileSync(join(folder, url.split('/').at(-1) as string))));
  });
  test('plural forms of Russian and Arabic are chosen by their rules', async () => {
    const { fill } = await import('../src/lib/i18n');
    const write = (n: number): string => String(n);
    const ru = { one: '{n} строка', few: '{n} строки', many: '{n} строк', other: '{n} строки' };
    const say = (n: number): string => fill(ru, { n }, new Intl.PluralRules('ru'), write);
    expect([1, 2, 5, 11, 21, 22, 111].map(say)).toEqual(['1 строка', '2 строки', '5 строк', '11 строк', '21 строка', '22 строки', '111 строк']);
    const ar = { zero: '0', one: '1', two: '2', few: 'f', many: 'm', other: 'o' };
    expect([0, 1, 2, 3, 11, 100].map((n) => fill(ar, { n }, new Intl.PluralRules('ar'), write))).toEqual(['0', '1', '2', 'f', 'm', 'o']);
  });
  test('the language is the chosen one, else the first that the browser wants and we have', async () => {
    const { pickLanguage } = await import('../src/lib/i18n');
    expect(pickLanguage(null, ['pt-BR', 'fr-CA', 'en']).code).toBe('fr');
    expect(pickLanguage('ar', ['en']).code).toBe('ar');
    expect(pickLanguage('xx', []).code).toBe('en');
  });
  test('numbers keep what matters: nothing is nothing, not quite all is not all', async () => {
    const { setLanguage, LANGUAGES } = await import('../src/lib/i18n');
    await setLanguage(LANGUAGES[0]!);
    const { amount, difference, exact, fromNow, measure, percent } = await import('../src/lib/format');
    expect(amount(282768715000)).toBe('283 billion');
    expect(amount(12345.6)).toBe('12,346');
    expect(amount(-1e-17)).toBe('0');
    expect(exact(0.1)).toBe('0.1');
    expect(percent(0.99999)).toBe('> 99.9%');
    expect(percent(1e-9)).toBe('< 0.01%');
    expect(percent(0.5)).toBe('50%');
    expect(difference(-5)).toBe('\u22125');
    expect(difference(5)).toBe('+5');
    expect(measure(1026158, 'million current US dollars')).toBe('1.03 trillion current US dollars');
    expect(fromNow(1000, 1000 - 3 * 86400)).toBe('in 3 days');
  });
});

test('every rule that the pages can break is said in words', async () => {
  const { setLanguage, LANGUAGES } = await import('../src/lib/i18n');
  await setLanguage(LANGUAGES[0]!);
  const { wordOfRule } = await import('../src/lib/refusal');
  const { FIELDS } = await import('../src/record/kinds');
  const docs = ['record', 'commons'].map((f) => readFileSync(new URL(`../../docs/formats/${f}.md`, import.meta.url), 'utf8')).join('\n');
  let rules = 0;
  for (const [, kind, cited] of docs.matchAll(/^\| `([a-z.]+)` \|.*\| ((?:R-\d{3}(?:, )?)+)[^|]*\|$/gm)) {
    if (!(kind! in FIELDS) || kind!.startsWith('pay.') || kind === 'rota.class') continue; // on the command line
    for (const [rule] of cited!.matchAll(/R-\d{3}/g)) {
      rules++;
      expect([kind, rule, wordOfRule(rule) in english && wordOfRule(rule) !== 'broken_other']).toEqual([kind, rule, true]);
    }
  }
  expect(rules).toBeGreaterThan(100);
});
