// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A native table of any number of rows, of which only those in view are in the page. Rows have one height; two spacer
// rows stand for the others, and aria-rowcount and aria-rowindex tell how many there are.
import type { ComponentChildren, JSX } from 'preact';
import { signal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { t } from '../lib/i18n';

const HEIGHT = 40;
const EXTRA = 8;
const VIEW = 544;
const PAGE = 200;
const PRINTED = 1000; // rows on paper, at most; so many are fetched in time for it

export interface WindowColumn<T> {
  readonly name: string;
  readonly number?: boolean;
  readonly cell: (row: T) => ComponentChildren;
  readonly sort?: string; // the name of this order
}
export interface Sort {
  readonly by: string;
  readonly down: boolean;
}
// Where rows come from: those that are not there yet are undefined until `need` has brought them.
export interface Source<T> {
  readonly total: number;
  at(i: number): T | undefined;
  need(first: number, last: number): void;
}

// Which rows are in view: [first, one past the last).
export function windowOf(top: number, view: number, rows: number): readonly [number, number] {
  const first = Math.max(0, Math.min(Math.floor(top / HEIGHT) - EXTRA, rows - 1));
  return [first, Math.min(rows, Math.ceil((top + view) / HEIGHT) + EXTRA)];
}

// Whether the page is being printed: then tables are whole.
const printing = signal(false);
export function followPrinting(): void {
  addEventListener('beforeprint', () => (printing.value = true));
  addEventListener('afterprint', () => (printing.value = false));
}

// Rows that are all here.
export function here<T>(rows: readonly T[]): Source<T> {
  return { total: rows.length, at: (i) => rows[i], need: () => undefined };
}

// Rows sorted by a key, down or up; equal ones stay as they were.
export function sorted<T>(rows: readonly T[], key: (row: T) => number | string, down: boolean): T[] {
  const keys = rows.map((r, i) => [key(r), i] as const);
  const collator = new Intl.Collator();
  keys.sort(([x, i], [y, k]) => {
    const d = typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y));
    return d === 0 ? i - k : down ? -d : d;
  });
  return keys.map(([, i]) => rows[i] as T);
}

// Rows that are fetched page by page; when `fetchPage` changes, all begins anew.
export function useRemote<T>(fetchPage: (from: number, most: number, stop: AbortSignal) => Promise<{ total: number; rows: readonly T[] }>): { source: Source<T>; error: Error | null; known: boolean } {
  const state = useSignal<{ of: unknown; total: number; pages: ReadonlyMap<number, readonly T[]>; error: Error | null }>({ of: null, total: 0, pages: new Map(), error: null });
  const kept = useRef<{ of: unknown; asked: Set<number>; stop: AbortController } | null>(null);
  if (kept.current?.of !== fetchPage) {
    kept.current?.stop.abort();
    kept.current = { of: fetchPage, asked: new Set(), stop: new AbortController() };
  }
  const { asked, stop } = kept.current;
  const load = (page: number): void => {
    if (asked.has(page)) return;
    asked.add(page);
    const signal = stop.signal;
    fetchPage(page * PAGE, PAGE, signal).then(
      (got) => {
        if (signal.aborted) return;
        const before = state.peek();
        const pages = new Map(before.of === fetchPage ? before.pages : []);
        pages.set(page, got.rows);
        state.value = { of: fetchPage, total: got.total, pages, error: null };
      },
      (error: unknown) => {
        if (!signal.aborted) state.value = { ...state.peek(), error: error instanceof Error ? error : new Error(String(error)) };
      },
    );
  };
  useLayoutEffect(() => load(0), [fetchPage]); // at once: after the next frame would be a frame later
  useEffect(() => () => kept.current?.stop.abort(), []);
  const now = state.value;
  const source: Source<T> = {
    total: now.total,
    at: (i) => now.pages.get(Math.floor(i / PAGE))?.[i % PAGE],
    need: (first, last) => {
      for (let p = Math.floor(first / PAGE); p <= Math.floor(Math.max(first, last - 1) / PAGE); p++) load(p);
    },
  };
  return { source, error: now.error, known: now.of !== null };
}

interface Props<T> {
  readonly caption: string;
  readonly columns: readonly WindowColumn<T>[];
  readonly source: Source<T>;
  readonly sort?: Sort;
  readonly setSort?: (sort: Sort) => void;
  readonly id: (row: T) => string;
}

