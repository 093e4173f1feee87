// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Secret ballots on this device: the election as the record has it, a ballot encrypted for it, its tracker kept and looked up on the board. The
// mathematics (src/secret) is fetched only when it is needed.
import { signal } from '@preact/signals';
import { fromHex, toBase64, toHex, utf8, type Bytes } from '../record/bytes';
import { leafHash } from '../record/merkle';
import type { Signer } from '../record/ed25519';
import type { Election } from '../secret/election';
import type { Made, Opened } from '../secret/vote';
import { get, query } from './api';
import { moved } from './commons';
import { t } from './i18n';
import { InWords } from './load';
import { checkGrowth, isKeyOf, provenEvent } from './record';
import { isRanked, loadElection, loadMotion, type Ballot } from './votes';

export interface Trustee {
  readonly member: string;
  readonly number: number; // in the key; 0: not in it
  readonly certificate: number | null; // positions of what was sent
  readonly polynomial: number | null;
  readonly output: number | null;
  readonly left: string | null;
}
export interface Trustees {
  readonly trust: string;
  readonly subject: string;
  readonly attempt: number;
  readonly stage: 'drawing' | 'certifying' | 'sharing' | 'agreeing' | 'ready' | 'failed';
  readonly until: number | null;
  readonly wanted: number;
  readonly needed: number;
  readonly round: number;
  readonly in: number;
  readonly group: string;
  readonly members: readonly Trustee[];
}
export interface Work {
  readonly trustee: number;
  readonly position: number;
  readonly blob: string;
}
export interface Paper {
  readonly number: number;
  readonly position: number;
  readonly member: string;
  readonly hash: string;
}
export interface Sealed {
  readonly ballot: string;
  readonly attempt: number;
  readonly stage: 'keying' | 'voting' | 'shuffling' | 'opening' | 'opened' | 'too few';
  readonly voters: number;
  readonly papers: number;
  readonly shuffles: number;
  readonly parts: number;
  readonly until: number | null;
  readonly election_text: string | null;
  readonly tally: string | null; // hash of the encrypted tally as it stands
  readonly trustees: Trustees;
  readonly shuffled: readonly Work[];
  readonly sealed_papers: readonly Paper[];
  readonly total: number; // of the papers
}

export function loadSealed(ballot: string, stop?: AbortSignal, member?: string): Promise<Sealed> {
  void moved.value;
  return get<Sealed>(`/api/ballots/${ballot}/sealed${query({ member, most: member === undefined ? 1 : 1000 })}`, stop);
}

// ---- The election as the record has it ----

// What the server says of a ballot is not what signed events say.
export class NotOfRecord extends Error {
  constructor(
    readonly what: 'ballot' | 'question' | 'trustees' | 'key' | 'record',
    why: string,
  ) {
    super(why);
  }
}

function must(holds: boolean, what: NotOfRecord['what'], why: string): void {
  if (!holds) throw new NotOfRecord(what, why);
}

async function candidates(b: Ballot, commons: string): Promise<string[]> {
  const { stands } = await loadElection(b.subject, new AbortController().signal);
  const listed = stands.filter((s) => s.option !== null).sort((a, c) => (a.option as number) - (c.option as number));
  must(listed.every((s, i) => s.option === i && (i === 0 || (listed[i - 1]?.member ?? '') < s.member)), 'question', 'the candidates are not in their order');
  return Promise.all(
    listed.map(async (s) => {
      const e = await provenEvent(s.position, 'candidate.stood', commons);
      must(toHex(e.body.get(1) as Bytes) === b.subject && (await isKeyOf(e.keyId, s.member, commons)), 'question', 'a candidate has not stood');
      return (e.body.get(3) as string | undefined) ?? s.member;
    }),
  );
}

const NOTHING = 'none of these';

