// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Economy: the tables behind a plan with their sources; corrections as proposals; tables of one's own, checked cell by cell.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { get, post, query as withQuery } from '../lib/api';
import { about } from '../lib/commons';
import { cellAt, parseCsv, type Row } from '../lib/csv';
import { amount, count } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { InWords, useLoad } from '../lib/load';
import { loadPlans, planMade, type Job } from '../lib/plan';
import { english } from '../lib/refusal';
import { query, setQuery } from '../lib/route';
import { MOST, readTables, tableName, type Tables } from '../lib/sheet';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Empty, Failure, Load, PageHead, Part } from '../ui/basic';
import { useRemote, useSlow, WindowTable } from '../ui/window';

const TABLES = ['goods', 'recipes', 'flows', 'resources', 'uses', 'needs', 'trade', 'stocks', 'places'] as const;
const COLUMNS: Readonly<Record<(typeof TABLES)[number], readonly string[]>> = {
  goods: ['good', 'name', 'unit', 'group', 'place'],
  recipes: ['recipe', 'name', 'place', 'capacity'],
  flows: ['recipe', 'good', 'amount'],
  resources: ['resource', 'name', 'unit', 'kind', 'available'],
  uses: ['recipe', 'resource', 'amount'],
  needs: ['good', 'tier', 'group', 'amount', 'weight', 'floor'],
  trade: ['good', 'import_price', 'import_limit', 'export_price', 'export_limit'],
  stocks: ['good', 'amount'],
  places: ['place', 'name'],
};
type TableRow = Readonly<Record<string, string | number | boolean | null>>;

interface Economy {
  readonly title: string;
  readonly hash: string;
  readonly tables: Readonly<Record<string, number>>;
  readonly package: { readonly description?: string; readonly licenses?: readonly { readonly name?: string; readonly title?: string }[]; readonly sources?: readonly { readonly title?: string; readonly path?: string }[] } | null;
}
interface Finding {
  readonly severity: 'error' | 'warning' | 'note';
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string | null;
}
interface Checked {
  readonly loaded: boolean;
  readonly goods?: number;
  readonly recipes?: number;
  readonly needs?: number;
  readonly errors: number;
  readonly warnings: number;
  readonly findings: readonly Finding[];
}

function show(value: string | number | boolean | null | undefined): string {
  return value === null || value === undefined ? '' : typeof value === 'number' ? amount(value) : String(value);
}

