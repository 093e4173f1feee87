// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Messages of trustees: signed, certificates, commitments to polynomials.
import { readPoint, type Draw, type Point } from './group';
import { knows, proveKnown, readProof, writeProof } from './proofs';

export type Json = Readonly<Record<string, unknown>>;

// A text as the protocol writes it.
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\x7f', '\\u007f');
}

const said = (message: string): string => `sigmsg|${message}|`;

export function signMessage(message: string, secret: bigint, draw: Draw): string {
  return `{"message":${quoted(message)},"signature":${writeProof(proveKnown(said(message), secret, draw))}}`;
}

// The message, as it was signed with that key; throws when it was not.
export function signedBy(key: Point, signed: unknown, what: string): Json {
  const { message, signature } = signed as { readonly message: string; readonly signature: unknown };
  if (!knows(said(message), key, readProof(signature))) throw new Error(`${what} is not signed`);
  return JSON.parse(message) as Json;
}

export interface Certificate {
  readonly verification: Point;
  readonly encryption: Point;
}

// All certificates, each signed by itself, all different.
export function certificatesOf(texts: readonly string[]): Certificate[] {
  const all = texts.map((text) => {
    const signed = JSON.parse(text) as { readonly message: string };
    const verification = readPoint((JSON.parse(signed.message) as { readonly verification: string }).verification);
    const message = signedBy(verification, signed, 'a certificate');
    return { verification, encryption: readPoint(message['encryption'] as string) };
  });
  const keys = all.flatMap((c) => [`v${c.verification.toHex()}`, `e${c.encryption.toHex()}`]);
  if (new Set(keys).size !== keys.length) throw new Error('two certificates have the same key');
  return all;
}

// What the polynomial of a trustee commits to: exactly as many coefficients as are needed to open.
export function commitmentsOf(polynomial: string, from: Certificate, needed: number): Point[] {
  const { coefexps } = signedBy(from.verification, (JSON.parse(polynomial) as Json)['coefexps'], 'the polynomial of a trustee');
  if (!Array.isArray(coefexps) || coefexps.length !== needed) throw new Error('the polynomial of a trustee is of another threshold');
  return coefexps.map((c) => readPoint(c as string));
}
