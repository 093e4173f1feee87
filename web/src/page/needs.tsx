// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Needs: forecasts with their intervals, what the plan is asked for, what people have ordered, and what was wanted and not there; both said in two taps.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Bars } from '../chart/bars';
import { Meter } from '../chart/icons';
import { get, query as withQuery } from '../lib/api';
import { about, moved, now } from '../lib/commons';
import { amount, count, measure, measured, percent } from '../lib/format';
import { t } from '../lib/i18n';
import { me } from '../lib/key';
import { useLoad } from '../lib/load';
import { loadGoods, loadNames, loadPlan, loadPlans, ratio, type Good, type Names, type Need } from '../lib/plan';
import type { Entry, RecordPage } from '../lib/record';
import { query } from '../lib/route';
import { keep, readKept } from '../lib/settings';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Chart, Empty, Failure, Load, PageHead, Part, Table } from '../ui/basic';
import { useRemote, useSlow, WindowTable } from '../ui/window';
import { Forecasts } from './forecast';
import { groupName } from './plan';
import { PrivacyLedger } from './privacy';
import { Figure, WhySheet } from './why';

const DAY = 86400;
const MILLION = 1e6; // amounts in the record are millionths of the unit
const today = (): number => Math.floor(now() / DAY);

export interface Wish {
  readonly good: string;
  readonly ordered: number;
  readonly orders: number;
  readonly missing: number;
  readonly reports: number;
}

// What was ordered (and not taken back) and what was reported missing, by good, the most often named first.
export function wishes(placed: readonly Entry[], withdrawn: readonly Entry[], missing: readonly Entry[]): Wish[] {
  const back = new Set(withdrawn.map((e) => String(e.body?.['order'] ?? '')));
  const by = new Map<string, Wish>();
  const add = (e: Entry, change: (w: Wish, x: number) => Wish): void => {
    const good = String(e.body?.['good'] ?? '');
    const x = Number(e.body?.['amount'] ?? 0) / MILLION;
    if (good !== '') by.set(good, change(by.get(good) ?? { good, ordered: 0, orders: 0, missing: 0, reports: 0 }, x));
  };
  for (const e of placed) if (!back.has(e.id)) add(e, (w, x) => ({ ...w, ordered: w.ordered + x, orders: w.orders + 1 }));
  for (const e of missing) add(e, (w, x) => ({ ...w, missing: w.missing + x, reports: w.reports + 1 }));
  return [...by.values()].sort((a, b) => b.orders + b.reports - (a.orders + a.reports) || (a.good < b.good ? -1 : 1));
}

