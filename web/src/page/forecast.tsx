// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Forecasts of needs: history, what is expected, how sure that is, and the floor below which nothing could be surer.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { area, line } from 'd3-shape';
import { scaleLinear } from 'd3-scale';
import { get, query } from '../lib/api';
import { amount, compact, day, exact } from '../lib/format';
import { t } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { Chart, Empty, Load, Table } from '../ui/basic';

interface Head {
  readonly level: string;
  readonly item: string;
  readonly group: string;
  readonly method: string;
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  readonly error: number | null;
  readonly floor: number | null;
  readonly missed: number;
  readonly as_sold: number | null;
}
interface Item extends Head {
  readonly starts: readonly number[]; // days since 1970: of the history, then ahead
  readonly history: readonly number[];
  readonly q10: readonly number[];
  readonly mean: readonly number[];
  readonly q90: readonly number[];
}

const WIDTH = 720;
const HEIGHT = 240;
const LEFT = 56;
const DAY = 86400;

function nameOf(h: Head): string {
  return h.level === 'total' ? t('forecast_total') : h.item !== '' ? h.item : h.group;
}

function Picture({ item, title }: { item: Item; title: string }): JSX.Element {
  const n = item.history.length;
  const all = [...item.history, ...item.q90, 0];
  const x = scaleLinear().domain([0, item.starts.length - 1]).range([LEFT, WIDTH - 8]);
  const y = scaleLinear().domain([Math.min(...all, ...item.q10), Math.max(...all)]).nice().range([HEIGHT - 24, 8]);
  const path = line<number>((_, i) => x(i), (v) => y(v));
  const ahead = line<number>((_, i) => x(n + i), (v) => y(v));
  const band = area<number>((_, i) => x(n + i), (_, i) => y(item.q10[i] ?? 0), (_, i) => y(item.q90[i] ?? 0));
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} class="wide" role="img" aria-label={title} font-size="12" direction="ltr">
      {y.ticks(4).map((v) => (
        <g key={v}>
          <line x1={LEFT} x2={WIDTH - 8} y1={y(v)} y2={y(v)} stroke="var(--line)" />
          <text x={LEFT - 6} y={y(v)} dy="0.32em" text-anchor="end" class="soft">
            {compact(v)}
          </text>
        </g>
      ))}
      <path d={band([...item.mean]) ?? ''} fill="var(--tier-2)" opacity="0.25" />
      <path d={path([...item.history]) ?? ''} fill="none" stroke="var(--ink)" stroke-width="1.5" />
      <path d={ahead([...item.mean]) ?? ''} fill="none" stroke="var(--tier-2)" stroke-width="2.5" stroke-dasharray="6 3" />
      <line x1={x(n - 0.5)} x2={x(n - 0.5)} y1="8" y2={HEIGHT - 24} stroke="var(--edge)" />
      <text x={x(n - 0.5) + 5} y="20">
        {t('from_here')}
      </text>
    </svg>
  );
}

function One({ id }: { id: string }): JSX.Element {
  const loaded = useLoad((stop) => get<Item>(`/api/needs/forecast/${encodeURIComponent(id)}`, stop));
  return (
    <Load from={loaded}>
      {(item) => {
        const n = item.history.length;
        const title = t('forecast_of', { name: nameOf(item) });
        return (
          <Chart
            title={title}
            says={t('forecast_says', { expected: amount(item.expected), low: amount(item.low), high: amount(item.high), method: item.method })}
            scrolls
            table={
              <Table
                caption={title}
                rows={item.mean.map((_, i) => i)}
                columns={[
                  { name: t('from_day'), cell: (i) => day((item.starts[n + i] ?? 0) * DAY) },
                  { name: t('expected'), number: true, cell: (i) => exact(Number((item.mean[i] ?? 0).toPrecision(4))) },
                  { name: t('interval'), number: true, cell: (i) => `${amount(item.q10[i] ?? 0)} – ${amount(item.q90[i] ?? 0)}` },
                ]}
              />
            }
          >
            <Picture item={item} title={title} />
          </Chart>
        );
      }}
    </Load>
  );
}

export function Forecasts(): JSX.Element {
  const loaded = useLoad((stop) => get<{ forecasts: readonly Head[] }>(`/api/needs/forecast${query({ most: 60 })}`, stop));
  const chosen = useSignal<string | null>(null);
  const idOf = (h: Head): string => (h.item !== '' ? h.item : h.group !== '' ? h.group : h.level);
  return (
    <Load from={loaded}>
      {({ forecasts }) => {
        const first = forecasts[0];
        if (first === undefined) return <Empty>{t('nothing_forecast')}</Empty>;
        const id = chosen.value ?? idOf(first);
        return (
          <>
            <One key={id} id={id} />
            <Table
              caption={t('forecasts')}
              rows={forecasts}
              columns={[
                {
                  name: t('for_what'),
                  cell: (h) => (
                    <button type="button" class="figure" onClick={() => (chosen.value = idOf(h))}>
                      {nameOf(h)}
                    </button>
                  ),
                },
                { name: t('expected'), number: true, cell: (h) => amount(h.expected) },
                { name: t('interval'), number: true, cell: (h) => `${amount(h.low)} – ${amount(h.high)}` },
                { name: t('error_and_floor'), number: true, cell: (h) => `${h.error === null ? '–' : exact(Number(h.error.toPrecision(3)))} / ${h.floor === null ? '–' : exact(Number(h.floor.toPrecision(3)))}` },
                { name: t('missing'), number: true, cell: (h) => amount(h.missed) },
                { name: t('as_sold'), number: true, cell: (h) => (h.as_sold === null ? '–' : amount(h.as_sold)) },
              ]}
            />
          </>
        );
      }}
    </Load>
  );
}
