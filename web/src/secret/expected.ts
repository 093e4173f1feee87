// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The election of a secret ballot as it must be, worked out from signed events (docs/formats/commons.md, Secret ballots): a server that gives another key or
// another question is found out before anything is encrypted.
import { concat, fromHex, sha256, toHex, utf8, type Bytes } from '../record/bytes';
import { LETTERS } from './credential';
import { GROUP, Point, writePoint } from './group';
import { certificatesOf, commitmentsOf, quoted, type Certificate } from './message';

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

// The key of an election, from the certificates and polynomials of its trustees: `needed` of them open it.
export function jointKey(certificates: readonly string[], polynomials: readonly string[], needed: number): Point {
  if (certificates.length !== polynomials.length || needed < 2 || certificates.length < needed) throw new Error('too few trustees');
  const from = certificatesOf(certificates);
  return polynomials.reduce((sum, text, i) => sum.add(commitmentsOf(text, from[i] as Certificate, needed)[0] as Point), Point.ZERO);
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