function Correction({ table, row }: { table: string; row: TableRow }): JSX.Element | null {
  const column = useSignal((COLUMNS[table as (typeof TABLES)[number]] ?? []).at(-1) ?? '');
  const to = useSignal('');
  const source = useSignal('');
  const commons = about.value?.commons_id;
  if (commons === null || commons === undefined) return null;
  const key = Object.values(row).slice(0, 2).map(show).join(' ');
  const text = (): string => t('correction_text', { table, row: key, column: column.value, from: show(row[column.value]), to: to.value, source: source.value });
  return (
    <Act
      kind="motion.tabled"
      look="small"
      label={t('correct')}
      fields={() => ({ assembly: fromHex(commons), sort: 0, title: t('correction_title', { table, row: key }), text: text() })}
      says={
        <div class="stack">
          <p>
            <bdi>{key}</bdi>
          </p>
          <label class="field">
            <span>{t('column')}</span>
            <select value={column.value} onChange={(e) => (column.value = e.currentTarget.value)}>
              {Object.keys(row).map((c) => (
                <option key={c} value={c}>
                  {c}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{t('should_be', { now: show(row[column.value]) })}</span>
            <input value={to.value} required onInput={(e) => (to.value = e.currentTarget.value)} />
          </label>
          <label class="field">
            <span>{t('how_known')}</span>
            <input value={source.value} required onInput={(e) => (source.value = e.currentTarget.value)} />
          </label>
        </div>
      }
    />
  );
}

function TableView({ plan, table }: { plan: string; table: (typeof TABLES)[number] }): JSX.Element {
  const wanted = useSignal('');
  const search = useSlow(wanted.value);
  const fetchPage = useMemo(
    () => (from: number, most: number, stop: AbortSignal) => get<{ total: number; rows: readonly TableRow[] }>(`/api/plans/${plan}/economy/${table}${withQuery({ search: search === '' ? undefined : search, from, most })}`, stop),
    [plan, table, search],
  );
  const { source, error } = useRemote(fetchPage);
  const columns = COLUMNS[table];
  const numbers = new Set(['amount', 'capacity', 'available', 'tier', 'weight', 'floor', 'import_price', 'import_limit', 'export_price', 'export_limit']);
  return (
    <>
      <label class="field below">
        <span>{t('search_table')}</span>
        <input type="search" value={wanted.value} onInput={(e) => (wanted.value = e.currentTarget.value)} />
      </label>
      {error !== null && <Failure error={error} />}
      <WindowTable
        caption={t(`table_${table}`)}
        source={source}
        id={(r) => columns.slice(0, 3).map((c) => show(r[c])).join('|')}
        columns={[
          ...columns.map((c) => ({ name: t(`column_${c}` as WordKey), number: numbers.has(c), cell: (r: TableRow) => <bdi>{show(r[c])}</bdi> })),
          ...(about.value?.commons_id == null ? [] : [{ name: t('correction'), cell: (r: TableRow) => <Correction table={table} row={r} /> }]),
        ]}
      />
    </>
  );
}

function Sources({ e }: { e: Economy }): JSX.Element {
  const p = e.package;
  return (
    <div class="card stack">
      {p?.description !== undefined && <p dir="auto">{p.description}</p>}
      <dl class="facts">
        {(p?.sources ?? []).map((s, i) => (
          <>
            <dt>{i === 0 ? t('sources') : ''}</dt>
            <dd>
              <bdi>{s.title}</bdi> {s.path !== undefined && /^https?:/.test(s.path) ? <a href={s.path} rel="noreferrer noopener" target="_blank">{s.path}</a> : s.path}
            </dd>
          </>
        ))}
        <dt>{t('licence')}</dt>
        <dd>{(p?.licenses ?? []).map((l) => l.title ?? l.name).join(', ') || t('not_said')}</dd>
      </dl>
      <details>
        <summary class="small">{t('economy_hash')}</summary>
        <code>{e.hash}</code>
      </details>
    </div>
  );
}

function PlanTables({ plan }: { plan: string }): JSX.Element {
  const loaded = useLoad((stop) => get<Economy>(`/api/plans/${plan}/economy`, stop));
  const chosen = query.value.get('table');
  const table = TABLES.find((x) => x === chosen) ?? 'goods';
  return (
    <Load from={loaded}>
      {(e) => (
        <>
          <Part title={e.title}>
            <Sources e={e} />
          </Part>
          <Part title={t('tables')}>
            <div class="row" role="group" aria-label={t('tables')}>
              {TABLES.filter((x) => (e.tables[x] ?? 0) > 0).map((x) => (
                <button key={x} type="button" class="small" aria-pressed={x === table} onClick={() => setQuery('table', x)}>
                  {t(`table_${x}`)} <span class="soft">{count(e.tables[x] ?? 0)}</span>
                </button>
              ))}
            </div>
            <TableView key={table} plan={plan} table={table} />
          </Part>
        </>
      )}
    </Load>
  );
}

function Says({ f }: { f: Finding }): JSX.Element {
  return (
    <div class="says">
      <Badge kind={f.severity === 'error' ? 'short' : f.severity === 'warning' ? 'warn' : 'accent'}>{t(`severity_${f.severity}`)}</Badge> <strong lang="en" dir="ltr">{f.message}</strong>
      {f.hint !== null && f.hint !== '' && <span class="soft" lang="en" dir="ltr"> {f.hint}</span>}
    </div>
  );
}

// A table of which only the head, the rows with mistakes and their neighbours are shown; what is wrong stands below its row.
function Marked({ name, text, findings }: { name: string; text: string; findings: readonly Finding[] }): JSX.Element {
  const rows = useMemo(() => parseCsv(text), [text]);
  const places = findings.map((f) => ({ f, at: f.line > 0 ? cellAt(rows, f.line, f.column) : null }));
  const shown = [...new Set([0, ...places.flatMap((p) => (p.at === null ? [] : [p.at.row - 1, p.at.row, p.at.row + 1]))])].filter((i) => i >= 0 && i < rows.length).sort((x, y) => x - y);
  const width = Math.max(0, ...shown.map((i) => (rows[i] as Row).cells.length));
  return (
    <section class="card stack">
      <h3>
        <code>{name}</code>
      </h3>
      {places.filter((p) => p.at === null).map((p) => (
        <Says key={p.f.message} f={p.f} />
      ))}
      {places.some((p) => p.at !== null) && (
        <div class="scroll marked" tabIndex={0} role="group" aria-label={name}>
          <table>
            <thead>
              <tr>
                <th scope="col" class="n">
                  {t('line_n')}
                </th>
                {Array.from({ length: width }, (_, k) => (
                  <th key={k} scope="col">
                    <bdi>{rows[0]?.cells[k]?.text ?? ''}</bdi>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.filter((i) => i > 0 || places.some((p) => p.at?.row === 0)).map((i) => {
                const row = rows[i] as Row;
                const here = places.filter((p) => p.at?.row === i);
                const wrong = new Set(here.flatMap((p) => ((p.at?.cell ?? -1) < 0 ? row.cells.map((_, k) => k) : [p.at?.cell])));
                return (
                  <Fragment key={i}>
                    <tr>
                      <th scope="row" class="n">
                        {row.line}
                      </th>
                      {row.cells.map((c, k) => (
                        <td key={k} class={wrong.has(k) ? 'wrong' : ''}>
                          <bdi>{c.text}</bdi>
                        </td>
                      ))}
                    </tr>
                    {here.length > 0 && (
                      <tr>
                        <td colSpan={width + 1}>
                          {here.map((p) => (
                            <Says key={p.f.message} f={p.f} />
                          ))}
                        </td>
                      </tr>
                    )}
                  </Fragment>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

// What was found, file by file.
function Findings({ r, files }: { r: Checked; files: ReadonlyMap<string, string> }): JSX.Element {
  const by = new Map<string, Finding[]>();
  for (const f of r.findings) {
    const name = (f.file ?? '').split('/').at(-1) ?? '';
    by.set(name, [...(by.get(name) ?? []), f]);
  }
  return (
    <div role="status" class="stack">
      <div class={`notice ${r.errors > 0 ? 'short' : r.warnings > 0 ? 'warn' : 'good'}`}>
        {t('check_result', { errors: r.errors, warnings: r.warnings })} {r.loaded && t('check_loaded', { goods: r.goods ?? 0, recipes: r.recipes ?? 0, needs: r.needs ?? 0 })}
      </div>
      {[...by].map(([name, list]) => (
        <Marked key={name} name={name} text={files.get(name) ?? ''} findings={list} />
      ))}
    </div>
  );
}

const mega = (bytes: number): string => count(Math.ceil(bytes / 2 ** 20));

function Upload(): JSX.Element {
  const tables = useSignal<Tables>({ files: new Map(), notes: [] });
  const result = useSignal<Checked | null>(null);
  const error = useSignal<Error | null>(null);
  const plan = useSignal<string | null>(null);
  const busy = useSignal(false);
  const folder = useRef<HTMLInputElement>(null);
  useEffect(() => folder.current?.setAttribute('webkitdirectory', ''), []);
  const body = (): string => JSON.stringify({ files: Object.fromEntries(tables.value.files), title: t('sent_plan') });
  const run = (work: () => Promise<void>): void => {
    busy.value = true;
    error.value = null;
    work()
      .catch((e: unknown) => (error.value = e instanceof Error ? e : new Error(String(e))))
      .finally(() => (busy.value = false));
  };
  const take = (list: FileList | null): void => {
    if (list === null || list.length === 0) return;
    const chosen = [...list];
    result.value = null;
    plan.value = null;
    run(async () => {
      const size = chosen.reduce((n, f) => n + (tableName(f.name) !== null || /\.xlsx$/i.test(f.name) ? f.size : 0), 0);
      if (size > MOST) throw new InWords(t('too_large', { size: mega(size), most: mega(MOST) }));
      tables.value = await readTables(chosen);
      if (tables.value.files.size === 0) throw new InWords(t('no_tables'));
      result.value = await post<Checked>('/api/economy/check', body(), 'application/json');
    });
  };
  const make = (): void =>
    run(async () => {
      plan.value = await planMade(await post<Job>('/api/economy/plan', body(), 'application/json'), new AbortController().signal);
    });
  const r = result.value;
  return (
    <div class="stack">
      <div class="cards two">
        <label class="field">
          <span>{t('choose_files')}</span>
          <input type="file" multiple accept=".csv,.json,.xlsx" onChange={(e) => take(e.currentTarget.files)} />
          <p class="field-help">{t('choose_files_help')}</p>
        </label>
        <label class="field">
          <span>{t('choose_folder')}</span>
          <input type="file" ref={folder} onChange={(e) => take(e.currentTarget.files)} />
        </label>
      </div>
      {busy.value && <p role="status">{t('working')}</p>}
      {error.value !== null && <Failure error={error.value} />}
      {r !== null &&
        tables.value.notes.map((n) => (
          <div key={`${n.file} ${n.what}`} class="notice warn">
            {t(`read_${n.what}`, { file: n.file })}
          </div>
        ))}
      {r !== null && r.errors + r.warnings > 0 && !english() && <p class="soft small">{t('checker_english')}</p>}
      {r !== null && <Findings r={r} files={tables.value.files} />}
      {r !== null && r.loaded && r.errors === 0 && plan.value === null && (
        <button type="button" class="primary" disabled={busy.value} onClick={make}>
          {t('plan_it')}
        </button>
      )}
      {plan.value !== null && (
        <a class="button primary" href={`/plan?plan=${plan.value}`}>
          {t('show_plan')}
        </a>
      )}
    </div>
  );
}

export function EconomyPage(): JSX.Element {
  const plans = useLoad(loadPlans);
  return (
    <>
      <PageHead title={t('page_economy')}>{t('economy_lead')}</PageHead>
      <Load from={plans}>
        {(list) => {
          const id = query.value.get('plan') ?? list.now ?? list.plans[0]?.plan;
          return id === undefined ? <Empty>{t('no_plan_yet')}</Empty> : <PlanTables key={id} plan={id} />;
        }}
      </Load>
      <div class="no-print">
        <Part title={t('your_tables')} note={t('your_tables_note')}>
          <Upload />
        </Part>
      </div>
    </>
  );
}
