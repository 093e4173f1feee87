// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Numbers, dates and durations as the language writes them.
import { computed } from '@preact/signals';
import { language } from './i18n';

const code = computed(() => language.value.code);
const short = computed(() => new Intl.NumberFormat(code.value, { notation: 'compact', compactDisplay: 'long', maximumSignificantDigits: 3 }));
const brief = computed(() => new Intl.NumberFormat(code.value, { notation: 'compact', maximumSignificantDigits: 3 }));
const plain = computed(() => new Intl.NumberFormat(code.value, { maximumSignificantDigits: 4 }));
const whole = computed(() => new Intl.NumberFormat(code.value, { maximumFractionDigits: 0 }));
const full = computed(() => new Intl.NumberFormat(code.value, { maximumSignificantDigits: 15 }));
const percents = computed(() => new Intl.NumberFormat(code.value, { style: 'percent', maximumSignificantDigits: 3 }));
const days = computed(() => new Intl.DateTimeFormat(code.value, { dateStyle: 'long' }));
const calendar = computed(() => new Intl.DateTimeFormat(code.value, { dateStyle: 'long', timeZone: 'UTC' }));
const months = computed(() => new Intl.DateTimeFormat(code.value, { month: 'short', year: 'numeric', timeZone: 'UTC' }));
const shortDays = computed(() => new Intl.DateTimeFormat(code.value, { day: 'numeric', month: 'short', timeZone: 'UTC' }));
const moments = computed(() => new Intl.DateTimeFormat(code.value, { dateStyle: 'medium', timeStyle: 'short' }));
const distances = computed(() => new Intl.RelativeTimeFormat(code.value, { numeric: 'auto' }));
const lists = computed(() => new Intl.ListFormat(code.value, { type: 'conjunction' }));

// What rounding leaves of nothing (of sums of about `scale`) is nothing.
export function clean(x: number, scale = 0): number {
  return Math.abs(x) <= Math.max(1e-12, 1e-11 * Math.abs(scale)) ? 0 : x;
}

// An amount as one says it: 282.8 billion, 12,345, 0.0123.
export function amount(x: number): string {
  const size = Math.abs(x);
  if (size >= 1e6) return short.value.format(x);
  return size >= 1000 ? whole.value.format(x) : plain.value.format(clean(x));
}
const SCALES: readonly (readonly [RegExp, number])[] = [[/^thousand /, 1e3], [/^million /, 1e6], [/^billion /, 1e9]];
// An amount with its unit; "million dollars" as a unit goes into the number.
export function measure(x: number, unit: string): string {
  const scale = SCALES.find(([r]) => r.test(unit));
  return scale === undefined ? `${amount(x)} ${unit}` : `${amount(x * scale[1])} ${unit.replace(scale[0], '')}`;
}
// The number of it alone, for "so much of so much UNIT".
export function measured(x: number, unit: string): string {
  const scale = SCALES.find(([r]) => r.test(unit));
  return amount(scale === undefined ? x : x * scale[1]);
}
export function unitOf(unit: string): string {
  return SCALES.reduce((u, [r]) => u.replace(r, ''), unit);
}
// The same where there is little room: 283B.
export function compact(x: number): string {
  return Math.abs(x) >= 10000 ? brief.value.format(x) : Math.abs(x) >= 1000 ? whole.value.format(x) : plain.value.format(clean(x));
}
// With all digits that a figure has.
export function exact(x: number): string {
  return full.value.format(x);
}
export function count(x: number): string {
  return whole.value.format(x);
}
// A share of 1. What is not quite all is never shown as 100 %, what is not nothing never as 0 %.
export function percent(share: number): string {
  if (share < 1 && share > 0.9995) return '> ' + percents.value.format(0.999);
  if (share > 0 && share < 0.0001) return '< ' + percents.value.format(0.0001);
  return percents.value.format(clean(share));
}
// A difference, always with its sign.
export function difference(x: number, write: (x: number) => string = amount): string {
  const y = clean(x);
  return y === 0 ? write(0) : (y > 0 ? '+' : '\u2212') + write(Math.abs(y));
}
export function day(seconds: number): string {
  return days.value.format(seconds * 1000);
}
// A day of the calendar, "2017-01-02", as the language writes it; and where there is little room, without its year or without its day.
export function dayOf(text: string): string {
  return calendar.value.format(Date.parse(text));
}
export function dayShort(text: string): string {
  return shortDays.value.format(Date.parse(text));
}
export function monthOf(text: string): string {
  return months.value.format(Date.parse(text));
}
// So many days, weeks or months.
export function span(n: number, unit: 'day' | 'week' | 'month'): string {
  return new Intl.NumberFormat(code.value, { style: 'unit', unit, unitDisplay: 'long' }).format(n);
}
export function moment(seconds: number): string {
  return moments.value.format(seconds * 1000);
}
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [['year', 31557600], ['month', 2629800], ['day', 86400], ['hour', 3600], ['minute', 60]];
// How far a moment is from now: in 3 days, 2 hours ago.
export function fromNow(seconds: number, now = Date.now() / 1000): string {
  const d = seconds - now;
  const [unit, size] = UNITS.find(([, s]) => Math.abs(d) >= s) ?? ['minute', 60];
  return distances.value.format(Math.round(d / size), unit);
}
export function list(items: readonly string[]): string {
  return lists.value.format(items);
}
// The first digits of an id, enough to tell it from others.
export function shortId(id: string): string {
  return id.slice(0, 8);
}
