// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Rounds of sharing: what the server tells of them, and the wants that are sealed on this device until the close.
import { concat, fromHex, sha256, toHex, utf8, type Bytes } from '../record/bytes';
import type { SharedGood, Want } from '../record/allot';
import { get, query } from './api';
import { moved } from './commons';
import { parseCsv } from './csv';
import { t } from './i18n';
import { InWords, Refusal } from './load';

export interface Round {
  readonly round: string;
  readonly assembly: string;
  readonly assembly_name: string;
  readonly motion: string;
  readonly author: string;
  readonly title: string | null;
  readonly since: number;
  readonly seals: number;
  readonly opens: number;
  readonly state: 'sealing' | 'opening' | 'drawing' | 'ready';
  readonly sealed: number;
  readonly opened: number;
  readonly seed: string | null;
  readonly outcomes: number;
  readonly outcome: string | null;
}
export interface OneRound extends Round {
  readonly rules: string | null;
  readonly supply: string | null;
  readonly people: string | null;
  readonly urgency: string | null;
}
export interface SealedWant {
  readonly member: string;
  readonly seal: string;
  readonly since: number;
  readonly position: number | null; // where it was opened
  readonly wants: string | null;
}
export interface Outcome {
  readonly state: Round['state'];
  readonly members: number;
  readonly left_out: number;
  readonly seed: string | null;
  readonly hash: string | null;
  readonly substitution?: number;
  readonly goods: readonly OutcomeGood[];
  readonly market?: { readonly goods: number; readonly sweeps: number; readonly excess: number; readonly slack: number; readonly envy: number; readonly unspent: number } | null;
}
export interface OutcomeGood extends SharedGood {
  readonly floor: number;
  readonly claimants: number;
  readonly claimed: number;
  readonly given: number;
  readonly short: number;
  readonly nothing: number;
  readonly drawn: number;
  readonly level: number | null;
}
export interface Loss {
  readonly rule: 'points' | 'proportional' | 'uniform' | 'coupon' | 'queue';
  readonly mean: number;
  readonly worst: number;
  readonly least: number;
  readonly losing: number;
  readonly nothing: number;
  readonly used: number;
}
export interface Compared {
  readonly people: number;
  readonly goods: number;
  readonly shock: number;
  readonly cut: number;
  readonly substitution: number;
  readonly draws: number;
  readonly rules: readonly Loss[];
}
export interface Queue {
  readonly assembly: string;
  readonly assembly_name: string;
  readonly since: number;
  readonly reports: number;
  readonly shelf: number | null; // thousandths, like fill and instead
  readonly fill: number | null;
  readonly instead: number | null;
  readonly days: number | null;
  readonly hours: number | null;
  readonly waiting: number | null;
}

// These are fetched again whenever something has happened.
function fresh<T>(path: string, stop: AbortSignal): Promise<T> {
  void moved.value;
  return get<T>(path, stop);
}
export const loadRounds = (stop: AbortSignal) => fresh<{ shares: readonly Round[] }>('/api/shares?most=1000', stop).then((p) => p.shares);
export const loadRound = (id: string, stop: AbortSignal) => fresh<OneRound>(`/api/shares/${id}`, stop);
export const loadOutcome = (id: string, stop: AbortSignal) => fresh<Outcome>(`/api/shares/${id}/outcome`, stop);
export const loadQueues = (stop: AbortSignal) => fresh<{ queues: readonly Queue[] }>('/api/queues', stop).then((p) => p.queues);
// One comparison is worked out at a time: whoever comes meanwhile asks again.
export async function loadCompared(id: string, q: { cut?: number; substitution?: number }, stop: AbortSignal): Promise<Compared> {
  for (let again = 0; ; again++) {
    try {
      return await get<Compared>(`/api/shares/${id}/compare${query(q)}`, stop);
    } catch (e) {
      if (!(e instanceof Refusal) || e.status !== 503 || again === 20) throw e;
      await new Promise((r) => setTimeout(r, 500));
    }
  }
}

