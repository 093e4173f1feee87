// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is said when something did not work, in the reader's language: by the rule that was broken, else by the error and its subject (docs/formats/api.md).
// The exact words of the program are English, and come second.
import { hasWord, language, t } from './i18n';
import { InWords, Refusal } from './load';

// Rules that are said in the same words; those with words of their own are 'broken_R-...'.
const SAME: Readonly<Record<'form' | 'order' | 'clock' | 'key' | 'new_key' | 'once' | 'not_yours' | 'not_now' | 'proof', readonly number[]>> = {
  form: [1, 2, 3, 4, 5, 12, 13, 18, 19, 82, 115, 129],
  order: [8, 9, 11],
  clock: [10, 30],
  key: [6, 7],
  new_key: [14, 15, 40, 120, 220, 221],
  once: [16, 42, 56, 65, 83, 123, 126, 147, 174, 183, 222],
  not_yours: [46, 59, 66, 80, 93, 112, 118, 141, 206, 209],
  not_now: [41, 44, 45, 47, 50, 53, 54, 60, 64, 81, 84, 85, 92, 110, 111, 113, 114, 116, 117, 119, 125, 127, 128, 140, 148, 172, 181, 201, 204, 208],
  proof: [142, 143, 145, 146, 149, 150, 151, 152],
};

export function wordOfRule(rule: string): string {
  const own = `broken_${rule}`;
  if (hasWord(own)) return own;
  const number = Number(rule.replace('R-', ''));
  const same = Object.entries(SAME).find(([, rules]) => rules.includes(number));
  return `broken_${same === undefined ? 'other' : same[0]}`;
}

function wordOfError(r: Refusal): string {
  if (r.status === 401) return 'error_sign_in';
  return [`error_${r.error}_${r.subject}`, `error_${r.error}`].find(hasWord) ?? 'error_other';
}

export interface Said {
  readonly says: string;
  readonly exact: string; // in English; '' where there is no more to say
}

export function say(error: Error): Said {
  if (error instanceof InWords) return { says: error.message, exact: '' };
  const refusal = error instanceof Refusal ? error : null;
  const exact = [error.message, refusal?.hint ?? ''].filter((x) => x !== '').join('. ');
  const word = refusal === null ? 'not_checked' : refusal.rule !== '' ? wordOfRule(refusal.rule) : wordOfError(refusal);
  return hasWord(word) ? { says: t(word), exact } : { says: exact, exact: '' }; // before all words are there
}

export const english = (): boolean => language.value.code === 'en';
