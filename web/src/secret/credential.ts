// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Credentials: 14 characters and one that shows typing errors; PBKDF2 makes the secret exponent of them.
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex, utf8, type Bytes } from '../record/bytes';
import { Draw, G, Scalar, writePoint } from './group';

export const LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const RANDOM = 14;
const ROUNDS = 1000;

// 53 less the remainder by 53 of the number that the characters write in base 58: 1 to 53, never 0.
function checksum(text: string): string {
  const sum = [...text].reduce((s, c) => (s * 58 + LETTERS.indexOf(c)) % 53, 0);
  return LETTERS[53 - sum] as string;
}

// The credential of a seed, in groups of three.
export function credentialOf(seed: Bytes): string {
  const draw = new Draw(seed);
  const text = Array.from({ length: RANDOM }, () => LETTERS[draw.below(LETTERS.length)]).join('');
  return (text + checksum(text)).replace(/...(?=.)/g, '$&-');
}

export function secretOf(uuid: string, credential: string): bigint {
  const plain = credential.replaceAll('-', '');
  if (!/^(?:\w{3}-){4}\w{3}$/.test(credential) || [...plain].some((c) => !LETTERS.includes(c)) || checksum(plain.slice(0, RANDOM)) !== plain[RANDOM]) throw new Error('not a credential');
  return Scalar.create(BigInt(`0x${toHex(pbkdf2(sha256, utf8(credential), utf8(uuid), { c: ROUNDS, dkLen: 32 }))}`));
}

export function publicCredential(secret: bigint): string {
  return writePoint(G.multiply(secret));
}
