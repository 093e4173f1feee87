// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Bars: from a common line to one side, or to both for differences. They are text with a bar in the middle, so that they
// fit any screen.
import type { JSX } from 'preact';

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly label: string;
  readonly tier?: number;
}

// Bars with their names and figures. `differences`: blue to one side for more, orange to the other for less.
export function Bars({ title, bars, differences = false }: { title: string; bars: readonly Bar[]; differences?: boolean }): JSX.Element {
  const least = Math.min(0, ...bars.map((b) => b.value));
  const most = Math.max(0, ...bars.map((b) => b.value));
  const x = (v: number): number => (most === least ? 0 : (100 * (v - least)) / (most - least));
  const zero = x(0);
  return (
    <ul class="bars" role="list" aria-label={title}>
      {bars.map((b, i) => {
        const end = x(b.value);
        const from = Math.min(zero, end);
        const kind = differences ? (b.value < 0 ? 'less' : 'more') : '';
        return (
          <li key={i} class={b.tier === undefined ? '' : `tier-${Math.min(4, b.tier)}`}>
            <span class="bars-name">
              <bdi>{b.name}</bdi>
            </span>
            <span class="bars-track" aria-hidden="true">
              <span class="bars-zero" style={{ insetInlineStart: `${zero}%` }} />
              <span class={`bars-bar ${kind}`} style={{ insetInlineStart: `${from}%`, width: `${Math.abs(end - zero)}%` }} />
            </span>
            <span class={`bars-label number ${differences ? (b.value < 0 ? 'down' : b.value > 0 ? 'up' : '') : ''}`}>{b.label}</span>
          </li>
        );
      })}
    </ul>
  );
}