export function WindowTable<T>({ caption, columns, source, sort, setSort, id }: Props<T>): JSX.Element {
  const top = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  const order = sort === undefined ? '' : `${sort.by} ${sort.down}`;
  useLayoutEffect(() => {
    if (box.current !== null) box.current.scrollTop = 0;
    top.value = 0;
  }, [order, source.total]);
  const [first, last] = printing.value ? [0, Math.min(source.total, PRINTED)] : windowOf(top.value, VIEW, source.total);
  useEffect(() => source.need(first, last), [first, last, order, source.total]);
  useEffect(() => {
    if (source.total > PRINTED) return;
    const timer = setTimeout(() => source.need(0, source.total), 1000);
    return () => clearTimeout(timer);
  }, [order, source.total]);
  const head = (c: WindowColumn<T>): JSX.Element => {
    const down = c.sort !== undefined && sort?.by === c.sort ? sort.down : null;
    const key = c.sort;
    return (
      <th key={c.name} scope="col" class={c.number === true ? 'n' : ''} aria-sort={down === null ? 'none' : down ? 'descending' : 'ascending'}>
        {key === undefined || setSort === undefined || printing.value ? (
          c.name
        ) : (
          <button type="button" class="sort" onClick={() => setSort({ by: key, down: down === null ? c.number === true : !down })}>
            {c.name}
            <span aria-hidden="true">{down === null ? '↕' : down ? '↓' : '↑'}</span>
          </button>
        )}
      </th>
    );
  };
  const spacer = (n: number): JSX.Element | null =>
    n <= 0 ? null : (
      <tr class="spacer" aria-hidden="true">
        <td colSpan={columns.length} style={{ height: `${n * HEIGHT}px` }} />
      </tr>
    );
  const line = (i: number): JSX.Element => {
    const row = source.at(i);
    return (
      <tr key={row === undefined ? `row ${i}` : id(row)} aria-rowindex={i + 2} style={{ height: `${HEIGHT}px` }}>
        {columns.map((c, k) => {
          const inside = row === undefined ? '…' : c.cell(row);
          return k === 0 ? (
            <th key={c.name} scope="row">
              {inside}
            </th>
          ) : (
            <td key={c.name} class={c.number === true ? 'n' : ''}>
              {inside}
            </td>
          );
        })}
      </tr>
    );
  };
  return (
    <div class="scroll windowed" tabIndex={0} role="group" aria-label={caption} ref={box} onScroll={(e) => (top.value = e.currentTarget.scrollTop)}>
      <table aria-rowcount={source.total + 1}>
        <caption>
          {caption} · {t('rows', { n: source.total })}
        </caption>
        <thead>
          <tr aria-rowindex={1}>{columns.map(head)}</tr>
        </thead>
        <tbody>
          {spacer(first)}
          {Array.from({ length: Math.max(0, last - first) }, (_, k) => (printing.value && source.at(first + k) === undefined ? null : line(first + k)))}
          {printing.value && source.total > PRINTED && (
            <tr>
              <td colSpan={columns.length}>{t('printed_n', { n: PRINTED, total: source.total })}</td>
            </tr>
          )}
          {spacer(source.total - last)}
        </tbody>
      </table>
    </div>
  );
}

// The same for rows that are all here, sorted by their columns.
export function LocalTable<T>({ caption, columns, rows, keys, id }: { caption: string; columns: readonly WindowColumn<T>[]; rows: readonly T[]; keys: Readonly<Record<string, (row: T) => number | string>>; id: (row: T) => string }): JSX.Element {
  const sort = useSignal<Sort | undefined>(undefined);
  const now = sort.value;
  const source = useMemo(() => {
    const key = now === undefined ? undefined : keys[now.by];
    return here(now === undefined || key === undefined ? rows : sorted(rows, key, now.down));
  }, [rows, now]);
  return <WindowTable caption={caption} columns={columns} source={source} id={id} setSort={(s) => (sort.value = s)} {...(now === undefined ? {} : { sort: now })} />;
}

// Follows a value at once, but not more often than every `pause` milliseconds, so that typing fast does not ask at every letter.
export function useSlow(value: string, pause = 40): string {
  const slow = useSignal(value);
  const now = useSignal(value);
  const last = useRef(-Infinity);
  now.value = value;
  useSignalEffect(() => {
    const next = now.value;
    const follow = (): void => {
      if (next !== slow.peek()) last.current = performance.now();
      slow.value = next;
    };
    const wait = last.current + pause - performance.now();
    if (wait <= 0) return follow();
    const timer = setTimeout(follow, wait);
    return () => clearTimeout(timer);
  });
  return slow.value;
}
