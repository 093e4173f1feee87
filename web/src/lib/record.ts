// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The record: what happened, and checking it here, in the browser, with nothing but the bytes.
import { equal, fromHex, toHex, type Bytes } from '../record/bytes';
import { commonsId, keyId, parseEvent, verifyEvent, type Event } from '../record/event';
import { leafHash, verifyConsistency, verifyInclusion } from '../record/merkle';
import type { Signer } from '../record/ed25519';
import { parseCheckpoint, parseProof, signedByRecord, signNote, type Checkpoint } from '../record/note';
import { ask, CHANGES, get, getText, query } from './api';
import { moved, now } from './commons';
import { Refusal } from './load';

export interface Entry {
  readonly position: number;
  readonly id: string;
  readonly kind: string;
  readonly words: string; // in English, for kinds that pages do not know
  readonly time: number;
  readonly key: string;
  readonly public_key: string | null; // the one that has this id
  readonly member: string | null;
  readonly counter: number;
  readonly hidden: boolean;
  readonly body: Readonly<Record<string, unknown>> | null;
}
export interface RecordPage {
  readonly size: number;
  readonly events: readonly Entry[];
  readonly next: number | null;
}
interface OneEvent extends Entry {
  readonly bytes: string | null;
  readonly size: number;
  readonly root: string;
  readonly proof: readonly string[];
}

export function loadRecord(before: number | null, kind: string, stop: AbortSignal): Promise<RecordPage> {
  return get<RecordPage>(`/api/record${query({ before: before ?? undefined, most: 50, kind: kind === '' ? undefined : kind })}`, stop);
}

// What was found about an event, each on its own.
export interface Findings {
  readonly bytes: boolean; // the bytes are those of this id
  readonly signature: boolean | null; // the key signed it; null: its public key is not known here
  readonly included: boolean; // it stands in the tree, at this place
  readonly checkpoint: boolean | null; // the root is signed by the record key; null: no checkpoint covers it yet
  readonly event: Event | null;
}

// The key that signs checkpoints, out of the founding event: the commons id is the hash of its body.
async function recordKey(commons: string): Promise<Bytes> {
  const first = await get<OneEvent>('/api/record/0');
  const event = parseEvent(fromHex(first.bytes ?? ''));
  if (event.kind !== 'commons.created' || toHex(await commonsId(event.body)) !== commons) throw new Error('the first event does not found this commons');
  return event.body.get(2) as Bytes;
}

// All that have been, the present one first: those that came after the first by events that their signers have signed, in the tree.
async function findRecordKeys(commons: string): Promise<Bytes[]> {
  const { events } = await get<RecordPage>(`/api/record${query({ kind: 'record.rekeyed', most: 500 })}`);
  const later = await Promise.all(
    events.map(async (e) => {
      const one = await get<OneEvent>(`/api/record/${e.position}`);
      const bytes = fromHex(one.bytes ?? '');
      const event = parseEvent(bytes);
      const included = await verifyInclusion(await leafHash(bytes), e.position, one.size, one.proof.map(fromHex), fromHex(one.root));
      const signed = await verifyEvent(event, fromHex(one.public_key ?? ''));
      if (!included || !signed || event.kind !== 'record.rekeyed' || toHex(event.commons) !== commons) throw new Error('an event that changes the record key does not hold');
      return event.body.get(1) as Bytes;
    }),
  );
  return [...later, await recordKey(commons)];
}

// Found once until something happens.
let found: { readonly when: number; readonly keys: Promise<Bytes[]> } | null = null;
function recordKeys(commons: string): Promise<Bytes[]> {
  const when = moved.peek();
  if (found?.when !== when) {
    const keys = findRecordKeys(commons);
    found = { when, keys };
    keys.catch(() => (found = null));
  }
  return (found as NonNullable<typeof found>).keys;
}

// With an id: whether it is that event; without: whatever stands there.
export async function checkEvent(position: number, id: string | null, commons: string): Promise<Findings> {
  const one = await get<OneEvent>(`/api/record/${position}`);
  const bytes = one.bytes === null ? null : fromHex(one.bytes);
  const leaf = bytes === null ? fromHex(one.id) : await leafHash(bytes);
  const event = bytes === null ? null : parseEvent(bytes);
  const included = await verifyInclusion(leaf, position, one.size, one.proof.map(fromHex), fromHex(one.root));
  const signature = event === null || one.public_key === null ? null : await verifyEvent(event, fromHex(one.public_key));
  return { bytes: equal(leaf, fromHex(id ?? one.id)), signature, included, checkpoint: await underCheckpoint(position, leaf, commons), event };
}

