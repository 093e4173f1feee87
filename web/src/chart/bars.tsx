// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Bars: from a common line to one side, or to both for differences.
import type { JSX } from 'preact';
import { scaleLinear } from 'd3-scale';
import { language } from '../lib/i18n';

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly label: string;
  readonly tier?: number;
}

const WIDTH = 760;
const ROW = 30;
const NAME = 265;
const LABEL = 110;

function clip(name: string): string {
  return name.length > 34 ? `${name.slice(0, 33)}…` : name;
}

// Bars with their names and figures. `differences`: blue to one side for more, orange to the other for less.
export function Bars({ title, bars, differences = false }: { title: string; bars: readonly Bar[]; differences?: boolean }): JSX.Element {
  const least = Math.min(0, ...bars.map((b) => b.value));
  const most = Math.max(0, ...bars.map((b) => b.value), least === 0 ? 1e-300 : 0);
  const room = least < 0 ? LABEL : 0;
  const x = scaleLinear().domain([least, most]).range([NAME + room, WIDTH - LABEL]);
  const mirror = language.value.direction === 'rtl';
  const at = (v: number): number => (mirror ? WIDTH - v : v);
  const zero = x(0);
  return (
    <svg class="wide" viewBox={`0 0 ${WIDTH} ${bars.length * ROW + 6}`} role="img" aria-label={title} font-size="13.5" direction="ltr">
      <line x1={at(zero)} x2={at(zero)} y1="0" y2={bars.length * ROW + 6} stroke="var(--edge)" />
      {bars.map((b, i) => {
        const end = x(b.value);
        const y = i * ROW + 6;
        const from = Math.min(at(zero), at(end));
        const colour = differences ? (b.value < 0 ? 'var(--less)' : 'var(--more)') : b.tier === undefined ? 'var(--accent)' : `var(--tier-${Math.min(4, b.tier)})`;
        const behind = b.value < 0 !== mirror ? 'end' : 'start';
        return (
          <g key={i}>
            <text x={at(NAME - 10)} y={y + 14} text-anchor={mirror ? 'start' : 'end'}>
              {clip(b.name)}
            </text>
            <rect x={from} y={y} width={Math.max(1.5, Math.abs(end - zero))} height={ROW - 10} rx="2" fill={colour} />
            <text x={at(end) + (behind === 'end' ? -7 : 7)} y={y + 14} text-anchor={behind} class="number">
              {b.label}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
