// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The group of secret ballots in the browser: the points of prime order of Ed25519, their texts, random scalars, challenges (docs/formats/secret-ballots.md).
// Numbers are BigInts: how long an operation takes depends a little on them. Nothing here branches on a secret, but a program that measures times
// on the same device to the microsecond might learn something; `plenty vote` uses code of constant time.
import { chacha20orig } from '@noble/ciphers/chacha.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, fromHex, toBase64, toHex, utf8, type Bytes } from '../record/bytes';

export const Point = ed25519.Point;
export type Point = InstanceType<typeof Point>;
export const Scalar = Point.Fn; // numbers modulo the order of the group
export const G = Point.BASE;
export const GROUP = 'Ed25519';

export function hashOf(text: string): Bytes {
  return concat(sha256(utf8(text)));
}

// SHA-256 in base64, without padding: fingerprints of elections, trackers of ballots.
export function tracker(text: string): string {
  return toBase64(hashOf(text)).replace(/=+$/, '');
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

// The challenge of a proof over everything that is public before it.
export function challenge(text: string): bigint {
  return Scalar.create(numberOf(hashOf(text)));
}

// ---- Texts ----

export function writePoint(p: Point): string {
  return toHex(p.toBytes().reverse());
}

// A point of prime order other than one; throws at anything else, and at other forms of it.
export function readPoint(text: string): Point {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error('not an element of Ed25519');
  const p = Point.fromBytes(fromHex(text).reverse());
  if (p.is0() || !p.isTorsionFree()) throw new Error('not an element of Ed25519');
  return p;
}

export function readScalar(text: string): bigint {
  if (!/^(0|[1-9]\d{0,76})$/.test(text) || BigInt(text) >= Scalar.ORDER) throw new Error('not a number of the group');
  return BigInt(text);
}

// ---- Powers ----

// p^k for any k below the order, zero included, by the same steps for all of them.
export function power(p: Point, k: bigint): Point {
  return p.multiply(Scalar.create(k + 1n) || 1n).subtract(p);
}

// The sum of powers of what everybody may see.
export function sumOf(...terms: readonly (readonly [Point, bigint])[]): Point {
  return terms.reduce((sum, [p, k]) => sum.add(p.multiplyUnsafe(k)), Point.ZERO);
}

// ---- Random numbers ----

// Numbers out of a seed of 32 bytes, one after the other; each item has its own (docs/formats/secret-ballots.md, Vectors).
export class Draw {
  private at = 0;
  private readonly nonce = new Uint8Array(8);
  constructor(
    private readonly seed: Bytes = crypto.getRandomValues(new Uint8Array(32)),
    item = 0,
  ) {
    new DataView(this.nonce.buffer).setUint32(0, item, true);
  }

  item(item: number): Draw {
    return new Draw(this.seed, item);
  }

  bytes(n: number): Uint8Array {
    const bytes = chacha20orig(this.seed, this.nonce, new Uint8Array(n), undefined, this.at);
    this.at += Math.ceil(n / 64);
    return bytes;
  }

  // Even to within 2^-128.
  scalar(): bigint {
    return Scalar.create(numberOf(this.bytes(48)));
  }

  below(n: number): number {
    const limit = 0xffffffff - (0xffffffff % n);
    for (;;) {
      const b = this.bytes(4);
      const x = new DataView(b.buffer, b.byteOffset).getUint32(0, true);
      if (x < limit) return x % n;
    }
  }
}

// ---- Generators ----

// The number of a hash, counted up until it encodes a point; that point times 8.
export function generator(i: number): Point {
  for (let n = numberOf(hashOf(`ggen|${i}`)) >> 2n; ; n++) {
    try {
      return Point.fromBytes(fromHex(n.toString(16).padStart(64, '0')).reverse()).multiplyUnsafe(8n);
    } catch {
      continue; // half of all numbers are no point
    }
  }
}

// ---- Rankings ----

const PADDING = 14;
export const RANKS_MOST = 30;

// The point that holds a ranking: the numbers, 8 bits each, and the least k of 14 bits behind them that gives an element.
export function encodeRanks(ranks: readonly number[]): Point {
  if (ranks.length > RANKS_MOST || ranks.some((r) => !Number.isInteger(r) || r < 0 || r > 255)) throw new Error(`a ranking has at most ${RANKS_MOST} numbers between 0 and 255`);
  const value = ranks.reduce((v, r) => (v << 8n) | BigInt(r), 0n) << BigInt(PADDING);
  for (let k = 0n; k < 1n << BigInt(PADDING); k++) {
    try {
      return readPoint((value | k).toString(16).padStart(64, '0'));
    } catch {
      continue; // most numbers are no element
    }
  }
  throw new Error('no element holds this ranking');
}
