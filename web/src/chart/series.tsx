// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A series over time, and what is expected of it: a line, then a band. It is drawn as wide as there is room; where there
// are more figures than pixels, each stroke shows the lowest and the highest of those that fall on it.
import type { JSX } from 'preact';
import { area, line } from 'd3-shape';
import { scaleLinear } from 'd3-scale';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { compact, dayShort, monthOf } from '../lib/format';

const HEIGHT = 230;
const TOP = 24;
const BOTTOM = 24;
const RIGHT = 8;
const MONTHS_FROM = 250 * 86400e3; // a longer time is told by months, a shorter one by days
const STROKE = 3; // pixels for each figure, at least

export interface Ahead {
  readonly low: readonly number[];
  readonly mean: readonly number[];
  readonly high: readonly number[];
}
export interface Stroke {
  readonly at: number; // the middle of its figures
  readonly low: number;
  readonly mean: number;
  readonly high: number;
}

// At most so many strokes for a series.
export function thin(series: readonly number[], most: number): Stroke[] {
  const size = Math.max(1, Math.ceil(series.length / Math.max(1, most)));
  return Array.from({ length: Math.ceil(series.length / size) }, (_, k) => {
    const part = series.slice(k * size, (k + 1) * size);
    return { at: k * size + (part.length - 1) / 2, low: Math.min(...part), mean: part.reduce((s, v) => s + v, 0) / part.length, high: Math.max(...part) };
  });
}

// The width of an element, also after it has changed.
function useWidth(otherwise: number): readonly [{ current: HTMLDivElement | null }, number] {
  const box = useRef<HTMLDivElement>(null);
  const width = useSignal(otherwise);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => {
      if (element.clientWidth > 0) width.value = element.clientWidth;
    };
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  return [box, width.value];
}

interface Props {
  readonly title: string;
  readonly starts: readonly string[]; // first day of each period, "2017-01-02"
  readonly history: readonly number[];
  readonly ahead: Ahead;
  readonly words: { readonly history: string; readonly ahead: string };
}

export function Series({ title, starts, history, ahead, words }: Props): JSX.Element {
  const [box, width] = useWidth(640);
  const n = history.length;
  const all = [0, ...history, ...ahead.high, ...ahead.low];
  const y = scaleLinear().domain([Math.min(...all), Math.max(...all)]).nice(4).range([HEIGHT - BOTTOM, TOP]);
  const ticks = y.ticks(4);
  const left = 10 + 7.5 * Math.max(...ticks.map((v) => compact(v).length));
  const x = scaleLinear().domain([0, starts.length - 1]).range([left, width - RIGHT]);
  const strokes = thin(history, (x(n - 1) - left) / STROKE);
  const dense = strokes.length < n;
  const from = x(n - 0.5);
  const steps = (low: readonly number[], high: readonly number[]): string => area<number>((_, k) => x(n + k), (_, k) => y(low[k] ?? 0), (_, k) => y(high[k] ?? 0))([...low]) ?? '';
  const months = Date.parse(starts[n - 1] ?? '') - Date.parse(starts[0] ?? '') > MONTHS_FROM;
  const parts = Math.max(1, Math.floor((x(n - 1) - left) / 110));
  const days = Array.from({ length: parts + 1 }, (_, k) => Math.round((k * (n - 1)) / parts));
  return (
    <div ref={box}>
      <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={title} font-size="12" direction="ltr">
        {ticks.map((v) => (
          <g key={v}>
            <line x1={left} x2={width - RIGHT} y1={y(v)} y2={y(v)} stroke="var(--line)" />
            <text x={left - 6} y={y(v)} dy="0.32em" text-anchor="end" class="soft">
              {compact(v)}
            </text>
          </g>
        ))}
        {days.map((i, k) => (
          <text key={i} x={x(i)} y={HEIGHT - 6} text-anchor={k === 0 ? 'start' : k === parts ? 'end' : 'middle'} class="soft">
            {(months ? monthOf : dayShort)(starts[i] ?? '')}
          </text>
        ))}
        <rect x={from} y={TOP} width={Math.max(0, width - RIGHT - from)} height={HEIGHT - TOP - BOTTOM} fill="var(--sunk)" />
        <path d={steps(ahead.low, ahead.high)} fill="var(--tier-2)" opacity="0.35" />
        {dense && <path d={area<Stroke>((s) => x(s.at), (s) => y(s.low), (s) => y(s.high))(strokes) ?? ''} fill="var(--hollow)" opacity="0.55" />}
        <path d={line<Stroke>((s) => x(s.at), (s) => y(s.mean))(strokes) ?? ''} fill="none" stroke="var(--ink)" stroke-width="1.5" stroke-linejoin="round" />
        <path d={line<number>((_, k) => x(n + k), (v) => y(v))([...ahead.mean]) ?? ''} fill="none" stroke="var(--tier-2)" stroke-width="2.5" />
        <text x={left} y="14">
          {words.history}
        </text>
        <text x={width - RIGHT} y="14" text-anchor="end" style={{ fill: 'var(--tier-2)' }} font-weight="600">
          {words.ahead}
        </text>
      </svg>
    </div>
  );
}
