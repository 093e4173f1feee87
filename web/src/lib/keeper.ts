// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the device of a trustee does next: `plenty trustee act` in the browser. Nothing is kept: its keys are derived from the key that signs. Before votes are
// shuffled or opened it works out the tally from the signed events again, with every proof.
import { equal, fromHex, sha256, toHex, utf8, type Bytes } from '../record/bytes';
import type { Signer } from '../record/ed25519';
import type { Fields, Kind } from '../record/kinds';
import type { Election } from '../secret/election';
import type { Judged, Rows } from '../secret/judge';
import { get, getBytes, post, query } from './api';
import { isKeyOf, provenEvent } from './record';
import { electionOf, messagesOf, NotOfRecord, type Paper, type Sealed, type Trustees, type Work } from './sealed';
import type { Ballot } from './votes';

export interface Task {
  readonly member: string; // whose task it is
  readonly trust: string;
  readonly subject: string;
  readonly until: number | null;
  readonly waits: string; // the kind of event
}
export interface Step {
  readonly kind: Kind;
  readonly fields: Fields;
}

// Where these pages cannot do it, and the command line must.
export class ByCommand extends Error {}

const GROUP = 'Ed25519';

// Lets the page breathe in long work.
function pauses(): () => Promise<void> {
  let n = 0;
  return async () => {
    if (++n % 16 === 0) await new Promise((done) => setTimeout(done));
  };
}

async function keyStep(task: Task, t: Trustees, signer: Signer, commons: string): Promise<Step> {
  const { ownKeys, makePolynomial, makeOutput, Liar } = await import('../secret/trustee');
  const { own, certificate } = ownKeys(await signer.derive('trustee', fromHex(t.trust)));
  const trust = fromHex(t.trust);
  if (task.waits === 'trustee.certified') return { kind: 'trustee.certified', fields: { trust, certificate: utf8(certificate) } };
  const certificates = await messagesOf(t, 'certificate', commons);
  const round = t.round;
  if (task.waits === 'trustee.shared') return { kind: 'trustee.shared', fields: { trust, round, polynomial: utf8(makePolynomial(own, certificates, t.needed)) } };
  const polynomials = await messagesOf(t, 'polynomial', commons);
  try {
    return { kind: 'trustee.agreed', fields: { trust, round, output: utf8(makeOutput(own, certificates, polynomials, t.needed)) } };
  } catch (e) {
    if (!(e instanceof Liar)) throw e;
    const against = t.members.find((m) => m.number === e.number)?.member ?? '';
    return { kind: 'trustee.objected', fields: { trust, round, against: fromHex(against) } };
  }
}

// ---- The votes ----

async function papersOf(ballot: string): Promise<{ papers: Paper[]; sealed: Sealed }> {
  const page = (from: number): Promise<Sealed> => get<Sealed>(`/api/ballots/${ballot}/sealed${query({ from, most: 1000 })}`);
  const sealed = await page(0);
  const papers = [...sealed.sealed_papers];
  while (papers.length < sealed.total) {
    const more = (await page(papers.length)).sealed_papers;
    if (more.length === 0) break;
    papers.push(...more);
  }
  if (papers.length !== sealed.papers) throw new NotOfRecord('record', 'papers are missing');
  return { papers, sealed };
}

// Each paper in its event, signed by its member, whose credential is no other's.
async function judgePapers(e: Election, ballot: string, papers: readonly Paper[], commons: string, pause: () => Promise<void>): Promise<Judged[]> {
  const { judgeBallot } = await import('../secret/judge');
  const owner = new Map<string, string>();
  const seen = new Set<string>();
  const judged: Judged[] = [];
  for (const p of papers) {
    const event = await provenEvent(p.position, 'vote.sealed', commons);
    const bytes = event.body.get(2) as Bytes;
    if (toHex(event.body.get(1) as Bytes) !== ballot || !(await isKeyOf(event.keyId, p.member, commons))) throw new NotOfRecord('record', 'a paper is not in the record');
    const one = judgeBallot(e, new TextDecoder().decode(bytes));
    const hash = toHex(await sha256(bytes));
    if (seen.has(hash) || (owner.get(one.credential) ?? p.member) !== p.member) throw new NotOfRecord('record', 'a paper is there twice');
    seen.add(hash);
    owner.set(one.credential, p.member);
    judged.push(one);
    await pause();
  }
  if (new Set(owner.values()).size !== owner.size) throw new NotOfRecord('record', 'a member has two credentials');
  return judged;
}

