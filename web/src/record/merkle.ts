// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Merkle trees of RFC 6962: hashes, and proofs checked as in RFC 9162, 2.1.3.2 and 2.1.4.2.
import { concat, equal, sha256, type Bytes } from './bytes';

export function leafHash(event: Bytes): Promise<Bytes> {
  return sha256(concat(new Uint8Array([0]), event));
}

export function nodeHash(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(concat(new Uint8Array([1]), left, right));
}

// The root over a list of leaf hashes.
export async function rootOf(leaves: readonly Bytes[]): Promise<Bytes> {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return leaves[0] as Bytes;
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return nodeHash(await rootOf(leaves.slice(0, split)), await rootOf(leaves.slice(split)));
}

const half = (n: number): number => Math.floor(n / 2);
const odd = (n: number): boolean => n % 2 === 1;

// The root that an inclusion proof leads to from the leaf at `index` of a tree of `size`; null when the proof has not the right length.
export async function rootFromInclusion(leaf: Bytes, index: number, size: number, proof: readonly Bytes[]): Promise<Bytes | null> {
  if (!(index >= 0 && index < size)) return null;
  let fn = index;
  let sn = size - 1;
  let r = leaf;
  for (const p of proof) {
    if (sn === 0) return null;
    if (odd(fn) || fn === sn) {
      r = await nodeHash(p, r);
      while (!odd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      r = await nodeHash(r, p);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 ? r : null;
}

export async function verifyInclusion(leaf: Bytes, index: number, size: number, proof: readonly Bytes[], root: Bytes): Promise<boolean> {
  const found = await rootFromInclusion(leaf, index, size, proof);
  return found !== null && equal(found, root);
}

// Whether the tree of `size` with `root` continues that of `oldSize` with `oldRoot`.
export async function verifyConsistency(oldSize: number, oldRoot: Bytes, size: number, root: Bytes, proof: readonly Bytes[]): Promise<boolean> {
  if (oldSize > size || oldSize < 0) return false;
  if (oldSize === size) return proof.length === 0 && equal(oldRoot, root);
  if (oldSize === 0) return proof.length === 0;
  let fn = oldSize - 1;
  let sn = size - 1;
  while (odd(fn)) {
    fn = half(fn);
    sn = half(sn);
  }
  const rest = fn === 0 ? [oldRoot, ...proof] : [...proof];
  let fr = rest.shift();
  if (fr === undefined) return false;
  let sr = fr;
  for (const c of rest) {
    if (sn === 0) return false;
    if (odd(fn) || fn === sn) {
      fr = await nodeHash(c, fr);
      sr = await nodeHash(c, sr);
      while (!odd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      sr = await nodeHash(sr, c);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && equal(fr, oldRoot) && equal(sr, root);
}
