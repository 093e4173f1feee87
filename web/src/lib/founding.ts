// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Founding a commons: the table where its founders meet, and the event that makes it, signed by one of them on their device.
import { fromHex, toHex, utf8, type Bytes } from '../record/bytes';
import type { Signer } from '../record/ed25519';
import { commonsId, signEvent } from '../record/event';
import { bodyOf } from '../record/kinds';
import { signIn } from './act';
import { ask, CHANGES, get, post, query } from './api';
import { about, learn, listen, now } from './commons';
import { signCheckpoint } from './record';

export interface Seat {
  readonly name: string;
  readonly public_key: string;
  readonly key: string; // its id, which becomes that of the member
}
export interface Founding {
  readonly commons: string | null; // its name, once it is founded
  readonly seats: readonly Seat[];
}

export function loadFounding(code: string, stop?: AbortSignal): Promise<Founding> {
  return get<Founding>(`/api/founding${query({ code })}`, stop);
}

// The code without what people write between its digits.
export function plainCode(code: string): string {
  return code.replace(/[\s-]/g, '').toLowerCase();
}

export async function sitDown(code: string, name: string, signer: Signer): Promise<Founding> {
  const signature = toHex(await signer.sign(utf8(`plenty seat v1\n${code}${location.origin}`)));
  return post<Founding>('/api/founding/seats', JSON.stringify({ code, name, public_key: toHex(signer.publicKey), signature }), 'application/json');
}

export async function freeSeat(code: string, publicKey: string): Promise<void> {
  await ask(`/api/founding/seats/${publicKey}${query({ code })}`, { method: 'DELETE', headers: CHANGES });
}

// The signed event that founds the commons, and its id. The key that signs is also the one that signs checkpoints.
export async function foundingEvent(name: string, founders: readonly string[], signer: Signer, time: number, salt: Bytes): Promise<{ bytes: Bytes; commons: string }> {
  const body = bodyOf('commons.created', { name, record_key: signer.publicKey, founders: [...founders].sort().map(fromHex), salt });
  const commons = await commonsId(body);
  return { bytes: await signEvent({ commons, counter: 1, time, kind: 'commons.created', body }, signer), commons: toHex(commons) };
}

// Founds it, and signs the first checkpoint. The server cannot pass off another commons: its id is known here.
export async function found(code: string, name: string, founders: readonly string[], signer: Signer): Promise<void> {
  const { bytes, commons } = await foundingEvent(name, founders, signer, now(), crypto.getRandomValues(new Uint8Array(16)));
  await post<Founding>(`/api/founding${query({ code })}`, bytes, 'application/cose');
  await signCheckpoint(commons, signer);
  await enter();
  if (about.value?.commons_id !== commons) throw new Error('the server shows another commons than the one that was signed');
}

// What was a table is a commons now.
export async function enter(): Promise<void> {
  if (about.value?.commons_id != null) return;
  await learn();
  if (about.value?.commons_id == null) return;
  listen();
  await signIn().catch(() => undefined); // the key may be locked
}
