// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Events: COSE_Sign1 of docs/formats/record.md, made, signed and taken apart in the browser.
import { concat, equal, fromHex, sha256, utf8, type Bytes } from './bytes';
import { decode, encode, type Cbor, type Key } from './cbor';
import { verify, type Signer } from './ed25519';

export type Body = ReadonlyMap<number, Cbor>;

export interface Draft {
  readonly commons: Bytes;
  readonly counter: number;
  readonly time: number;
  readonly kind: string;
  readonly body: Body;
  readonly follows?: { readonly size: number; readonly root: Bytes } | undefined;
}

export interface Event extends Draft {
  readonly bytes: Bytes;
  readonly keyId: Bytes;
  readonly signature: Bytes;
  readonly signed: Bytes; // what the signature is over
}

export const EVENT_MOST = 60000;
const COSE_KEY = fromHex('a3010120062158' + '20');

// SHA-256 of the public key as a COSE key (RFC 9679).
export function keyId(publicKey: Bytes): Promise<Bytes> {
  return sha256(concat(COSE_KEY, publicKey));
}

function protectedHeader(id: Bytes): Bytes {
  return encode(new Map<Key, Cbor>([[1, -8], [4, id], [16, 'plenty-event']]));
}

function toBeSigned(header: Bytes, payload: Bytes): Bytes {
  return encode(['Signature1', header, new Uint8Array(0), payload]);
}

// The payload of a draft.
export function payloadOf(draft: Draft): Bytes {
  const map = new Map<Key, Cbor>([
    [1, 1],
    [2, draft.commons],
    [3, draft.counter],
    [4, draft.time],
    [5, draft.kind],
    [6, draft.body],
  ]);
  if (draft.follows !== undefined) map.set(7, [draft.follows.size, draft.follows.root]);
  return encode(map);
}

// The bytes of a signed event.
export async function signEvent(draft: Draft, signer: Signer): Promise<Bytes> {
  const header = protectedHeader(await keyId(signer.publicKey));
  const payload = payloadOf(draft);
  const signature = await signer.sign(toBeSigned(header, payload));
  const bytes = encode({ tag: 18, value: [header, new Map(), payload, signature] });
  if (bytes.length > EVENT_MOST) throw new Error(`an event has at most ${EVENT_MOST} bytes, this one has ${bytes.length}`);
  return bytes;
}

function asBytes(value: Cbor | undefined, length?: number): Bytes {
  if (!(value instanceof Uint8Array) || (length !== undefined && value.length !== length)) throw new Error('an event has bytes here');
  return value as Bytes;
}

function asNumber(value: Cbor | undefined): number {
  if (typeof value !== 'number' || value < 0) throw new Error('an event has a number here');
  return value;
}

function asMap(value: Cbor | undefined): ReadonlyMap<Key, Cbor> {
  if (!(value instanceof Map)) throw new Error('an event has a map here');
  return value as ReadonlyMap<Key, Cbor>;
}

function followsOf(value: Cbor | undefined): Event['follows'] {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length !== 2) throw new Error('what the event follows is a size and a root');
  return { size: asNumber(value[0]), root: asBytes(value[1], 32) };
}

// An event taken apart; throws when it breaks. The signature is not judged here.
export function parseEvent(bytes: Bytes): Event {
  if (bytes.length > EVENT_MOST) throw new Error('an event is too long');
  const outer = decode(bytes);
  if (typeof outer !== 'object' || outer === null || !('tag' in outer) || outer.tag !== 18) throw new Error('not a COSE_Sign1');
  const parts = outer.value;
  if (!Array.isArray(parts) || parts.length !== 4) throw new Error('a COSE_Sign1 has four parts');
  const header = asBytes(parts[0]);
  const id = asBytes(asMap(decode(header)).get(4), 32);
  if (!equal(header, protectedHeader(id)) || asMap(parts[1]).size !== 0) throw new Error('not the header of an event');
  const payload = asBytes(parts[2]);
  const map = asMap(decode(payload));
  const kind = map.get(5);
  if (map.get(1) !== 1 || typeof kind !== 'string' || !/^[a-z0-9._]{1,64}$/.test(kind)) throw new Error('not an event of version 1');
  const body = asMap(map.get(6)) as Body;
  if (map.size !== (map.has(7) ? 7 : 6)) throw new Error('an event has other fields');
  return {
    bytes,
    keyId: id,
    signature: asBytes(parts[3], 64),
    signed: toBeSigned(header, payload),
    commons: asBytes(map.get(2), 32),
    counter: asNumber(map.get(3)),
    time: asNumber(map.get(4)),
    kind,
    body,
    follows: followsOf(map.get(7)),
  };
}

// Whether the key is the one that the event names, and the signature holds.
export async function verifyEvent(event: Event, publicKey: Bytes): Promise<boolean> {
  return equal(await keyId(publicKey), event.keyId) && verify(publicKey, event.signed, event.signature);
}

// The id of the commons that a founding makes.
export function commonsId(body: Body): Promise<Bytes> {
  return sha256(concat(utf8('plenty commons v1\n'), encode(body)));
}

// The one act of a new key, and the one of a key that is added: signatures that tie it to whoever asked.
export function memberProof(commons: Bytes, author: Bytes, signer: Signer): Promise<Bytes> {
  return signer.sign(concat(utf8('plenty member v1\n'), commons, author));
}
export function keyProof(commons: Bytes, author: Bytes, signer: Signer): Promise<Bytes> {
  return signer.sign(concat(utf8('plenty key added v1\n'), commons, author));
}
