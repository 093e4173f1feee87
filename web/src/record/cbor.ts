// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Deterministic CBOR (RFC 8949, 4.2.1) as docs/formats/record.md has it: shortest forms, definite lengths, keys of maps
// ascending by their bytes and none twice, at most 16 levels, nothing behind the item.
import { concat, type Bytes } from './bytes';

export interface Tag {
  readonly tag: number;
  readonly value: Cbor;
}
export type Key = number | string;
export type Cbor = number | string | boolean | null | Bytes | readonly Cbor[] | ReadonlyMap<Key, Cbor> | Tag;

const LEVELS = 16;

function isTag(value: Cbor): value is Tag {
  return typeof value === 'object' && value !== null && 'tag' in value;
}

function head(major: number, n: number): Bytes {
  const first = major << 5;
  if (n < 24) return new Uint8Array([first | n]);
  if (n < 0x100) return new Uint8Array([first | 24, n]);
  const bytes = new Uint8Array(n < 0x10000 ? 3 : n < 0x100000000 ? 5 : 9);
  const view = new DataView(bytes.buffer);
  if (bytes.length === 3) view.setUint16(1, n);
  else if (bytes.length === 5) view.setUint32(1, n);
  else view.setBigUint64(1, BigInt(n));
  bytes[0] = first | (bytes.length === 3 ? 25 : bytes.length === 5 ? 26 : 27);
  return bytes;
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const d = (a[i] as number) - (b[i] as number);
    if (d !== 0) return d;
  }
  return a.length - b.length;
}

// The one encoding of a value. Numbers are whole, of at most 2^53 - 1: events hold no others.
export function encode(value: Cbor): Bytes {
  if (value === null) return new Uint8Array([0xf6]);
  if (typeof value === 'boolean') return new Uint8Array([value ? 0xf5 : 0xf4]);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error(`not a whole number: ${value}`);
    return value >= 0 ? head(0, value) : head(1, -1 - value);
  }
  if (typeof value === 'string') {
    const text = new TextEncoder().encode(value);
    return concat(head(3, text.length), text);
  }
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  if (Array.isArray(value)) return concat(head(4, value.length), ...value.map(encode));
  if (value instanceof Map) {
    const rows = [...(value as ReadonlyMap<Key, Cbor>)].map(([k, v]) => [encode(k), encode(v)] as const);
    rows.sort((a, b) => compare(a[0], b[0]));
    return concat(head(5, rows.length), ...rows.flat());
  }
  if (isTag(value as Cbor)) return concat(head(6, (value as Tag).tag), encode((value as Tag).value));
  throw new Error('not a value of CBOR');
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function take(r: Reader, n: number): Bytes {
  if (n > r.bytes.length - r.at) throw new Error('CBOR ends too early');
  const part = r.bytes.slice(r.at, r.at + n) as Bytes;
  r.at += n;
  return part;
}

function argument(r: Reader, low: number): number {
  if (low < 24) return low;
  if (low > 27) throw new Error('CBOR: lengths must be definite');
  const size = 1 << (low - 24);
  const part = take(r, size);
  let n = 0n;
  for (const b of part) n = (n << 8n) | BigInt(b);
  const least = low === 24 ? 24n : 1n << BigInt(4 * size);
  if (n < least) throw new Error('CBOR: not the shortest form');
  if (n > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error('CBOR: a number is too large');
  return Number(n);
}

function readMap(r: Reader, n: number, level: number): Map<Key, Cbor> {
  const map = new Map<Key, Cbor>();
  let before: Uint8Array | undefined;
  for (let i = 0; i < n; i++) {
    const begin = r.at;
    const key = item(r, level);
    if (typeof key !== 'number' && typeof key !== 'string') throw new Error('CBOR: a key is a number or a text');
    const bytes = r.bytes.subarray(begin, r.at);
    if (before !== undefined && compare(before, bytes) >= 0) throw new Error('CBOR: keys do not ascend');
    before = bytes;
    map.set(key, item(r, level));
  }
  return map;
}

function simple(low: number): Cbor {
  if (low === 20 || low === 21) return low === 21;
  if (low === 22) return null;
  throw new Error('CBOR: a kind of value that events do not have');
}

function item(r: Reader, level: number): Cbor {
  if (level > LEVELS) throw new Error('CBOR: too many levels');
  const first = take(r, 1)[0] as number;
  const major = first >> 5;
  const low = first & 31;
  if (major === 7) return simple(low);
  const n = argument(r, low);
  switch (major) {
    case 0:
      return n;
    case 1:
      return -1 - n;
    case 2:
      return take(r, n);
    case 3:
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(take(r, n));
    case 4: {
      if (n > r.bytes.length) throw new Error('CBOR ends too early');
      return Array.from({ length: n }, () => item(r, level + 1));
    }
    case 5:
      return readMap(r, n, level + 1);
    default:
      return { tag: n, value: item(r, level + 1) };
  }
}

// The value of one item; throws when the bytes are not its one deterministic encoding.
export function decode(bytes: Uint8Array): Cbor {
  const r: Reader = { bytes, at: 0 };
  const value = item(r, 1);
  if (r.at !== bytes.length) throw new Error('CBOR: bytes behind the item');
  return value;
}
