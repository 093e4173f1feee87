// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Words. A language is one file in web/locales: texts by key; {name} stands for a value; a text with plural forms is an
// object with the categories of Intl.PluralRules, chosen by {n}.
import { computed, signal } from '@preact/signals';
import type english from '../../locales/en.json';
import files from 'virtual:words';

export type Words = typeof english;
export type WordKey = keyof Words;
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };
export type Values = Readonly<Record<string, string | number>>;

export interface Language {
  readonly code: string;
  readonly name: string; // in the language itself
}

// A new language: its file in web/locales, and a row here.
export const LANGUAGES: readonly Language[] = [
  { code: 'en', name: 'English' },
  { code: 'es', name: 'Español' },
  { code: 'fr', name: 'Français' },
  { code: 'de', name: 'Deutsch' },
  { code: 'ru', name: 'Русский' },
  { code: 'hi', name: 'हिन्दी' },
  { code: 'ar', name: 'العربية' },
];

const words = signal<Partial<Words> | null>(null);
export const language = signal<Language>(LANGUAGES[0] as Language);
const rules = computed(() => new Intl.PluralRules(language.value.code));
const numbers = computed(() => new Intl.NumberFormat(language.value.code));

// The language to begin with: the chosen one, else the first of the browser's that there is, else English.
export function pickLanguage(chosen: string | null, wanted: readonly string[]): Language {
  const codes = [...(chosen === null ? [] : [chosen]), ...wanted].map((w) => w.toLowerCase().split('-')[0]);
  for (const code of codes) {
    const found = LANGUAGES.find((l) => l.code === code);
    if (found !== undefined) return found;
  }
  return LANGUAGES[0] as Language;
}

async function fetchWords(of: Language, part: number): Promise<Partial<Words>> {
  const from = files[of.code]?.[part];
  return from === undefined ? {} : ((await (await fetch(from, { credentials: 'same-origin' })).json()) as Partial<Words>);
}

let whole: Promise<void> | null = null; // all words of the language, once they were asked for

// Begins with the words of the first page; with all of them, when all are there in another language.
export async function setLanguage(to: Language): Promise<void> {
  const [first, more] = await Promise.all([fetchWords(to, 0), whole === null ? {} : fetchWords(to, 1)]);
  words.value = { ...first, ...more };
  language.value = to;
  document.documentElement.lang = to.code;
  document.documentElement.dir = words.value.direction ?? 'ltr';
}

// The words of all other pages: they come once.
export function allWords(): Promise<void> {
  const of = language.value;
  whole ??= fetchWords(of, 1).then(
    (more) => {
      if (language.value === of) words.value = { ...more, ...words.value };
    },
    (e: unknown) => {
      whole = null; // the next one asks again
      throw e;
    },
  );
  return whole;
}

// A text with its values in place. Values that are numbers are written as the language writes them.
export function fill(text: string | Plural, values: Values, plural: Intl.PluralRules, number: (n: number) => string): string {
  const n = values['n'];
  const form = typeof text === 'string' ? text : (text[typeof n === 'number' ? plural.select(n) : 'other'] ?? text.other);
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? number(value) : value;
  });
}

export function t(key: WordKey, values: Values = {}): string {
  const text = (words.value as Record<string, string | Plural> | null)?.[key];
  if (text === undefined) return key;
  return fill(text, values, rules.value, (n) => numbers.value.format(n));
}

// Whether there is a word for a key that data name (kinds of events, names of rules).
export function hasWord(key: string): key is WordKey {
  return words.value !== null && key in words.value;
}