// The event at a position, of which everything holds; under a checkpoint as far as there is one. Throws otherwise.
export async function provenEvent(position: number, kind: string, commons: string): Promise<Event> {
  const f = await checkEvent(position, null, commons);
  if (f.event === null || f.signature !== true || !f.bytes || !f.included || f.checkpoint === false) throw new Error(`what stands at place ${position} of the record does not hold`);
  if (f.event.kind !== kind || toHex(f.event.commons) !== commons) throw new Error(`at place ${position} of the record stands no ${kind}`);
  return f.event;
}

// Whether a key is a member's: the one that he or she came with, whose id is the member's, or one that it has added.
export async function isKeyOf(key: Bytes, member: string, commons: string): Promise<boolean> {
  if (toHex(key) === member) return true;
  const { events } = await get<RecordPage>(`/api/record${query({ kind: 'key.added', member, most: 500 })}`);
  for (const e of events) {
    const added = await provenEvent(e.position, 'key.added', commons);
    if (equal(await keyId(added.body.get(1) as Bytes), key) && toHex(added.keyId) === member) return true;
  }
  return false;
}

async function underCheckpoint(position: number, leaf: Bytes, commons: string): Promise<boolean | null> {
  const checkpoint = await lastCheckpoint();
  if (checkpoint === null || checkpoint.size <= position) return null;
  const proof = parseProof(await getText(`/api/record/${position}/proof`));
  const c = proof.checkpoint;
  if (proof.index !== position || c.origin !== `plenty/${commons}`) return false;
  if (!(await verifyInclusion(leaf, position, c.size, proof.hashes, c.root))) return false;
  for (const key of await recordKeys(commons)) if (await signedByRecord(c, key)) return true;
  return false;
}

export async function loadCheckpoint(): Promise<Checkpoint> {
  return parseCheckpoint(await getText('/api/record/checkpoint'));
}

export interface Seen {
  readonly size: number;
  readonly root: string;
  readonly when: number;
}
const KEPT = 'plenty.seen.';

export function lastSeen(commons: string): Seen | null {
  try {
    return JSON.parse(localStorage.getItem(KEPT + commons) ?? 'null') as Seen | null;
  } catch {
    return null;
  }
}

interface Growth {
  readonly old: number;
  readonly old_root: string;
  readonly size: number;
  readonly root: string;
  readonly proof: readonly string[];
}

// Whether the record of today continues the one that this device saw last; then today's is remembered. Null at the first visit.
export async function checkGrowth(commons: string, now: number): Promise<{ seen: Seen; holds: boolean; size: number } | null> {
  const seen = lastSeen(commons);
  const old = seen?.size ?? 1;
  const growth = await get<Growth>(`/api/record/growth${query({ old })}`);
  const kept = { size: growth.size, root: growth.root, when: now };
  if (seen === null) {
    localStorage.setItem(KEPT + commons, JSON.stringify(kept));
    return null;
  }
  const holds = await verifyConsistency(seen.size, fromHex(seen.root), growth.size, fromHex(growth.root), growth.proof.map(fromHex));
  if (holds) localStorage.setItem(KEPT + commons, JSON.stringify(kept));
  return { seen, holds, size: growth.size };
}

// Whether a key is the one that signs the checkpoints of this commons.
export async function isRecordKey(commons: string, publicKey: Bytes): Promise<boolean> {
  return equal((await recordKeys(commons))[0] as Bytes, publicKey);
}

// The last checkpoint, or null when none was signed yet.
export async function lastCheckpoint(): Promise<Checkpoint | null> {
  return loadCheckpoint().catch((e: unknown) => {
    if (e instanceof Refusal && e.status === 404) return null;
    throw e;
  });
}

// Signs a checkpoint of the record as it is now, once it is seen to continue the last one and what this device saw. Gives its size.
export async function signCheckpoint(commons: string, signer: Signer): Promise<number> {
  const growth = await checkGrowth(commons, now());
  const seen = lastSeen(commons);
  if (growth?.holds === false || seen === null) throw new Error('the record does not continue what this device has seen: nothing is signed');
  const last = await lastCheckpoint();
  if (last !== null && last.size < seen.size) {
    const g = await get<Growth>(`/api/record/growth${query({ old: last.size, size: seen.size })}`);
    if (!(await verifyConsistency(last.size, last.root, seen.size, fromHex(seen.root), g.proof.map(fromHex)))) throw new Error('the record does not continue its last checkpoint: nothing is signed');
  }
  const note = await signNote(`plenty/${commons}`, seen.size, fromHex(seen.root), signer);
  await ask('/api/record/checkpoint', { method: 'POST', body: note, headers: { ...CHANGES, 'content-type': 'text/plain' } });
  return seen.size;
}
