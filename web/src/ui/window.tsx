// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A native table of any number of rows, of which only those in view are in the page. Rows have one height; two spacer
// rows stand for the others, and aria-rowcount and aria-rowindex tell how many there are.
import type { ComponentChildren, JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { t } from '../lib/i18n';

const HEIGHT = 40;
const EXTRA = 8;
const VIEW = 544;
const PRINTED = 500;

export interface WindowColumn {
  readonly name: string;
  readonly number?: boolean;
  readonly cell: (row: number) => ComponentChildren;
  readonly order?: (row: number) => number | string; // what it is sorted by
}

// Which rows are in view: [first, one past the last).
export function windowOf(top: number, view: number, rows: number): readonly [number, number] {
  const first = Math.max(0, Math.min(Math.floor(top / HEIGHT) - EXTRA, rows - 1));
  return [first, Math.min(rows, Math.ceil((top + view) / HEIGHT) + EXTRA)];
}

// Rows in the order of a column, down or up; equal ones stay as they were.
export function sorted(rows: Uint32Array, order: (row: number) => number | string, down: boolean): Uint32Array {
  const keys = new Map<number, number | string>();
  for (const r of rows) keys.set(r, order(r));
  const collator = new Intl.Collator();
  const sign = down ? -1 : 1;
  return rows.slice().sort((a, b) => {
    const x = keys.get(a) as number | string;
    const y = keys.get(b) as number | string;
    const d = typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y));
    return d === 0 ? a - b : sign * d;
  });
}

export function WindowTable({ caption, columns, rows }: { caption: string; columns: readonly WindowColumn[]; rows: Uint32Array }): JSX.Element {
  const by = useSignal<{ column: number; down: boolean } | null>(null);
  const top = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  const how = by.value;
  const order = useMemo(() => {
    const key = how === null ? undefined : columns[how.column]?.order;
    return how === null || key === undefined ? rows : sorted(rows, key, how.down);
  }, [rows, how]);
  useLayoutEffect(() => {
    if (box.current !== null) box.current.scrollTop = 0;
    top.value = 0;
  }, [rows, how]);
  const printing = matchMedia('print').matches;
  const [first, last] = printing ? [0, Math.min(order.length, PRINTED)] : windowOf(top.value, VIEW, order.length);
  const spacer = (n: number): JSX.Element | null =>
    n <= 0 ? null : (
      <tr class="spacer" aria-hidden="true">
        <td colSpan={columns.length} style={{ height: `${n * HEIGHT}px` }} />
      </tr>
    );
  const head = (c: WindowColumn, k: number): JSX.Element => {
    const down = how?.column === k ? how.down : null;
    const say = down === null ? 'none' : down ? 'descending' : 'ascending';
    return (
      <th key={c.name} scope="col" class={c.number === true ? 'n' : ''} aria-sort={say}>
        {c.order === undefined ? (
          c.name
        ) : (
          <button type="button" class="sort" onClick={() => (by.value = { column: k, down: down === null ? c.number === true : !down })}>
            {c.name}
            <span aria-hidden="true">{down === null ? '↕' : down ? '↓' : '↑'}</span>
          </button>
        )}
      </th>
    );
  };
  return (
    <div class="scroll windowed" tabIndex={0} role="region" aria-label={caption} ref={box} onScroll={(e) => (top.value = e.currentTarget.scrollTop)}>
      <table aria-rowcount={order.length + 1}>
        <caption>
          {caption} · {t('rows', { n: order.length })}
        </caption>
        <thead>
          <tr aria-rowindex={1}>{columns.map(head)}</tr>
        </thead>
        <tbody>
          {spacer(first)}
          {Array.from(order.subarray(first, last), (row, i) => (
            <tr key={row} aria-rowindex={first + i + 2} style={{ height: `${HEIGHT}px` }}>
              {columns.map((c, k) =>
                k === 0 ? (
                  <th key={c.name} scope="row">
                    {c.cell(row)}
                  </th>
                ) : (
                  <td key={c.name} class={c.number === true ? 'n' : ''}>
                    {c.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
          {spacer(order.length - last)}
        </tbody>
      </table>
    </div>
  );
}
