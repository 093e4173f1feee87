// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the server tells of councils, elections, ballots, motions and recalls (docs/formats/api.md).
import { get } from './api';
import { moved } from './commons';
import { t } from './i18n';
import type { Transcript } from '../chart/count';

export interface Assembly {
  readonly assembly: string;
  readonly sort: 'everyone' | 'constituency' | 'council';
  readonly name: string;
  readonly type: string;
  readonly since: number;
  readonly members: number;
}
export interface Mandate {
  readonly mandate: string;
  readonly council: string;
  readonly name?: string; // of the council
  readonly holder: string;
  readonly election: string | null;
  readonly rests_on: string | null;
  readonly group: number;
  readonly seat: number;
  readonly from: number;
  readonly until: number;
  readonly ended: number | null;
  readonly why: string | null;
}
export interface Council {
  readonly council?: string;
  readonly assembly?: string;
  readonly name: string;
  readonly since: number;
  readonly groups: readonly { readonly group: number; readonly electors: string; readonly electors_name: string; readonly seats: number; readonly election: string | null; readonly ends: number | null }[];
  readonly mandates: readonly Mandate[];
}
export interface Choice {
  readonly option: number;
  readonly id: string | null;
  readonly name: string;
  readonly out: boolean;
  readonly first: number;
  readonly place: number;
}
export interface Ballot {
  readonly ballot: string;
  readonly about: 'election' | 'recall' | 'motion' | 'constitution' | 'signatures';
  readonly subject: string;
  readonly electors: string;
  readonly electors_name?: string;
  readonly rule: 'yes-no' | 'approval' | 'stv' | 'meek' | 'schulze' | 'shares';
  readonly seats: number;
  readonly opens: number;
  readonly closes: number;
  readonly state: string;
  readonly roll: number;
  readonly votes: number;
  readonly winners: number;
  readonly transcript: string | null;
  readonly secret: boolean;
  readonly choices?: readonly Choice[];
}
export interface Election {
  readonly election: string;
  readonly council: string;
  readonly council_name: string;
  readonly electors_name: string;
  readonly ballot: string | null;
  readonly sort: string;
  readonly state: 'coming' | 'standing' | 'voting' | 'decided' | 'dropped';
  readonly seats: number;
  readonly opens: number;
  readonly nominated: number | null;
  readonly closes: number | null;
  readonly candidates: number;
  readonly elected: number;
  readonly decided: number | null;
}
export interface Stand {
  readonly member: string;
  readonly name: string;
  readonly stood: number;
  readonly withdrew: number | null;
  readonly position: number; // of the event with the statement
  readonly option: number | null; // on the ballot
  readonly how: string | null;
  readonly seat: number;
  readonly statement: string | null;
}
export interface OneElection extends Election {
  readonly stands: readonly Stand[];
  readonly vote: Ballot | null;
}
export interface Motion {
  readonly motion: string;
  readonly title: string | null;
  readonly assembly: string;
  readonly assembly_name: string;
  readonly author: string;
  readonly ballot: string | null;
  readonly sort: 'text' | 'plans' | 'constitution' | 'instruction' | 'projects';
  readonly state: string;
  readonly since: number;
  readonly freezes: number | null;
  readonly position: number; // of the event that tabled it
  readonly budget?: number; // of a choice of projects
  readonly versions: number;
  readonly points: number;
  readonly amendments: number;
  readonly chosen: number | null;
  readonly decided: number | null;
  readonly executor: string | null;
  readonly due: number | null;
  readonly reported: number | null;
}
export interface Point {
  readonly number: number;
  readonly author: string;
  readonly side: 'for' | 'against';
  readonly since: number;
  readonly reply: number | null;
  readonly text: string | null;
}
export interface MotionText {
  readonly version?: number;
  readonly amendment?: string;
  readonly author: string;
  readonly since: number;
  readonly support: number;
  readonly text: string | null;
}
export interface OneMotion extends Motion {
  readonly explanation: string | null;
  readonly report: string | null;
  readonly texts: readonly MotionText[];
  readonly proposed: readonly MotionText[];
  readonly debate: readonly Point[];
  readonly choices: readonly { readonly option: number; readonly name: string; readonly amendment: string | null; readonly plan: string | null; readonly cost?: number }[]; // cost: of a project
  readonly vote: Ballot | null;
}
export interface Recall {
  readonly recall: string;
  readonly mandate: string;
  readonly holder: string;
  readonly council_name: string;
  readonly sponsor: string;
  readonly ballot: string | null;
  readonly state: 'asked' | 'open' | 'voting' | 'carried' | 'rejected' | 'lapsed' | 'moot';
  readonly asked: number;
  readonly closes: number;
  readonly roll: number;
  readonly notice: number;
  readonly needed: number;
  readonly signatures: number;
  readonly decided: number | null;
  readonly reasons: string | null;
  readonly answer: string | null;
}
export interface OneRecall extends Recall {
  readonly signed: readonly { readonly member: string; readonly since: number; readonly withdrew: number | null }[];
  readonly vote: Ballot | null;
  readonly petition: Ballot | null; // by which secret signatures are collected
}
export interface Question {
  readonly question: string;
  readonly mandate: string;
  readonly author: string;
  readonly since: number;
  readonly due: number;
  readonly answered: number | null;
  readonly text: string | null;
  readonly answer: string | null;
}

