// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Before a trustee touches anything: every ballot judged (form, election, elements, proofs, signature), and the encrypted tally made of those that count, as
// src/secret/ballot.c and tally.c do it.
import type { Election, Question } from './election';
import { Point, readPoint, tracker, writePoint } from './group';
import { isOneOf, knows, pairText, readCipher, readProof, writeCipher, writeProof, writeProofs, type Cipher, type Proof } from './proofs';

export const LEAST_BALLOTS = 5; // fewer are not opened

export interface Judged {
  readonly credential: string;
  readonly answers: readonly (readonly Cipher[])[]; // of each question
}

type Json = Readonly<Record<string, unknown>>;

function refuse(why: string): never {
  throw new Error(`a ballot does not hold: ${why}`);
}

function proofsOf(list: unknown, n: number): Proof[] {
  return Array.isArray(list) && list.length === n ? list.map(readProof) : refuse('the number of its proofs');
}

// The answer read, and written again: only one form is a ballot's.
function sums(e: Election, q: Question, from: Json, said: (prefix: string, rest: string) => string): { ciphers: Cipher[]; text: string } {
  const values = q.answers.length + (q.blank ? 1 : 0);
  const { choices, individual_proofs: individual } = from;
  if (!Array.isArray(choices) || choices.length !== values || !Array.isArray(individual) || individual.length !== values) refuse('the number of its choices');
  const ciphers = (choices as unknown[]).map(readCipher);
  const each = (individual as unknown[]).map((p) => proofsOf(p, 2));
  const whole = proofsOf(from['overall_proof'], q.most - q.least + 1 + (q.blank ? 1 : 0));
  const pairs = ciphers.map((c) => pairText(c.alpha, c.beta));
  const y = e.publicKey;
  ciphers.forEach((c, i) => {
    if (!isOneOf(said('prove', pairs[i] as string), y, [0, 1].map((value) => ({ c, value })), each[i] as Proof[])) refuse('a choice is not proved to be 0 or 1');
  });
  const sum = ciphers.slice(q.blank ? 1 : 0).reduce((a, c) => ({ alpha: a.alpha.add(c.alpha), beta: a.beta.add(c.beta) }), { alpha: Point.ZERO, beta: Point.ZERO });
  const numbers = Array.from({ length: q.most - q.least + 1 }, (_, i) => ({ c: sum, value: q.least + i }));
  const first = ciphers[0] as Cipher;
  const statement = q.blank ? said('bproof1', pairs.join(',')) : said('prove', `${pairs.join(',')}|${pairText(sum.alpha, sum.beta)}`);
  if (!isOneOf(statement, y, q.blank ? [{ c: first, value: 1 }, ...numbers] : numbers, whole)) refuse('the number of choices is not proved to be allowed');
  let text = `{"choices":[${ciphers.map(writeCipher).join(',')}],"individual_proofs":[${each.map(writeProofs).join(',')}],"overall_proof":${writeProofs(whole)}`;
  if (q.blank) {
    const blank = proofsOf(from['blank_proof'], 2);
    if (!isOneOf(said('bproof0', pairs.join(',')), y, [{ c: first, value: 0 }, { c: sum, value: 0 }], blank)) refuse('a blank vote is not proved to be without choices');
    text += `,"blank_proof":${writeProofs(blank)}`;
  }
  return { ciphers, text: `${text}}` };
}

function ranking(e: Election, from: Json, said: (prefix: string, rest: string) => string): { ciphers: Cipher[]; text: string } {
  const c = readCipher(from['choices']);
  const proof = readProof(from['proof']);
  if (!knows(said('raweg', `${writePoint(e.publicKey)},${pairText(c.alpha, c.beta)}`), c.alpha, proof)) refuse('the proof of a ranking');
  return { ciphers: [c], text: `{"choices":${writeCipher(c)},"proof":${writeProof(proof)}}` };
}

// Throws when the ballot is not one of this election with every proof.
export function judgeBallot(e: Election, ballot: string): Judged {
  const from = JSON.parse(ballot) as { readonly credential: string; readonly answers: readonly Json[]; readonly signature: { readonly hash: string; readonly proof: unknown } };
  const { credential, answers, signature } = from;
  if (!Array.isArray(answers) || answers.length !== e.questions.length) refuse('the number of its answers');
  const said = (prefix: string, rest: string): string => `${prefix}|${e.fingerprint}|${credential}|${rest}|`;
  const read = e.questions.map((q, i) => (q.ranked ? ranking(e, answers[i] as Json, said) : sums(e, q, answers[i] as Json, said)));
  const text = `{"election_uuid":"${e.uuid}","election_hash":"${e.fingerprint}","credential":"${credential}","answers":[${read.map((r) => r.text).join(',')}]}`;
  const hash = tracker(text);
  const proof = readProof(signature.proof);
  if (ballot !== `${text.slice(0, -1)},"signature":{"hash":"${hash}","proof":${writeProof(proof)}}}`) refuse('its form');
  if (!knows(`sig|${hash}|`, readPoint(credential), proof)) refuse('its signature');
  return { credential, answers: read.map((r) => r.ciphers) };
}

// ---- The tally ----

export type Rows = readonly (readonly Cipher[])[];

export function writeRows(rows: Rows): string {
  return `[${rows.map((r) => `[${r.map(writeCipher).join(',')}]`).join(',')}]`;
}

function byBytes(a: Cipher, b: Cipher): number {
  const key = (c: Cipher): Uint8Array => new Uint8Array([...c.alpha.toBytes(), ...c.beta.toBytes()]);
  const x = key(a);
  const y = key(b);
  const at = x.findIndex((v, i) => v !== y[i]);
  return at < 0 ? 0 : (x[at] as number) - (y[at] as number);
}

// Of ballots in the order in which they came, all judged: of each credential the last one counts; choices are summed, rankings sorted.
export function tallyOf(e: Election, ballots: readonly Judged[], least = LEAST_BALLOTS): Rows {
  const last = new Map(ballots.map((b) => [b.credential, b]));
  if (last.size < least) throw new Error(`only ${last.size} votes: fewer than ${least} are not opened`);
  const counted = [...last.values()];
  return e.questions.map((q, i) => {
    const answers = counted.map((b) => b.answers[i] as readonly Cipher[]);
    if (q.ranked) return answers.map((a) => a[0] as Cipher).sort(byBytes);
    return (answers[0] as readonly Cipher[]).map((_, k) =>
      answers.reduce((sum, a) => ({ alpha: sum.alpha.add((a[k] as Cipher).alpha), beta: sum.beta.add((a[k] as Cipher).beta) }), { alpha: Point.ZERO, beta: Point.ZERO }),
    );
  });
}
