// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Proofs of a ballot: of knowing a logarithm (Schnorr), and that one of several statements about ciphertexts holds (Cramer, Damgård, Schoenmakers).
import { challenge, G, type Point, power, readPoint, readScalar, Scalar, sumOf, writePoint, type Draw } from './group';

export interface Cipher {
  readonly alpha: Point;
  readonly beta: Point;
}
export function readCipher(from: unknown): Cipher {
  const { alpha, beta } = from as { readonly alpha: string; readonly beta: string };
  return { alpha: readPoint(alpha), beta: readPoint(beta) };
}
export function writeCipher(c: Cipher): string {
  return `{"alpha":"${writePoint(c.alpha)}","beta":"${writePoint(c.beta)}"}`;
}

export interface Proof {
  readonly challenge: bigint;
  readonly response: bigint;
}

export function readProof(from: unknown): Proof {
  const { challenge: c, response } = from as { readonly challenge: string; readonly response: string };
  return { challenge: readScalar(c), response: readScalar(response) };
}
export function writeProof(p: Proof): string {
  return `{"challenge":"${p.challenge}","response":"${p.response}"}`;
}
export function writeProofs(list: readonly Proof[]): string {
  return `[${list.map(writeProof).join(',')}]`;
}
export function pairText(a: Point, b: Point): string {
  return `${writePoint(a)},${writePoint(b)}`;
}

// That one knows `secret`; `statement` is what is hashed before the commitment.
export function proveKnown(statement: string, secret: bigint, draw: Draw): Proof {
  const w = draw.scalar();
  const e = challenge(statement + writePoint(G.multiply(w)));
  return { challenge: e, response: Scalar.sub(w, Scalar.mul(secret, e)) };
}

// Whether the owner of x = G^secret made the proof.
export function knows(statement: string, x: Point, p: Proof): boolean {
  return challenge(statement + writePoint(sumOf([G, p.response], [x, p.challenge]))) === p.challenge;
}

// Whether `c` holds one of the values: of several ciphertexts, each with its own.
export function isOneOf(statement: string, y: Point, branches: readonly { readonly c: Cipher; readonly value: number }[], proofs: readonly Proof[]): boolean {
  if (branches.length !== proofs.length) return false;
  const commitments = branches.map(({ c, value }, j) => {
    const p = proofs[j] as Proof;
    const beta = value === 0 ? c.beta : c.beta.subtract(G.multiplyUnsafe(BigInt(value)));
    return pairText(sumOf([G, p.response], [c.alpha, p.challenge]), sumOf([y, p.response], [beta, p.challenge]));
  });
  return challenge(statement + commitments.join(',')) === proofs.reduce((sum, p) => Scalar.add(sum, p.challenge), 0n);
}

// One of several: the ciphertext with randomness r, which holds `holds`, holds `value`.
export interface Branch {
  readonly value: number;
  readonly r: bigint;
  readonly holds: number;
}

// That the branch `real` is true, without telling which it is. Each branch costs the same: with alpha = G^r, beta = y^r G^m,
//   A = G^response alpha^challenge            = G^(response + r challenge)
//   B = y^response (beta / G^M)^challenge     = y^(response + r challenge) G^((m - M) challenge)
export function proveOneOf(statement: string, y: Point, branches: readonly Branch[], real: number, draw: Draw): Proof[] {
  const chosen = branches[real];
  if (chosen === undefined || chosen.holds !== chosen.value) throw new Error('the vote does not keep the rules of the question');
  const drawn = branches.map((_, j) => {
    const c = draw.scalar();
    return { challenge: j === real ? 0n : c, response: draw.scalar() };
  });
  const commitments = branches.map((b, j) => {
    const p = drawn[j] as Proof;
    const e = Scalar.add(p.response, Scalar.mul(b.r, p.challenge));
    return pairText(power(G, e), power(y, e).add(power(G, Scalar.mul(Scalar.create(BigInt(b.holds - b.value)), p.challenge))));
  });
  const all = challenge(statement + commitments.join(','));
  const rest = drawn.reduce((c, p) => Scalar.sub(c, p.challenge), all);
  return drawn.map((p, j) => (j === real ? { challenge: rest, response: Scalar.sub(p.response, Scalar.mul(chosen.r, rest)) } : p));
}