// An option as the reader calls it: what everybody may choose, to do nothing of it, is written by the program.
export function optionName(name: string): string {
  return name === 'none of these' ? t('none_of_these') : name;
}

// Whether the order of marks counts.
export function isRanked(rule: string): boolean {
  return rule === 'stv' || rule === 'meek' || rule === 'schulze';
}

// Where a ballot is shown and voted in.
export function linkOf(b: Pick<Ballot, 'about' | 'subject'>): string {
  return `/councils/${b.about === 'constitution' ? 'motion' : b.about === 'signatures' ? 'recall' : b.about}/${b.subject}`;
}

// These are fetched again whenever something has happened.
function fresh<T>(path: string, stop: AbortSignal): Promise<T> {
  void moved.value;
  return get<T>(path, stop);
}
export const loadAssemblies = (stop: AbortSignal) => fresh<{ assemblies: readonly Assembly[] }>('/api/assemblies', stop);
export const loadCouncil = (id: string, stop: AbortSignal) => fresh<Council>(`/api/councils/${id}`, stop);
export const loadElections = (stop: AbortSignal) => fresh<{ elections: readonly Election[] }>('/api/elections?past=1', stop);
export const loadElection = (id: string, stop: AbortSignal) => fresh<OneElection>(`/api/elections/${id}`, stop);
export const loadBallots = (stop: AbortSignal) => fresh<{ ballots: readonly Ballot[] }>('/api/ballots', stop);
export const loadCount = (id: string, stop: AbortSignal) => fresh<{ count: Transcript | null; won: readonly number[] }>(`/api/ballots/${id}/count`, stop);
export const loadMotions = (stop: AbortSignal) => fresh<{ motions: readonly Motion[] }>('/api/motions', stop);
export const loadMotion = (id: string, stop: AbortSignal) => fresh<OneMotion>(`/api/motions/${id}`, stop);
export const loadRecalls = (stop: AbortSignal) => fresh<{ recalls: readonly Recall[] }>('/api/recalls', stop);
export const loadRecall = (id: string, stop: AbortSignal) => fresh<OneRecall>(`/api/recalls/${id}`, stop);
export const loadQuestions = (stop: AbortSignal) => fresh<{ questions: readonly Question[] }>('/api/questions', stop);

// The councils, each with its groups and mandates.
export async function loadCouncils(stop: AbortSignal): Promise<readonly (Council & { readonly id: string })[]> {
  const { assemblies } = await loadAssemblies(stop);
  const councils = assemblies.filter((a) => a.sort === 'council');
  return Promise.all(councils.map(async (a) => ({ ...(await get<Council>(`/api/councils/${a.assembly}`, stop)), id: a.assembly })));
}
