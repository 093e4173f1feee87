// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Key files of docs/formats/record.md: the seed under a passphrase. The browser keeps its key in the same text, so that
// it can be saved, printed, and used by `plenty --key`.
import { argon2idAsync } from '@noble/hashes/argon2.js';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { concat, equal, fromHex, toHex, utf8, type Bytes } from './bytes';
import { signerOf, type Signer } from './ed25519';

const PASSES = 2;
const MEMORY = 67108864;
const FIELDS = ['name', 'public', 'kdf', 'salt', 'nonce', 'secret'] as const;

export interface KeyFile {
  readonly name: string;
  readonly publicKey: Bytes;
  readonly passes: number;
  readonly memory: number;
  readonly salt: Bytes;
  readonly nonce: Bytes;
  readonly secret: Bytes;
}

// Throws when the text is not a key file.
export function parseKeyFile(text: string): KeyFile {
  const lines = text.split('\n');
  if (lines.length !== 9 || lines[0] !== 'plenty key 1' || lines[7] !== 'end' || lines[8] !== '') throw new Error('not a key file');
  const value = (i: number): string => {
    const prefix = `${FIELDS[i]} `;
    const line = lines[i + 1] as string;
    if (!line.startsWith(prefix)) throw new Error(`a key file has "${FIELDS[i]}" in line ${i + 2}`);
    return line.slice(prefix.length);
  };
  const bytes = (i: number, n: number): Bytes => {
    const b = fromHex(value(i));
    if (b.length !== n) throw new Error(`"${FIELDS[i]}" has ${n} bytes`);
    return b;
  };
  const kdf = /^argon2id ([1-9]\d?) ([1-9]\d{0,9})$/.exec(value(2));
  const passes = Number(kdf?.[1]);
  const memory = Number(kdf?.[2]);
  if (kdf === null || passes > 16 || memory > 1 << 30 || memory < 8192) throw new Error('the key file asks for a derivation that is not allowed');
  return { name: value(0), publicKey: bytes(1, 32), passes, memory, salt: bytes(3, 16), nonce: bytes(4, 24), secret: bytes(5, 48) };
}

async function boxKey(passphrase: string, salt: Bytes, passes: number, memory: number): Promise<Uint8Array> {
  return argon2idAsync(utf8(passphrase), salt, { t: passes, m: memory / 1024, p: 1, version: 0x13, dkLen: 32 });
}

// The seed; null when the passphrase is wrong.
export async function openSeed(file: KeyFile, passphrase: string): Promise<Bytes | null> {
  const key = await boxKey(passphrase, file.salt, file.passes, file.memory);
  try {
    return concat(xsalsa20poly1305(key, file.nonce).decrypt(file.secret));
  } catch {
    return null;
  }
}

// The signer in a key file; null when the passphrase is wrong.
export async function openKeyFile(text: string, passphrase: string): Promise<Signer | null> {
  const file = parseKeyFile(text);
  const seed = await openSeed(file, passphrase);
  if (seed === null) return null;
  const signer = await signerOf(seed);
  seed.fill(0);
  if (!equal(signer.publicKey, file.publicKey)) throw new Error('the key file names another public key');
  return signer;
}

// A new key, as the text of a key file.
export async function newKeyFile(name: string, passphrase: string, seed?: Bytes): Promise<{ text: string; signer: Signer }> {
  const chosen = seed ?? crypto.getRandomValues(new Uint8Array(32));
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(24));
  const signer = await signerOf(chosen);
  const secret = xsalsa20poly1305(await boxKey(passphrase, salt, PASSES, MEMORY), nonce).encrypt(chosen);
  const lines = [
    'plenty key 1',
    `name ${name}`,
    `public ${toHex(signer.publicKey)}`,
    `kdf argon2id ${PASSES} ${MEMORY}`,
    `salt ${toHex(salt)}`,
    `nonce ${toHex(nonce)}`,
    `secret ${toHex(secret)}`,
    'end',
    '',
  ];
  if (seed === undefined) chosen.fill(0);
  return { text: lines.join('\n'), signer };
}
