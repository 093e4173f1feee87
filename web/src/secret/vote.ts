// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A ballot is made: answers encrypted, proved to keep the rules, signed with the credential; and made again from its seed, by whoever checks one.
// The same bytes as src/secret/vote.c makes; test/known/secret/votes.json holds both to it.
import type { Bytes } from '../record/bytes';
import { publicCredential, secretOf } from './credential';
import type { Election, Question } from './election';
import { encodeRanks, Draw, G, Point, Scalar, tracker, writePoint } from './group';
import { pairText, proveKnown, proveOneOf, writeCipher, writeProof, writeProofs, type Branch, type Cipher } from './proofs';

export interface Made {
  readonly ballot: string;
  readonly tracker: string;
}

interface Making {
  readonly election: Election;
  readonly credential: string; // the public one
  readonly draw: Draw;
}

function encrypt(m: Making): { cipher: Cipher; r: bigint } {
  const r = m.draw.scalar();
  return { cipher: { alpha: G.multiply(r), beta: m.election.publicKey.multiply(r) }, r };
}

function statement(m: Making, prefix: string, rest: string): string {
  return `${prefix}|${m.election.fingerprint}|${m.credential}|${rest}|`;
}

// Choices that are summed: each is 0 or 1, with a proof; and a proof that their number is allowed.
function answerSums(m: Making, q: Question, choice: readonly number[]): string {
  const y = m.election.publicKey;
  if (choice.some((x) => x !== 0 && x !== 1)) throw new Error('a choice is 0 or 1');
  const sealed = choice.map((x) => {
    const { cipher, r } = encrypt(m);
    const chosen = cipher.beta.add(G);
    return { cipher: { alpha: cipher.alpha, beta: x === 1 ? chosen : cipher.beta }, r, holds: x };
  });
  const pairs = sealed.map((s) => pairText(s.cipher.alpha, s.cipher.beta));
  const proper = sealed.slice(q.blank ? 1 : 0);
  const sum = proper.reduce((a, s) => ({ alpha: a.alpha.add(s.cipher.alpha), beta: a.beta.add(s.cipher.beta) }), { alpha: Point.ZERO, beta: Point.ZERO });
  const whole = { r: proper.reduce((r, s) => Scalar.add(r, s.r), 0n), holds: proper.reduce((n, s) => n + s.holds, 0) };
  const blank = q.blank ? sealed[0] : undefined;
  const each = sealed.map((s, i) => {
    const branches = [0, 1].map((value) => ({ ...s, value }));
    return writeProofs(proveOneOf(statement(m, 'prove', pairs[i] as string), y, branches, s.holds, m.draw));
  });
  const numbers: Branch[] = Array.from({ length: q.most - q.least + 1 }, (_, i) => ({ ...whole, value: q.least + i }));
  const before: Branch[] = blank === undefined ? [] : [{ ...blank, value: 1 }];
  const real = blank?.holds === 1 ? (whole.holds === 0 ? 0 : -1) : before.length + whole.holds - q.least;
  const said = blank === undefined ? statement(m, 'prove', `${pairs.join(',')}|${pairText(sum.alpha, sum.beta)}`) : statement(m, 'bproof1', pairs.join(','));
  let text = `{"choices":[${sealed.map((s) => writeCipher(s.cipher)).join(',')}],"individual_proofs":[${each.join(',')}],"overall_proof":${writeProofs(proveOneOf(said, y, [...before, ...numbers], real, m.draw))}`;
  if (blank !== undefined) {
    const either = [{ ...blank, value: 0 }, { ...whole, value: 0 }];
    text += `,"blank_proof":${writeProofs(proveOneOf(statement(m, 'bproof0', pairs.join(',')), y, either, blank.holds, m.draw))}`;
  }
  return `${text}}`;
}

function answerRanked(m: Making, choice: readonly number[]): string {
  const plain = encodeRanks(choice);
  const { cipher, r } = encrypt(m);
  const sealed = { alpha: cipher.alpha, beta: cipher.beta.add(plain) };
  const said = statement(m, 'raweg', `${writePoint(m.election.publicKey)},${pairText(sealed.alpha, sealed.beta)}`);
  return `{"choices":${writeCipher(sealed)},"proof":${writeProof(proveKnown(said, r, m.draw))}}`;
}

// The ballot but for its signature, which is what is signed. `choice`: the values of all questions one after the other.
function unsigned(m: Making, choice: readonly number[]): string {
  m.election.publicKey.precompute(6);
  let at = 0;
  const answers = m.election.questions.map((q) => {
    const values = choice.slice(at, (at += q.answers.length + (q.blank ? 1 : 0)));
    return q.ranked ? answerRanked(m, values) : answerSums(m, q, values);
  });
  if (at !== choice.length) throw new Error(`the questions take ${at} numbers, not ${choice.length}`);
  return `{"election_uuid":"${m.election.uuid}","election_hash":"${m.election.fingerprint}","credential":"${m.credential}","answers":[${answers.join(',')}]}`;
}

function withSignature(text: string, hash: string, proof: string): Made {
  const ballot = `${text.slice(0, -1)},"signature":{"hash":"${hash}","proof":${proof}}}`;
  return { ballot, tracker: tracker(ballot) };
}

// A ballot. What is random about the answers comes from `seed`, so that it can be opened to whoever checks the encryption; what is random about the
// signature from `signing`, which is kept: with it the credential could be worked out. Only vectors take both from the same draw (signing null).
export function makeBallot(election: Election, credential: string, choice: readonly number[], seed: Bytes, signing: Draw | null = new Draw()): Made {
  const secret = secretOf(election.uuid, credential);
  const m: Making = { election, credential: publicCredential(secret), draw: new Draw(seed) };
  const text = unsigned(m, choice);
  const hash = tracker(text);
  return withSignature(text, hash, writeProof(proveKnown(`sig|${hash}|`, secret, signing ?? m.draw)));
}

// What is opened of a ballot that was checked, and then not cast.
export interface Opened {
  readonly credential: string; // the public one
  readonly choice: readonly number[];
  readonly seed: Bytes;
  readonly challenge: string; // of the signature
  readonly response: string;
}

export function openedOf(made: Made, choice: readonly number[], seed: Bytes): Opened {
  const { credential, signature } = JSON.parse(made.ballot) as { credential: string; signature: { proof: { challenge: string; response: string } } };
  return { credential, choice: [...choice], seed, ...signature.proof };
}

// The tracker of the ballot that these choices and this seed give: that of the other device, if it encrypted what was chosen.
export function trackerOf(election: Election, o: Opened): string {
  const text = unsigned({ election, credential: o.credential, draw: new Draw(o.seed) }, o.choice);
  return withSignature(text, tracker(text), `{"challenge":"${o.challenge}","response":"${o.response}"}`).tracker;
}
