// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is served here, and that it changes: a signal that moves with every event of the record.
import { signal } from '@preact/signals';
import { get } from './api';

export interface About {
  readonly version: string;
  readonly origin: string;
  readonly commons: string | null; // its name
  readonly commons_id: string | null;
  readonly pages: string; // hash of the files that are served
  readonly founding: boolean; // one can be founded here
  readonly plan: boolean;
  readonly needs: boolean;
  readonly watch: boolean; // what `plenty watch` has found in tables
  readonly sharing: boolean; // wants of a past period, for the rule simulator
  readonly ledger: boolean; // an account of what was published about households
  readonly members_only: boolean;
  readonly time: number; // of the server's clock
}

export const about = signal<About | null>(null);
export const moved = signal(0); // counts what happened since the page was opened
export const online = signal(true);

// The server's clock: it may be ahead of the device's.
let ahead = 0;
export function now(): number {
  return Math.floor(Date.now() / 1000) + ahead;
}

export async function learn(): Promise<void> {
  const found = await get<About>('/api');
  ahead = found.time - Math.floor(Date.now() / 1000);
  about.value = found;
}

// Listens to what happens; when the line breaks the browser tries again.
let listens = false;
export function listen(): void {
  if (listens) return;
  listens = true;
  const source = new EventSource('/api/live');
  const bump = (): void => {
    moved.value++;
  };
  for (const name of ['record', 'plans', 'reset']) source.addEventListener(name, bump);
  source.onopen = () => (online.value = true);
  source.onerror = () => (online.value = false);
}
