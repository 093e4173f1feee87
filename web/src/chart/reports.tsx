// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reports of a line against what was expected: the plan with the band of chance around it, what was done, what could have been done, and
// where the rule says that it is no chance any more.
import type { JSX } from 'preact';
import { scaleLinear } from 'd3-scale';
import { compact } from '../lib/format';

export interface Point {
  readonly period: number;
  readonly value: number;
  readonly capability: number | null;
  readonly alarm: boolean;
}

const WIDTH = 480;

export function Reports({ title, planned, spread, periods, points, small = false }: { title: string; planned: number; spread: number; periods: number; points: readonly Point[]; small?: boolean }): JSX.Element {
  const height = small ? 90 : 220;
  const pad = small ? { left: 4, right: 8, top: 8, bottom: 8 } : { left: 60, right: 12, top: 12, bottom: 26 };
  const values = [planned + spread, planned - spread, ...points.flatMap((p) => [p.value, p.capability ?? p.value])];
  const least = Math.min(...values);
  const most = Math.max(...values);
  const x = scaleLinear().domain([-0.5, Math.max(1, periods) - 0.5]).range([pad.left, WIDTH - pad.right]);
  const y = scaleLinear().domain([least - 0.08 * (most - least), most + 0.08 * (most - least)]).range([height - pad.bottom, pad.top]);
  const can = points.filter((p) => p.capability !== null);
  const path = (of: readonly Point[], value: (p: Point) => number): string => of.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(p.period)} ${y(value(p))}`).join('');
  return (
    <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={title} class="reports">
      <rect class="reports-band" x={pad.left} width={WIDTH - pad.left - pad.right} y={y(planned + spread)} height={y(planned - spread) - y(planned + spread)} />
      <line class="reports-plan" x1={pad.left} x2={WIDTH - pad.right} y1={y(planned)} y2={y(planned)} />
      {can.length > 1 && <path class="reports-can" d={path(can, (p) => p.capability as number)} />}
      {points.length > 1 && <path class="reports-done" d={path(points, (p) => p.value)} />}
      {points.map((p) =>
        p.alarm ? (
          <path key={p.period} class="reports-alarm" d={`M${x(p.period)} ${y(p.value) - 9}l9 15h-18z`} />
        ) : (
          <circle key={p.period} class="reports-dot" cx={x(p.period)} cy={y(p.value)} r={small ? 5 : 4.5} />
        ),
      )}
      {!small &&
        y.ticks(4).map((v) => (
          <text key={v} class="soft" x={pad.left - 8} y={y(v) + 4} text-anchor="end" font-size="14">
            {compact(v)}
          </text>
        ))}
      {!small &&
        Array.from({ length: periods }, (_, i) => i)
          .filter((i) => i % Math.ceil(periods / 13) === 0)
          .map((i) => (
            <text key={i} class="soft" x={x(i)} y={height - 6} text-anchor="middle" font-size="14">
              {i + 1}
            </text>
          ))}
    </svg>
  );
}
