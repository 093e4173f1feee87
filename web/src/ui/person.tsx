// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Members. The record knows no names of persons, only ids; a reader may give names, which stay on this device.
import type { JSX } from 'preact';
import { signal } from '@preact/signals';
import { get } from '../lib/api';
import { shortId } from '../lib/format';
import { t } from '../lib/i18n';
import { me } from '../lib/key';

const KEPT = 'plenty.names';

function read(): Readonly<Record<string, string>> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}
const names = signal(read());

export function nameMember(id: string, name: string): void {
  const { [id]: _, ...others } = names.value;
  names.value = name.trim() === '' ? others : { ...others, [id]: name.trim().slice(0, 60) };
  localStorage.setItem(KEPT, JSON.stringify(names.value));
}
export function givenName(id: string): string {
  return names.value[id] ?? '';
}

// Names under which members stood for election: those are public.
const stood = signal<Readonly<Record<string, string>>>({});

export async function learnNames(): Promise<void> {
  const page = await get<{ events: readonly { member: string | null; body: { name?: string } | null }[] }>('/api/record?kind=candidate.stood&most=500');
  const found: Record<string, string> = {};
  for (const e of page.events) if (e.member !== null && e.body?.name !== undefined && found[e.member] === undefined) found[e.member] = e.body.name;
  stood.value = found;
}

// How a member is called here.
export function person(id: string | null): string {
  if (id === null) return t('nobody');
  const given = names.value[id] ?? stood.value[id];
  if (id === me.value) return given === undefined ? t('you') : t('you_named', { name: given });
  return given ?? t('member_id', { id: shortId(id) });
}

// A dot of a colour that belongs to the id, and the name; by it one tells members apart without reading digits.
export function Dot({ id }: { id: string | null }): JSX.Element {
  const hue = id === null ? 0 : Math.round((parseInt(id.slice(0, 4), 16) / 65536) * 360);
  return (
    <svg class="person-dot" viewBox="0 0 12 12" aria-hidden="true">
      <circle cx="6" cy="6" r="5" fill={`hsl(${hue} 45% 50%)`} />
    </svg>
  );
}

export function Person({ id }: { id: string | null }): JSX.Element {
  return (
    <span class="person" title={id ?? ''}>
      <Dot id={id} /> <bdi>{person(id)}</bdi>
    </span>
  );
}
