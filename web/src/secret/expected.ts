// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The election of a secret ballot as it must be, worked out from signed events (docs/formats/commons.md, Secret ballots): a server that gives another key or
// another question is found out before anything is encrypted.
import { concat, fromHex, sha256, toHex, utf8, type Bytes } from '../record/bytes';
import { LETTERS } from './credential';
import { GROUP, Point, readPoint, readScalar, writePoint } from './group';
import { knows } from './proofs';

const ABOUT = ['election', 'recall', 'motion', 'constitution', 'signatures'] as const;

function eight(n: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(n));
  return bytes;
}

export async function ballotId(about: string, subject: string): Promise<string> {
  return toHex(await sha256(concat(utf8('plenty ballot v1\n'), fromHex(subject), eight(ABOUT.indexOf(about as (typeof ABOUT)[number])), eight(0))));
}
export async function trustId(subject: string, attempt: number): Promise<string> {
  return toHex(await sha256(concat(utf8('plenty trustees v1\n'), fromHex(subject), eight(attempt))));
}
export async function uuidOf(ballot: string, attempt: number): Promise<string> {
  const hash = await sha256(concat(utf8('plenty secret ballot v1\n'), fromHex(ballot), eight(attempt)));
  return [...hash.slice(0, 14)].map((b) => LETTERS[b % 58]).join('');
}

type Json = Readonly<Record<string, unknown>>;

interface Signed {
  readonly message: string;
  readonly signature: { readonly challenge: string; readonly response: string };
}

function messageOf(signed: unknown, key: Point | null): { message: Json; holds: (key: Point) => boolean } {
  const { message, signature } = signed as Signed;
  const proof = { challenge: readScalar(signature.challenge), response: readScalar(signature.response) };
  const holds = (k: Point): boolean => knows(`sigmsg|${message}|`, k, proof);
  if (key !== null && !holds(key)) throw new Error('a message of a trustee is not signed by its certificate');
  return { message: JSON.parse(message) as Json, holds };
}

// The key of an election, from the certificates and polynomials of its trustees: `needed` of them open it.
export function jointKey(certificates: readonly string[], polynomials: readonly string[], needed: number): Point {
  if (certificates.length !== polynomials.length || needed < 2 || certificates.length < needed) throw new Error('too few trustees');
  return polynomials.reduce((sum, text, i) => {
    const certificate = messageOf(JSON.parse(certificates[i] as string), null);
    const verification = readPoint(certificate.message['verification'] as string);
    if (!certificate.holds(verification)) throw new Error('the signature of a certificate does not hold');
    const { message } = messageOf((JSON.parse(text) as Json)['coefexps'], verification);
    const list = message['coefexps'];
    if (!Array.isArray(list) || list.length !== needed) throw new Error('the polynomial of a trustee is of another threshold');
    return sum.add(readPoint(list[0] as string));
  }, Point.ZERO);
}

// A text as the protocol writes it.
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\x7f', '\\u007f');
}

export interface Asked {
  readonly ballot: string;
  readonly attempt: number;
  readonly rule: string;
  readonly answers: readonly string[];
}

// The text of the election, byte for byte.
export async function expectedText(asked: Asked, key: Point): Promise<string> {
  const { ballot, attempt, rule } = asked;
  const answers = asked.answers.map(quoted).join(',');
  const question = `"question":${attempt > 0 ? '"Held again"' : '""'}`;
  const sums = rule === 'yes-no' || rule === 'approval';
  const one = sums
    ? `{"answers":[${answers}],"min":0,"max":${rule === 'yes-no' ? 1 : asked.answers.length},${question}}`
    : `{"type":"NonHomomorphic","value":{"answers":[${answers}],${question}}}`;
  return `{"version":1,"description":"","name":"${ballot}","group":"${GROUP}","public_key":"${writePoint(key)}","questions":[${one}],"uuid":"${await uuidOf(ballot, attempt)}"}`;
}
