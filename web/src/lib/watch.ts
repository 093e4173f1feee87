// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Plan lines that are watched, their reports and alarms; and the rule of alarms, worked out again.
import { get } from './api';
import { moved } from './commons';

export const MILLION = 1e6; // amounts of lines are millionths
export const millionths = (x: string): number => Math.round(Number(x) * MILLION);
export const LIMIT = 4770; // thousandths of the spread (docs/formats/commons.md, Watching)
const DRIFT = 500;
const SPIKE = 4000;
export const DAY = 86400;
export const PERIODS_MOST = 400; // of a line
export const DAYS_MOST = 366; // of a period

export interface Index {
  readonly actuality: number | null;
  readonly capability: number | null;
  readonly potentiality: number | null;
  readonly productivity: number | null;
  readonly latency: number | null;
  readonly performance: number | null;
  readonly planned: number | null;
  readonly fulfilled: number | null;
}
export interface Line {
  readonly line: string;
  readonly name: string;
  readonly workplace: string;
  readonly workplace_name: string;
  readonly planned: number;
  readonly spread: number;
  readonly price: number;
  readonly begins: number;
  readonly days: number;
  readonly periods: number;
  readonly ended: number | null;
  readonly last: number | null;
  readonly sum: number;
  readonly missing: number;
  readonly alarm: string | null;
  readonly index: Index;
}
export interface Report {
  readonly period: number;
  readonly quantity: number;
  readonly capability: number | null;
  readonly potentiality: number | null;
  readonly since: number;
  readonly corrections: number;
  readonly by: string;
}
export interface Delivery {
  readonly delivery: string;
  readonly line: string;
  readonly line_name?: string;
  readonly to: string;
  readonly to_name: string;
  readonly sender: string;
  readonly receiver: string | null;
  readonly sent: number;
  readonly received: number | null;
  readonly since: number;
  readonly signed_at: number | null;
  readonly late: boolean;
}
export interface Alarm {
  readonly alarm: string;
  readonly line: string;
  readonly name: string;
  readonly workplace: string;
  readonly workplace_name: string;
  readonly at: string;
  readonly at_name: string;
  readonly sort: 'short' | 'spike' | 'no report' | 'raised';
  readonly state: 'open' | 'answered' | 'over';
  readonly period: number;
  readonly level: number;
  readonly since: number;
  readonly due: number | null;
  readonly damage: number;
  readonly silencer: string | null;
  readonly silent: number | null;
  readonly over: number | null;
  readonly shown: boolean;
}
export interface AlarmStep {
  readonly number: number;
  readonly what: 'opened' | 'rose' | 'answered' | 'not mended' | 'silenced' | 'over';
  readonly time: number;
  readonly position: number | null;
  readonly by: string | null;
  readonly at_name: string;
  readonly text: string | null;
}
export interface OneAlarm extends Alarm {
  readonly steps: readonly AlarmStep[];
}
export interface OneLine extends Line {
  readonly reports: readonly Report[];
  readonly alarms: readonly Omit<Alarm, 'name' | 'workplace_name' | 'at_name' | 'shown'>[];
  readonly deliveries: readonly Delivery[];
  readonly ratio: { readonly reason: string; readonly since: number; readonly hint: 'steady' | 'spike' | 'step' | 'slope'; readonly sure: number } | null;
}
export interface Skill {
  readonly skill: number | null;
  readonly plan: number;
  readonly naive: number;
  readonly compared: number;
  readonly seasonal: number;
  readonly lines: number;
  readonly worse: number;
}

// These are fetched again whenever something has happened.
function fresh<T>(path: string, stop: AbortSignal): Promise<T> {
  void moved.value;
  return get<T>(path, stop);
}
export const loadLines = (stop: AbortSignal) => fresh<{ lines: readonly Line[]; total: number }>('/api/lines?most=200', stop);
export const loadLine = (id: string, stop: AbortSignal) => fresh<OneLine>(`/api/lines/${id}`, stop);
export const loadAlarms = (stop: AbortSignal) => fresh<{ alarms: readonly Alarm[]; attention: number; total: number }>('/api/alarms?most=200', stop);
export const loadAlarm = (id: string, stop: AbortSignal) => fresh<OneAlarm>(`/api/alarms/${id}`, stop);
export const loadDeliveries = (stop: AbortSignal) => fresh<{ deliveries: readonly Delivery[] }>('/api/deliveries?most=200', stop);
export const loadSkill = (stop: AbortSignal) => fresh<Skill>('/api/skill', stop);

// When a period begins and ends.
export const begins = (l: { readonly begins: number; readonly days: number }, period: number): number => l.begins + period * l.days * DAY;

// The first period that has begun and was not reported; null: there is none.
export function nextPeriod(l: Line, reports: readonly Report[], at: number): number | null {
  const known = new Set(reports.map((r) => r.period));
  for (let n = 0; n < l.periods && begins(l, n) <= at; n++) if (!known.has(n)) return n;
  return null;
}

export interface Judged {
  readonly period: number;
  readonly below: number; // plan less report, in thousandths of the spread
  readonly sum: number; // Page's sum after this report
  readonly alarm: boolean; // it would open an alarm
}
// The rule, with a pencil: what is short in spreads, less half a spread each time, added up; never below zero.
export function judge(l: { readonly planned: number; readonly spread: number }, reports: readonly Report[]): Judged[] {
  let sum = 0;
  return [...reports]
    .sort((a, b) => a.period - b.period)
    .map((r) => {
      const below = Math.trunc(((l.planned - r.quantity) * 1000) / l.spread);
      sum = Math.max(0, sum + below - DRIFT);
      return { period: r.period, below, sum, alarm: sum > LIMIT || below > SPIKE };
    });
}