// Of a motion: its plans by the names of the event that tabled it; or its text and the amendments, which go by their ids.
async function variants(b: Ballot, commons: string): Promise<string[]> {
  const m = await loadMotion(b.subject, new AbortController().signal);
  const e = await provenEvent(m.position, 'motion.tabled', commons);
  must(toHex(await leafHash(e.bytes)) === b.subject, 'question', 'this is another motion');
  const names = e.body.get(6) as readonly string[] | undefined;
  if (names !== undefined) return m.sort === 'projects' ? [...names] : [...names, NOTHING];
  const amendments = (b.choices ?? []).slice(1, -1).map((c) => c.id ?? '');
  must(amendments.every((id, i) => i === 0 || (amendments[i - 1] ?? '') < id), 'question', 'the amendments are not in their order');
  return ['as tabled', ...amendments.map((id) => `amended: ${id.slice(0, 12)}`), NOTHING];
}

async function answersOf(b: Ballot, commons: string): Promise<string[]> {
  const answers = b.rule === 'yes-no' ? ['yes', 'no'] : await (b.about === 'election' ? candidates(b, commons) : variants(b, commons));
  const shown = (b.choices ?? []).map((c) => c.name);
  must(shown.length === answers.length && shown.every((name, i) => name === answers[i]), 'question', 'the options are not those of the record');
  return answers;
}

const SAID = { certificate: ['trustee.certified', 2], polynomial: ['trustee.shared', 3], output: ['trustee.agreed', 3] } as const;

// What the trustees of the present round have sent, in the order of their numbers; each message signed by who it must be.
export async function messagesOf(t: Trustees, what: keyof typeof SAID, commons: string): Promise<string[]> {
  const [kind, field] = SAID[what];
  const members = t.members.filter((m) => m.number > 0).sort((a, b) => a.number - b.number);
  must(members.length >= t.needed && new Set(members.map((m) => m.member)).size === members.length, 'trustees', 'too few trustees');
  return Promise.all(
    members.map(async (m) => {
      const e = await provenEvent(m[what] ?? -1, kind, commons);
      must(toHex(e.body.get(1) as Bytes) === t.trust && (await isKeyOf(e.keyId, m.member, commons)), 'trustees', 'a message is of another trustee');
      must(what === 'certificate' || e.body.get(2) === t.round, 'trustees', 'a message is of another round');
      return new TextDecoder().decode(e.body.get(field) as Bytes);
    }),
  );
}

// The election of a secret ballot, once the key is that of its trustees and the question that of the record. Throws NotOfRecord; OtherGroup where this
// page cannot encrypt.
export async function electionOf(b: Ballot, s: Sealed, commons: string, now: number): Promise<Election> {
  const [{ ballotId, expectedText, jointKey, trustId }, { openElection }] = await Promise.all([import('../secret/expected'), import('../secret/election')]);
  const text = s.election_text ?? '';
  openElection(text); // another group says so before all else
  must((await ballotId(b.about, b.subject)) === b.ballot && s.ballot === b.ballot, 'ballot', 'this is the ballot of something else');
  must((await trustId(b.ballot, s.attempt)) === s.trustees.trust, 'trustees', 'these are the trustees of another ballot');
  must((await checkGrowth(commons, now))?.holds !== false, 'record', 'the record does not continue the one that was here before');
  const answers = await answersOf(b, commons);
  const key = await Promise.all([messagesOf(s.trustees, 'certificate', commons), messagesOf(s.trustees, 'polynomial', commons)])
    .then(([certificates, polynomials]) => jointKey(certificates, polynomials, s.trustees.needed))
    .catch((e: unknown) => {
      throw e instanceof NotOfRecord ? e : new NotOfRecord('trustees', String(e));
    });
  const expected = await expectedText({ ballot: b.ballot, attempt: s.attempt, rule: b.rule, answers }, key);
  must(expected === text, 'key', 'the text of the election is not the one that the record gives');
  return openElection(expected);
}

// ---- A ballot ----

export interface Fresh {
  readonly made: Made;
  readonly opened: Opened; // what is shown when it is checked
}

// Marks in the order of preference, as the protocol has choices: a rank for each option, or 0 and 1 where the order does not matter.
export function choiceOf(rule: string, options: number, marks: readonly number[]): number[] {
  const ranked = isRanked(rule);
  return Array.from({ length: options }, (_, o) => (ranked ? marks.indexOf(o) + 1 : marks.includes(o) ? 1 : 0));
}
// And back.
export function marksOf(rule: string, choice: readonly number[]): number[] {
  const marked = choice.map((c, o) => [c, o] as const).filter(([c]) => c > 0);
  return (isRanked(rule) ? marked.sort((a, b) => a[0] - b[0]) : marked).map(([, o]) => o);
}

