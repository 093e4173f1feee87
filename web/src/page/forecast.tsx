// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Forecasts of needs: history, what is expected, how sure that is, how much of the doubt is chance, and where the figure comes from.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Series } from '../chart/series';
import { get, query as withQuery } from '../lib/api';
import { amount, count, dayOf, percent, span } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { Chart, Failure, Load, Switch, Table, wordOr } from '../ui/basic';
import { useRemote, useSlow, WindowTable } from '../ui/window';

type Level = 'total' | 'group' | 'item' | 'place';
type Period = 'day' | 'week' | 'month';

export interface Head {
  readonly level: Level;
  readonly item: string;
  readonly group: string;
  readonly place: string;
  readonly method: string;
  readonly expected: number; // over all periods ahead
  readonly low: number;
  readonly high: number;
  readonly error: number | null; // compared with the changes from period to period
  readonly naive_error: number | null;
  readonly floor: number | null; // of the same, what chance alone gives
  readonly missed: number;
  readonly reports: number;
  readonly as_sold: number | null;
}
interface List {
  readonly period: Period;
  readonly horizon: number;
  readonly groups: number;
  readonly items: number;
  readonly total: number;
  readonly forecasts: readonly Head[];
}
interface Item extends Head {
  readonly period: Period;
  readonly measure: string;
  readonly starts: readonly string[]; // first days: of the history, then ahead
  readonly history: readonly number[];
  readonly q10: readonly number[];
  readonly mean: readonly number[];
  readonly q90: readonly number[];
  readonly ordered?: number;
  readonly orders?: number;
  readonly missing?: number;
  readonly wanting?: number;
}

// The part of the squared error that is chance, which no method removes; undefined where nothing is known.
export function chance(h: Pick<Head, 'error' | 'floor'>): number | undefined {
  return h.error === null || h.floor === null || h.error <= 0 ? undefined : Math.min(1, (h.floor / h.error) ** 2);
}

function nameOf(h: Head): string {
  return h.level === 'total' ? t('forecast_total') : h.level === 'group' ? h.group : h.level === 'place' ? `${h.item}, ${h.place}` : h.item;
}

const whole = (share: number): number => Math.round(100 * share) / 100; // no more digits than are known
const mean = (x: readonly number[]): number => (x.length === 0 ? 0 : x.reduce((s, v) => s + v, 0) / x.length);
const per = (period: Period, value: number): string => t(`per_${period}` as WordKey, { amount: amount(value) });

// Where a figure comes from, in sentences.
function From({ item }: { item: Item }): JSX.Element {
  const last = item.history.slice(-4);
  const part = chance(item);
  const better = item.error === null || item.naive_error === null || item.naive_error <= 0 ? undefined : 1 - item.error / item.naive_error;
  const says = [
    t('from_history', { from: dayOf(item.starts[0] ?? ''), until: dayOf(item.starts[item.history.length] ?? ''), mean: per(item.period, mean(item.history)), last: per(item.period, mean(last)) }),
    t(`counted_${item.measure}` as WordKey),
    t('from_method', { method: wordOr(`method_${item.method}`, item.method) }),
    ...(better === undefined || better <= 0 ? [] : [t('from_better', { share: percent(whole(better)) })]),
    ...(part === undefined ? [] : [t('from_chance', { share: percent(whole(part)) })]),
    ...(item.as_sold === null || item.missed + item.reports === 0
      ? []
      : [t('from_missed', { missed: amount(item.missed), reports: item.reports, sold: amount(item.as_sold), expected: amount(item.expected) })]),
    ...((item.orders ?? 0) === 0 ? [] : [t('from_orders', { ordered: amount(item.ordered ?? 0), n: item.orders ?? 0 })]),
    ...(item.wanting === undefined ? [] : [t('from_wanting', { missing: item.missing ?? 0, wanting: count(item.wanting) })]),
  ];
  return (
    <details open class="card below">
      <summary>{t('from_where')}</summary>
      <ul>
        {says.map((s) => (
          <li key={s}>{s}</li>
        ))}
      </ul>
    </details>
  );
}

