// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Ed25519 (RFC 8032): WebCrypto where the browser has it, else @noble/curves, fetched only then.
import type { Bytes } from './bytes';
import { concat, fromHex, utf8 } from './bytes';

export interface Signer {
  readonly publicKey: Bytes;
  sign(message: Bytes): Promise<Bytes>;
  // 32 bytes that only this key gives, for a purpose and a context (docs/formats/record.md, Keys).
  derive(label: string, context: Bytes): Promise<Bytes>;
}

type Derive = Signer['derive'];

// The seed is kept for it, in the memory of the page alone.
function deriveFrom(seed: Bytes): Derive {
  const kept = seed.slice();
  return async (label, context) => {
    const { blake2b } = await import('@noble/hashes/blake2.js');
    return concat(blake2b(concat(utf8(`plenty derived v1\n${label}\0`), context), { key: kept, dkLen: 32 }));
  };
}

const PKCS8 = fromHex('302e020100300506032b657004220420');
let native: Promise<boolean> | undefined;

async function probe(): Promise<boolean> {
  try {
    await crypto.subtle.importKey('raw', fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'), 'Ed25519', false, ['verify']);
    return true;
  } catch {
    return false;
  }
}

function hasNative(): Promise<boolean> {
  native ??= probe();
  return native;
}

// Tests of the other way call this.
export function useNative(yes: boolean | undefined): void {
  native = yes === undefined ? undefined : Promise.resolve(yes);
}

async function nativeSigner(seed: Bytes): Promise<Signer> {
  const whole = await crypto.subtle.importKey('pkcs8', concat(PKCS8, seed), 'Ed25519', true, ['sign']);
  const jwk = await crypto.subtle.exportKey('jwk', whole);
  const key = await crypto.subtle.importKey('pkcs8', concat(PKCS8, seed), 'Ed25519', false, ['sign']);
  const x = (jwk.x ?? '').replace(/-/g, '+').replace(/_/g, '/');
  const publicKey = Uint8Array.from(atob(x), (c) => c.charCodeAt(0));
  return { publicKey, sign: async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, message)), derive: deriveFrom(seed) };
}

// A signer from the seed of 32 bytes.
export async function signerOf(seed: Bytes): Promise<Signer> {
  if (await hasNative()) return nativeSigner(seed);
  const { ed25519 } = await import('@noble/curves/ed25519.js');
  const kept = seed.slice();
  return { publicKey: concat(ed25519.getPublicKey(kept)), sign: async (message) => concat(ed25519.sign(message, kept)), derive: deriveFrom(kept) };
}

// Whether a signature holds. A false answer to odd signatures (small order, not canonical) may differ between
// browsers; what counts is the answer of libsodium when the event is taken in (docs/formats/record.md, Keys).
export async function verify(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  try {
    if (await hasNative()) {
      const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
      return await crypto.subtle.verify('Ed25519', key, signature, message);
    }
    const { ed25519 } = await import('@noble/curves/ed25519.js');
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}