export async function encrypt(election: Election, choice: readonly number[], signer: Signer): Promise<Fresh> {
  const [{ credentialOf }, { makeBallot, openedOf }] = await Promise.all([import('../secret/credential'), import('../secret/vote')]);
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const derived = await signer.derive('credential', utf8(election.uuid));
  const made = makeBallot(election, credentialOf(derived), choice, seed);
  derived.fill(0);
  return { made, opened: openedOf(made, choice, seed) };
}

// ---- Checking on a second device: the code of an opened ballot ----

export interface Code extends Opened {
  readonly ballot: string;
}

export function writeCode(ballot: string, o: Opened): string {
  const text = JSON.stringify([1, ballot, o.credential, o.choice, toHex(o.seed), o.challenge, o.response]);
  return toBase64(utf8(text)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function jsonOf(base64: string): unknown {
  try {
    return JSON.parse(atob(base64));
  } catch {
    return null;
  }
}

// Throws at anything else.
export function readCode(code: string): Code {
  const value = jsonOf(code.trim().replaceAll('-', '+').replaceAll('_', '/'));
  if (!Array.isArray(value) || value.length !== 7 || value[0] !== 1) throw new InWords(t('check_no_code'));
  const [, ballot, credential, choice, seed, challenge, response] = value as [number, string, string, number[], string, string, string];
  const id = /^[0-9a-f]{64}$/;
  const number = /^\d{1,77}$/;
  if (!id.test(ballot) || !id.test(credential) || !id.test(seed) || !number.test(challenge) || !number.test(response)) throw new InWords(t('check_no_code'));
  if (!Array.isArray(choice) || choice.length > 250 || !choice.every((c) => Number.isInteger(c) && c >= 0 && c <= 255)) throw new InWords(t('check_no_code'));
  return { ballot, credential, choice, seed: fromHex(seed), challenge, response };
}

// ---- The board ----

export interface Kept {
  readonly attempt: number;
  readonly tracker: string;
  readonly position: number;
}
const KEPT = 'plenty.tracker.';
const trackers = signal(0); // moves when one is kept

export function keepTracker(commons: string, ballot: string, kept: Kept): void {
  localStorage.setItem(`${KEPT}${commons}.${ballot}`, JSON.stringify(kept));
  trackers.value++;
}
export function keptTracker(commons: string, ballot: string): Kept | null {
  void trackers.value;
  try {
    return JSON.parse(localStorage.getItem(`${KEPT}${commons}.${ballot}`) ?? 'null') as Kept | null;
  } catch {
    return null;
  }
}

export function trackerText(hash: string): string {
  return toBase64(fromHex(hash)).replace(/=+$/, '');
}

// How the ballot that this device cast last stands in the record: it counts; a later one took its place; it is not there as it should be. Or,
// when this device has cast none, the last one that the member has on the board.
export type OnBoard = { readonly state: 'counts' | 'replaced' | 'missing' | 'elsewhere'; readonly tracker: string; readonly position: number } | { readonly state: 'none' };

export async function checkBoard(ballot: string, attempt: number, member: string, commons: string): Promise<OnBoard> {
  const kept = keptTracker(commons, ballot);
  const mine = kept !== null && kept.attempt === attempt ? kept : null;
  const last = (await loadSealed(ballot, undefined, member)).sealed_papers.at(-1);
  if (mine === null) return last === undefined ? { state: 'none' } : { state: 'elsewhere', tracker: trackerText(last.hash), position: last.position };
  const { tracker } = await import('../secret/group');
  try {
    const e = await provenEvent(mine.position, 'vote.sealed', commons);
    const there = toHex(e.body.get(1) as Bytes) === ballot && tracker(new TextDecoder().decode(e.body.get(2) as Bytes)) === mine.tracker;
    if (!there || last === undefined) return { state: 'missing', ...mine };
    return trackerText(last.hash) === mine.tracker ? { state: 'counts', ...mine } : { state: 'replaced', tracker: trackerText(last.hash), position: last.position };
  } catch {
    return { state: 'missing', ...mine };
  }
}