function One({ of }: { of: Head }): JSX.Element {
  const id = of.level === 'total' ? 'total' : of.level === 'group' ? of.group : of.item;
  const loaded = useLoad((stop) => get<Item>(`/api/needs/forecast/${encodeURIComponent(id)}${withQuery({ level: of.level, place: of.level === 'place' ? of.place : undefined })}`, stop));
  return (
    <Load from={loaded}>
      {(item) => {
        const n = item.history.length;
        const title = nameOf(item);
        return (
          <>
            <Chart
              title={title}
              says={t('forecast_says', { period: span(item.mean.length, item.period), expected: amount(item.expected), low: amount(item.low), high: amount(item.high) })}
              table={
                <Table
                  caption={title}
                  rows={item.mean.map((_, i) => i)}
                  columns={[
                    { name: t('from_day'), cell: (i) => dayOf(item.starts[n + i] ?? '') },
                    { name: t('expected'), number: true, cell: (i) => amount(item.mean[i] ?? 0) },
                    { name: t('interval'), number: true, cell: (i) => `${amount(item.q10[i] ?? 0)} – ${amount(item.q90[i] ?? 0)}` },
                  ]}
                />
              }
            >
              <Series title={title} starts={item.starts} history={item.history} ahead={{ low: item.q10, mean: item.mean, high: item.q90 }} words={{ history: t(`bought_${item.period}` as WordKey), ahead: t('expected') }} />
            </Chart>
            <From item={item} />
          </>
        );
      }}
    </Load>
  );
}

export function Forecasts(): JSX.Element {
  const wanted = useSignal('');
  const level = useSignal<Level | null>(null);
  const chosen = useSignal<Head | null>(null);
  const search = useSlow(wanted.value);
  const head = useLoad((stop) => get<List>(`/api/needs/forecast${withQuery({ most: 1 })}`, stop));
  const grouped = head.value.state === 'there' && head.value.data.groups > 0;
  const at = level.value ?? (grouped ? 'group' : 'item');
  const fetchPage = useMemo(
    () => async (from: number, most: number, stop: AbortSignal) => {
      const page = await get<List>(`/api/needs/forecast${withQuery({ level: at, search: search === '' ? undefined : search, from, most })}`, stop);
      return { total: page.total, rows: page.forecasts };
    },
    [at, search],
  );
  const { source, error } = useRemote(fetchPage);
  return (
    <Load from={head}>
      {(list) => {
        const shown = chosen.value ?? list.forecasts[0];
        return (
          <>
            {shown !== undefined && <One key={`${shown.level} ${shown.group} ${shown.item} ${shown.place}`} of={shown} />}
            <div class="row end below">
              <label class="field">
                <span>{t('search_forecasts')}</span>
                <input type="search" value={wanted.value} onInput={(e) => (wanted.value = e.currentTarget.value)} />
              </label>
              {grouped && (
                <Switch
                  label={t('forecasts')}
                  value={at}
                  set={(v) => (level.value = v)}
                  options={[
                    ['group', t('forecast_groups')],
                    ['item', t('forecast_items')],
                  ]}
                />
              )}
            </div>
            {error !== null && <Failure error={error} />}
            <WindowTable
              caption={t('forecast_next', { period: span(list.horizon, list.period) })}
              source={source}
              id={(h) => `${h.group} ${h.item} ${h.place}`}
              columns={[
                {
                  name: t('for_what'),
                  cell: (h) => (
                    <button type="button" class="figure" aria-pressed={h === shown} onClick={() => (chosen.value = h)}>
                      {nameOf(h)}
                    </button>
                  ),
                },
                { name: t('expected'), number: true, cell: (h) => amount(h.expected) },
                { name: t('interval'), number: true, cell: (h) => `${amount(h.low)} – ${amount(h.high)}` },
                { name: t('not_there_column'), number: true, cell: (h) => amount(h.missed) },
                {
                  name: t('chance_column'),
                  number: true,
                  cell: (h) => {
                    const part = chance(h);
                    return part === undefined ? '–' : percent(whole(part));
                  },
                },
              ]}
            />
            <p class="soft small">{t('chance_note')}</p>
          </>
        );
      }}
    </Load>
  );
}