function Say({ plan }: { plan: string }): JSX.Element {
  const wanted = useSignal('');
  const found = useSignal<readonly Good[]>([]);
  const good = useSignal<Good | null>(null);
  const much = useSignal(1);
  const place = useSignal(readKept('place') ?? '');
  const offered = useLoad((stop) => loadGoods(plan, { sort: 'delivered', most: 6 }, stop)); // what most people get: mostly it is one of these
  const search = (text: string): void => {
    wanted.value = text;
    good.value = null;
    void loadGoods(plan, { search: text, most: 6 }, new AbortController().signal).then((p) => (found.value = p.goods));
  };
  const g = good.value;
  const units = (): number => Math.max(1, Math.round(much.value * MILLION));
  return (
    <div class="card stack">
      <label class="field">
        <span>{t('what_do_you_need')}</span>
        <input type="search" value={g?.name ?? wanted.value} onInput={(e) => search(e.currentTarget.value)} />
      </label>
      {g === null && (
        <>
          {wanted.value === '' && <p class="small soft">{t('or_one_of')}</p>}
          <ul class="row plain">
            {(wanted.value !== '' ? found.value : offered.value.state === 'there' ? offered.value.data.goods : []).map((x) => (
              <li key={x.good}>
                <button type="button" class="small" onClick={() => (good.value = x)}>
                  {x.name}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {g !== null && (
        <>
          <label class="field">
            <span>{t('how_much', { unit: g.unit })}</span>
            <input type="number" min={0} step="any" value={much.value} onInput={(e) => (much.value = Number(e.currentTarget.value))} />
          </label>
          <label class="field">
            <span>{t('where_missing')}</span>
            <input value={place.value} maxLength={100} onInput={(e) => (place.value = e.currentTarget.value)} onChange={() => keep('place', place.value)} />
          </label>
          <div class="row">
            <Act
              kind="order.placed"
              look="primary"
              label={t('order_it')}
              fields={() => ({ good: g.good, amount: units(), from: today(), until: today() + 29 })}
              says={<p>{t('order_says', { amount: measure(much.value, g.unit), good: g.name })}</p>}
            />
            <Act
              kind="missing.reported"
              label={t('not_there')}
              disabled={place.value.trim() === ''}
              fields={() => ({ good: g.good, place: place.value.trim(), day: today(), amount: units() })}
              says={<p>{t('not_there_says', { amount: measure(much.value, g.unit), good: g.name, place: place.value })}</p>}
            />
          </div>
        </>
      )}
      <p class="soft small">{t('orders_are_public')}</p>
    </div>
  );
}

const kinds = (kind: string, stop: AbortSignal): Promise<readonly Entry[]> => get<RecordPage>(`/api/record${withQuery({ kind, most: 500 })}`, stop).then((p) => p.events);

function Wanted({ names }: { names: Names }): JSX.Element {
  const loaded = useLoad(async (stop) => {
    void moved.value;
    const [placed, withdrawn, missing] = await Promise.all([kinds('order.placed', stop), kinds('order.withdrawn', stop), kinds('missing.reported', stop)]);
    const back = new Set(withdrawn.map((e) => String(e.body?.['order'] ?? '')));
    return { all: wishes(placed, withdrawn, missing), mine: placed.filter((e) => e.member !== null && e.member === me.value && !back.has(e.id)) };
  });
  const title = t('wanted_title');
  return (
    <Load from={loaded}>
      {({ all, mine }) =>
        all.length === 0 ? (
          <Empty>{t('nothing_wanted')}</Empty>
        ) : (
          <>
            <Chart
              title={title}
              says={t('wanted_says')}
              table={
                <Table
                  caption={title}
                  rows={all}
                  columns={[
                    { name: t('good'), cell: (w) => <bdi>{names.of('good', w.good)}</bdi> },
                    { name: t('orders'), number: true, cell: (w) => count(w.orders) },
                    { name: t('ordered'), number: true, cell: (w) => amount(w.ordered) },
                    { name: t('reports'), number: true, cell: (w) => count(w.reports) },
                    { name: t('missing'), number: true, cell: (w) => amount(w.missing) },
                  ]}
                />
              }
            >
              <Bars title={title} bars={all.slice(0, 12).map((w) => ({ name: names.of('good', w.good), value: w.orders + w.reports, label: t('orders_and_reports', { orders: w.orders, reports: w.reports }) }))} />
            </Chart>
            {mine.length > 0 && (
              <>
                <h3>{t('my_orders')}</h3>
                <ul class="card plain lines">
                  {mine.map((e) => (
                    <li key={e.id} class="row between">
                      <span>
                        {amount(Number(e.body?.['amount']) / MILLION)} <bdi>{names.of('good', String(e.body?.['good']))}</bdi>
                      </span>
                      <Act kind="order.withdrawn" look="small" label={t('order_back')} fields={() => ({ order: fromHex(e.id) })} says={<p>{t('order_back')}</p>} />
                    </li>
                  ))}
                </ul>
              </>
            )}
          </>
        )
      }
    </Load>
  );
}

function AllNeeds({ plan }: { plan: string }): JSX.Element {
  const wanted = useSignal('');
  const short = useSignal(false);
  const search = useSlow(wanted.value);
  const only = short.value;
  const fetchPage = useMemo(
    () => async (from: number, most: number, stop: AbortSignal) => {
      const page = await get<{ total: number; needs: readonly Need[] }>(`/api/plans/${plan}/needs${withQuery({ search: search === '' ? undefined : search, short: only ? 1 : undefined, from, most })}`, stop);
      return { total: page.total, rows: page.needs };
    },
    [plan, search, only],
  );
  const { source, error } = useRemote(fetchPage);
  return (
    <>
      <div class="row">
        <label class="field">
          <span>{t('search_goods')}</span>
          <input type="search" value={wanted.value} onInput={(e) => (wanted.value = e.currentTarget.value)} />
        </label>
        <label class="row">
          <input type="checkbox" checked={only} onChange={(e) => (short.value = e.currentTarget.checked)} />
          <span>{t('only_short')}</span>
        </label>
      </div>
      {error !== null && <Failure error={error} />}
      <WindowTable
        caption={t('all_needs')}
        source={source}
        id={(n) => `${n.good}|${n.tier}|${n.group}`}
        columns={[
          {
            name: t('good'),
            cell: (n) => (
              <Figure what={`good:${n.good}`} label={t('good')}>
                {n.name ?? n.good}
              </Figure>
            ),
          },
          { name: t('for_whom'), cell: (n) => <bdi>{groupName(n.group)}</bdi> },
          { name: t('tier'), number: true, cell: (n) => count(n.tier) },
          { name: t('asked_for'), number: true, cell: (n) => measured(n.asked, n.unit) },
          { name: t('delivered'), number: true, cell: (n) => measured(n.delivered, n.unit) },
          { name: t('met'), number: true, cell: (n) => percent(ratio(n)) },
          { name: t('how_far'), cell: (n) => <Meter share={ratio(n)} /> },
        ]}
      />
    </>
  );
}

function One({ id }: { id: string }): JSX.Element {
  const loaded = useLoad(async (stop) => loadNames(await loadPlan(id, stop)));
  const commons = about.value?.commons_id != null;
  return (
    <Load from={loaded}>
      {(names) => (
        <>
          {commons && (
            <>
              <Part title={t('say_it')}>
                <Say plan={id} />
              </Part>
              <Part title={t('wanted_part')}>
                <Wanted names={names} />
              </Part>
            </>
          )}
          {about.value?.needs === true && (
            <Part title={t('forecasts')} note={t('forecasts_note')}>
              <Forecasts />
            </Part>
          )}
          <Part title={t('all_needs')} note={t('all_needs_note')}>
            <AllNeeds plan={id} />
          </Part>
          <WhySheet plan={id} />
        </>
      )}
    </Load>
  );
}

export function NeedsPage(): JSX.Element {
  const plans = useLoad(loadPlans);
  return (
    <>
      <PageHead title={t('page_needs')}>{t('needs_lead')}</PageHead>
      <Load from={plans}>
        {(list) => {
          const id = query.value.get('plan') ?? list.now ?? list.plans[0]?.plan;
          return id === undefined ? <Empty>{t('no_plan_yet')}</Empty> : <One key={id} id={id} />;
        }}
      </Load>
      {about.value?.ledger === true && about.value.commons_id !== null && (
        <Part title={t('privacy_title')}>
          <PrivacyLedger />
        </Part>
      )}
    </>
  );
}