async function blobOf(work: Work, kind: 'ballot.shuffled', ballot: string, t: Trustees, commons: string): Promise<string> {
  const event = await provenEvent(work.position, kind, commons);
  const member = t.members.find((m) => m.number === work.trustee)?.member ?? '';
  const blob = (event.body.get(2) as readonly Bytes[])[0] as Bytes;
  const bytes = await getBytes(`/api/blobs/${work.blob}`);
  const holds = toHex(event.body.get(1) as Bytes) === ballot && toHex(blob) === work.blob && equal(await sha256(bytes), blob) && (await isKeyOf(event.keyId, member, commons));
  if (!holds) throw new NotOfRecord('record', 'a shuffle is not in the record');
  return new TextDecoder().decode(bytes);
}

// The encrypted tally as it stands, from the papers and shuffles alone.
async function tallyNow(e: Election, ballot: string, sealed: Sealed, papers: readonly Paper[], commons: string, pause: () => Promise<void>): Promise<Rows> {
  const [{ tallyOf, writeRows }, { afterShuffle }] = await Promise.all([import('../secret/judge'), import('../secret/shuffle')]);
  let rows = tallyOf(e, await judgePapers(e, ballot, papers, commons, pause));
  for (const work of sealed.shuffled) rows = await afterShuffle(e, rows, await blobOf(work, 'ballot.shuffled', ballot, sealed.trustees, commons), pause);
  if (toHex(await sha256(utf8(writeRows(rows)))) !== sealed.tally) throw new NotOfRecord('record', 'the tally is not that of the votes in the record');
  return rows;
}

async function workStep(task: Task, signer: Signer, commons: string, now: number, pause: () => Promise<void>): Promise<Step> {
  const [b, { papers, sealed }] = await Promise.all([get<Ballot>(`/api/ballots/${task.subject}`), papersOf(task.subject)]);
  const election = await electionOf(b, sealed, commons, now);
  const rows = await tallyNow(election, b.ballot, sealed, papers, commons, pause);
  const [{ makeShuffle, makePart }, { ownKeys, partOf }] = await Promise.all([import('../secret/shuffle'), import('../secret/trustee')]);
  const shuffles = task.waits === 'ballot.shuffled';
  const part = async (): Promise<bigint> => {
    const { own } = ownKeys(await signer.derive('trustee', fromHex(sealed.trustees.trust)));
    const mine = sealed.trustees.members.find((m) => m.member === task.member);
    const said = await messagesOf(sealed.trustees, 'output', commons);
    return partOf(own, said[(mine?.number ?? 0) - 1] ?? '');
  };
  const text = shuffles ? await makeShuffle(election, rows, pause) : await makePart(election, rows, await part(), pause);
  const { hash } = await post<{ hash: string }>('/api/blobs', utf8(text), 'application/octet-stream');
  const ballot = fromHex(b.ballot);
  return shuffles ? { kind: 'ballot.shuffled', fields: { ballot, shuffle: [fromHex(hash)] } } : { kind: 'ballot.opened', fields: { ballot, part: [fromHex(hash)] } };
}

// Works out the next step of a task.
export async function prepare(task: Task, signer: Signer, commons: string, now: number): Promise<Step> {
  const t = await get<Trustees>(`/api/trusts/${task.trust}`);
  if (t.group !== GROUP || task.waits === 'lot.unsealed') throw new ByCommand('these pages cannot do this');
  return task.waits.startsWith('trustee.') ? keyStep(task, t, signer, commons) : workStep(task, signer, commons, now, pauses());
}
