// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Acts: an event is drafted, signed with the key of this device, and handed in. The server checks it by the same rules as
// everybody; it can sign for nobody.
import { signal } from '@preact/signals';
import { concat, fromHex, toHex, utf8, type Bytes } from '../record/bytes';
import { signEvent } from '../record/event';
import { bodyOf, type Fields, type Kind } from '../record/kinds';
import type { Signer } from '../record/ed25519';
import { get, post, query } from './api';
import { about, moved } from './commons';
import { me, signer } from './key';
import { Refusal } from './load';

interface Draft {
  readonly commons_id: string;
  readonly counter: number;
  readonly time: number;
  readonly follows_size: number;
  readonly follows_root: string | null;
}
export interface Taken {
  readonly position: number;
  readonly id: string;
  readonly kind: string;
}

export class Locked extends Error {}

export const sessions = signal(0); // moves when one begins or ends here

function opened(): Signer {
  const key = signer.value;
  if (key === null || me.value === null) throw new Locked('the key is not open');
  return key;
}

// Signs an event of that kind; throws when the draft of the server is of another commons.
export async function sign(kind: Kind, fields: Fields): Promise<Bytes> {
  const key = opened();
  const d = await get<Draft>(`/api/draft${query({ key: me.value ?? '' })}`);
  if (d.commons_id !== about.value?.commons_id) throw new Error('the server drafts for another commons');
  const follows = d.follows_root === null || d.follows_size === 0 ? undefined : { size: d.follows_size, root: fromHex(d.follows_root) };
  return signEvent({ commons: fromHex(d.commons_id), counter: d.counter, time: d.time, kind, body: bodyOf(kind, fields), follows }, key);
}

export async function act(kind: Kind, fields: Fields): Promise<Taken> {
  const taken = await post<Taken>('/api/events', await sign(kind, fields), 'application/cose');
  moved.value++;
  return taken;
}

// Signs in, unless one is signed in already, for what only members may read; signs nothing that could be taken for an event.
export async function signIn(): Promise<void> {
  const commons = about.value?.commons_id;
  if (commons === null || commons === undefined) return;
  const key = opened();
  const now = await get<{ signed_in: boolean; key?: string }>('/api/session');
  if (now.signed_in && now.key === me.value) return;
  const c = await post<{ challenge: string; origin: string }>('/api/session/challenge', '', 'application/json');
  const text = concat(utf8('plenty sign in v1\n'), fromHex(commons), fromHex(c.challenge), utf8(location.origin));
  const signature = toHex(await key.sign(text));
  await post('/api/session', JSON.stringify({ challenge: c.challenge, key: me.value, signature }), 'application/json');
  sessions.value++;
}

// Asks for what only members get: signs in when the session is over, and asks once more.
export async function asMember<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (e) {
    if (!(e instanceof Refusal) || e.status !== 401) throw e;
    await signIn();
    return ask();
  }
}
