// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What `plenty watch` has found in tables beside the record: promises that change and why, how well units foresee, figures that do not fit together.
// In careful words: a chart accuses nobody.
import type { ComponentChildren, JSX } from 'preact';
import { Bars } from '../chart/bars';
import { get } from '../lib/api';
import { about } from '../lib/commons';
import { amount, count, difference, percent } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { Refusal, useLoad } from '../lib/load';
import { Badge, Chart, Load, Part, Table } from '../ui/basic';

type Cell = string | number | null;
type Row = Readonly<Record<string, Cell>>;
interface Found {
  readonly rows: readonly Row[];
  readonly total: number;
}

// A table that may not be there: null.
async function found(name: string, stop: AbortSignal): Promise<Found | null> {
  try {
    return await get<Found>(`/api/watch/${name}`, stop);
  } catch (e) {
    if (e instanceof Refusal && e.status === 404) return null;
    throw e;
  }
}
const number = (c: Cell | undefined): number | null => (typeof c === 'number' ? c : null);
const text = (c: Cell | undefined): string => (c === null || c === undefined ? '' : String(c));
const figure = (c: Cell | undefined): string => (typeof c === 'number' ? amount(c) : '–');

function More({ table }: { table: Found }): JSX.Element | null {
  return table.rows.length < table.total ? <p class="soft small">{t('found_more', { n: table.total - table.rows.length })}</p> : null;
}

// Why a promise changes; the words say the direction.
export function because(r: Row): string {
  const up = (number(r['now']) ?? 0) > (number(r['promised']) ?? 0);
  const why = text(r['why']);
  return t((why === 'limit' ? 'replan_limit' : `replan_${why}_${up ? 'up' : 'down'}`) as WordKey, { good: text(r['good']), other: text(r['other']) === '' ? t('replan_others') : text(r['other']) });
}

function Changes({ table }: { table: Found }): JSX.Element {
  const title = t('replan_title');
  const change = (r: Row): number => {
    const [was, is] = [number(r['promised']) ?? 0, number(r['now']) ?? 0];
    return was > 0 ? is / was - 1 : is > 0 ? 1 : 0;
  };
  const rows = table.rows;
  return (
    <Part title={title} note={t('replan_note')}>
      {rows.length === 0 ? (
        <p>{t('replan_none')}</p>
      ) : (
        <Chart
          title={t('replan_what')}
          table={
            <Table
              caption={title}
              rows={rows}
              columns={[
                { name: t('column_recipe'), cell: (r) => <bdi>{text(r['recipe'])}</bdi> },
                { name: t('replan_promised'), number: true, cell: (r) => figure(r['promised']) },
                { name: t('replan_now'), number: true, cell: (r) => figure(r['now']) },
                { name: t('replan_year'), number: true, cell: (r) => `${figure(r['year_before'])} → ${figure(r['year_now'])}` },
                { name: t('replan_because'), cell: because },
              ]}
            />
          }
        >
          <Bars title={t('replan_what')} differences bars={rows.slice(0, 15).map((r) => ({ name: `${text(r['recipe'])}: ${because(r)}`, value: change(r), label: difference(change(r), percent) }))} />
        </Chart>
      )}
      <More table={table} />
    </Part>
  );
}

function Targets({ table }: { table: Found }): JSX.Element {
  const title = t('targets_title');
  return (
    <Part title={title} note={t('targets_note')}>
      <Table
        caption={title}
        rows={table.rows}
        columns={[
          { name: t('targets_unit'), cell: (r) => <bdi>{text(r['unit'])}</bdi> },
          { name: t('targets_n'), number: true, cell: (r) => count(number(r['announcements']) ?? 0) },
          { name: t('targets_expected'), number: true, cell: (r) => figure(r['announced_below']) },
          { name: t('targets_came'), number: true, cell: (r) => figure(r['came_below']) },
          { name: t('targets_chance'), number: true, cell: (r) => (number(r['by_chance']) === null ? '–' : percent(number(r['by_chance']) ?? 0)) },
          { name: t('targets_off'), number: true, cell: (r) => (number(r['loss']) === null ? '–' : percent(number(r['loss']) ?? 0)) },
          { name: t('targets_says'), cell: (r) => (number(r['pads']) === 1 ? <strong>{t('targets_cautious')}</strong> : t('targets_fits')) },
        ]}
      />
      <More table={table} />
    </Part>
  );
}

function Books({ table }: { table: Found }): JSX.Element {
  const title = t('books_title');
  const rows = [...table.rows].sort((a, b) => Number(text(b['suspicion']) !== '') - Number(text(a['suspicion']) !== ''));
  const look = rows.filter((r) => text(r['suspicion']) !== '').length;
  return (
    <Part title={title} note={t('books_note')}>
      <p>
        <strong>{look === 0 ? t('books_fit') : t('books_look', { n: look })}</strong>
      </p>
      <Table
        caption={title}
        rows={rows}
        columns={[
          { name: t('targets_unit'), cell: (r) => <bdi>{text(r['unit'])}</bdi> },
          { name: t('books_claimed'), number: true, cell: (r) => figure(r['claimed']) },
          { name: t('books_reconciled'), number: true, cell: (r) => figure(r['reconciled']) },
          { name: t('books_balance'), number: true, cell: (r) => figure(r['balance_z']) },
          { name: t('books_inputs'), number: true, cell: (r) => figure(r['technology_z']) },
          { name: t('books_tills'), number: true, cell: (r) => figure(r['till_z']) },
          { name: t('targets_says'), cell: (r) => (text(r['suspicion']) === '' ? t('books_fits') : <Badge kind="warn">{t('books_go_and_look')}</Badge>) },
        ]}
      />
      <p class="small soft">{t('books_how')}</p>
      <More table={table} />
    </Part>
  );
}

function Section({ name, children }: { name: string; children: (table: Found) => ComponentChildren }): JSX.Element {
  const loaded = useLoad((stop) => found(name, stop));
  return <Load from={loaded}>{(table) => (table === null ? null : children(table))}</Load>;
}

export function FoundParts(): JSX.Element | null {
  if (about.value?.watch !== true) return null;
  return (
    <>
      <Section name="changes">{(table) => <Changes table={table} />}</Section>
      <Section name="targets">{(table) => <Targets table={table} />}</Section>
      <Section name="books">{(table) => <Books table={table} />}</Section>
    </>
  );
}