// What a member has sealed; null: nothing.
export async function loadSealed(id: string, member: string, stop: AbortSignal): Promise<SealedWant | null> {
  return (await fresh<{ wants: readonly SealedWant[] }>(`/api/shares/${id}/wants${query({ member })}`, stop)).wants[0] ?? null;
}
export async function loadAllotments(id: string, of: { person?: string; good?: string }, stop?: AbortSignal): Promise<readonly Want[]> {
  const all: Want[] = [];
  for (let total = 1; all.length < total; ) {
    const page = await get<{ allotments: readonly Want[]; total: number }>(`/api/shares/${id}/allotments${query({ ...of, from: all.length, most: 1000 })}`, stop);
    total = page.allotments.length === 0 ? 0 : page.total;
    all.push(...page.allotments);
  }
  return all;
}

// ---- Tables ----

export type Row = Readonly<Record<string, string>>;

// The rows of a table by the names of its columns.
export function table(text: string | null): Row[] {
  const [head, ...rows] = parseCsv(text ?? '');
  return rows.map((r) => Object.fromEntries((head?.cells ?? []).map((c, i) => [c.text, r.cells[i]?.text ?? ''])));
}

// A cell of a table, quoted where it must be.
export const csvCell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

// What a voted text holds: rules, then perhaps people, then perhaps urgency, one behind the other. Null: it is none of rules.
export function partsOfRules(text: string): { readonly rules: string; readonly people?: string; readonly urgency?: string } | null {
  const lines = text.split(/(?<=\n)/);
  if (!/^good,.*\brule\b/.test(lines[0] ?? '')) return null;
  const at = (begin: RegExp): number => {
    const i = lines.findIndex((l) => begin.test(l));
    return i < 0 ? lines.length : i;
  };
  const urgency = at(/^criterion,/);
  const people = Math.min(at(/^person[,\n]/), urgency);
  return {
    rules: lines.slice(0, people).join(''),
    ...(people < urgency ? { people: lines.slice(people, urgency).join('') } : {}),
    ...(urgency < lines.length ? { urgency: lines.slice(urgency).join('') } : {}),
  };
}

// ---- Sealed on this device ----

// A sealed want is kept as `plenty share seal` writes it: 64 digits of salt, a line feed, the wants. Each that was ever sealed stays until it is opened:
// which one counts, the record says.
const kept = (round: string): string => `plenty.sealed.${round}`;
function keptOf(round: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(localStorage.getItem(kept(round)) ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

async function sealOf(file: string): Promise<{ salt: Bytes; wants: string; seal: Bytes }> {
  const salt = fromHex(file.slice(0, 64));
  const wants = file.slice(65);
  return { salt, wants, seal: await sha256(concat(salt, utf8(wants))) };
}

// Seals wants, and keeps what opens them before the seal leaves the device.
export async function sealWants(round: string, wants: string): Promise<Bytes> {
  const file = `${toHex(crypto.getRandomValues(new Uint8Array(32)))}\n${wants}`;
  const { seal } = await sealOf(file);
  localStorage.setItem(kept(round), JSON.stringify({ ...keptOf(round), [toHex(seal)]: file }));
  return seal;
}
export const sealedFile = (round: string, seal: string): string | null => keptOf(round)[seal] ?? null;
export async function openWants(round: string, seal: string): Promise<{ salt: Bytes; wants: string }> {
  const file = sealedFile(round, seal);
  if (file === null) throw new InWords(t('wants_elsewhere'));
  return sealOf(file);
}
// A sealed file that was saved elsewhere; false when it is not the one that the record has.
export async function takeSealed(round: string, seal: string, file: string): Promise<boolean> {
  if (!/^[0-9a-f]{64}\n/.test(file) || toHex((await sealOf(file)).seal) !== seal) return false;
  localStorage.setItem(kept(round), JSON.stringify({ ...keptOf(round), [seal]: file }));
  return true;
}
export const forgetSealed = (round: string): void => localStorage.removeItem(kept(round));
