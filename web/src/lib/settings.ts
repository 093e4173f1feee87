// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a reader chooses on this device: language and light. Nothing of it leaves the browser.
import { signal } from '@preact/signals';
import { LANGUAGES, pickLanguage, setLanguage } from './i18n';

export type Light = 'auto' | 'light' | 'dark';
export const light = signal<Light>('auto');

export function readKept(name: string): string | null {
  try {
    return localStorage.getItem(`plenty.${name}`);
  } catch {
    return null; // storage may be forbidden: then nothing is kept
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`plenty.${name}`, value);
  } catch {
    return;
  }
}

export function setLight(to: Light): void {
  light.value = to;
  if (to === 'auto') delete document.documentElement.dataset['light'];
  else document.documentElement.dataset['light'] = to;
  keep('light', to);
}

export async function chooseLanguage(code: string): Promise<void> {
  const found = LANGUAGES.find((l) => l.code === code);
  if (found === undefined) return;
  await setLanguage(found);
  keep('language', code);
}

export async function begin(): Promise<void> {
  const kept = readKept('light');
  setLight(kept === 'light' || kept === 'dark' ? kept : 'auto');
  await setLanguage(pickLanguage(readKept('language'), navigator.languages));
}
