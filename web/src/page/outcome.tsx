// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The outcome of a round: what I get and why, levels and prices, the draw, and the whole worked out again in this browser.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { Bars } from '../chart/bars';
import { amount, count, exact, percent } from '../lib/format';
import { t } from '../lib/i18n';
import { me } from '../lib/key';
import { useLoad } from '../lib/load';
import { loadAllotments, loadOutcome, type OneRound, type Outcome, type OutcomeGood } from '../lib/share';
import { allotmentsHash, checkOutcome, turns, type Found, type Turn, type Want } from '../record/allot';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Chart, Empty, Failure, Load, Part, Table } from '../ui/basic';
import { Person } from '../ui/person';
import { ruleName } from './round';

const measured = (x: number, g: OutcomeGood): string => `${amount(x)} ${g.unit === '' && g.whole ? t('share_pieces') : g.unit}`;

// ---- Mine ----

function why(w: Want, g: OutcomeGood): string {
  if (g.rule === 'lottery') return t(w.got > 0 ? 'share_why_drawn' : 'share_why_not_drawn', { pieces: count(g.supply), claimants: count(g.claimants) });
  if (g.rule === 'urgency') return t(w.got > 0 ? 'share_why_urgent' : 'share_why_less_urgent', { score: amount(w.score) });
  if (w.claim !== null && w.got >= w.claim) return g.rule === 'points' && (g.price ?? 0) > 0 ? t('share_why_bought', { price: amount(g.price ?? 0) }) : t('share_why_all');
  if (g.rule === 'points' && !g.floors_short) return t('share_why_price', { price: amount(g.price ?? 0), unit: g.unit });
  if (g.floors_short) return t('share_why_floors');
  return t('share_why_level', { level: measured(g.level ?? 0, g), points: amount(w.points) });
}

// What is paid for what exceeds the floors, in points.
export function spent(wants: readonly Want[], goods: ReadonlyMap<string, { readonly rule: string; readonly price: number | null }>): number {
  return wants.reduce((s, w) => {
    const g = goods.get(w.good);
    return s + (g?.rule === 'points' && g.price !== null ? g.price * Math.max(0, w.got - w.floor) : 0);
  }, 0);
}

function Mine({ round, outcome }: { round: OneRound; outcome: Outcome }): JSX.Element {
  const member = me.value;
  const goods = new Map(outcome.goods.map((g) => [g.good, g]));
  const loaded = useLoad((stop) => (member === null ? Promise.resolve([]) : loadAllotments(round.round, { person: member }, stop)));
  return (
    <Load from={loaded}>
      {(wants) => {
        if (member === null) return <p class="soft">{t('share_no_key')}</p>;
        if (wants.length === 0) return <p class="soft">{t('share_nothing_mine')}</p>;
        const used = spent(wants, goods);
        return (
          <>
            <ul class="card plain lines mine">
              {wants.map((w) => {
                const g = goods.get(w.good) as OutcomeGood;
                return (
                  <li key={w.good}>
                    <p class="row between">
                      <strong>
                        <bdi>{w.good}</bdi>
                      </strong>
                      <span class="number">
                        <strong>{measured(w.got, g)}</strong> {w.claim !== null && <span class="soft">{t('share_of_wanted', { wanted: measured(w.claim, g) })}</span>}
                      </span>
                    </p>
                    <p class="small soft">{why(w, g)}</p>
                  </li>
                );
              })}
            </ul>
            {outcome.market != null && <p>{t('share_points_left', { used: amount(used), all: amount(wants[0]?.points ?? 1), left: amount(Math.max(0, (wants[0]?.points ?? 1) - used)) })}</p>}
          </>
        );
      }}
    </Load>
  );
}

// ---- All goods ----

function Goods({ outcome }: { outcome: Outcome }): JSX.Element {
  const title = t('share_all_goods');
  const price = (g: OutcomeGood): string =>
    g.rule === 'points' ? (g.price === null ? t('share_by_floors') : g.price === 0 ? t('share_free') : t('share_price_is', { price: amount(g.price) })) : g.level === null ? '' : t('share_level_is', { level: measured(g.level, g) });
  return (
    <Chart
      title={title}
      says={t('share_all_goods_says')}
      table={
        <Table
          caption={title}
          rows={outcome.goods}
          columns={[
            { name: t('good'), cell: (g) => <bdi>{g.good}</bdi> },
            { name: t('share_rule'), cell: (g) => ruleName(g.rule) },
            { name: t('share_there_is'), number: true, cell: (g) => measured(g.supply, g) },
            { name: t('share_claimed'), number: true, cell: (g) => measured(g.claimed, g) },
            { name: t('share_price_level'), cell: price },
            { name: t('share_get_less'), number: true, cell: (g) => count(g.short) },
            { name: t('share_get_nothing'), number: true, cell: (g) => count(g.nothing) },
            { name: t('share_by_lot'), number: true, cell: (g) => exact(g.drawn) },
          ]}
        />
      }
    >
      <Bars
        title={title}
        bars={outcome.goods.map((g) => ({ name: g.good, value: g.claimed > 0 ? Math.min(1, g.given / g.claimed) : 1, label: `${percent(g.claimed > 0 ? Math.min(1, g.given / g.claimed) : 1)}${price(g) === '' ? '' : ` · ${price(g)}`}` }))}
      />
    </Chart>
  );
}

// ---- Worked out again ----

interface Checked {
  readonly found: readonly Found[];
  readonly hash: string;
  readonly draws: readonly { readonly name: string; readonly turns: readonly Turn[] }[];
}

async function workOut(round: OneRound, outcome: Outcome): Promise<Checked> {
  const wants = await loadAllotments(round.round, {});
  const seed = outcome.seed ?? '';
  const lots = new Map<string, OutcomeGood[]>();
  for (const g of outcome.goods) if (g.rule === 'lottery' || g.rule === 'urgency') lots.set(`${g.rule} ${g.lot}`, [...(lots.get(`${g.rule} ${g.lot}`) ?? []), g]);
  const draws = await Promise.all([...lots.values()].map(async (goods) => ({ name: goods.map((g) => g.good).join(', '), turns: await turns(goods, wants, seed) })));
  return { found: await checkOutcome(outcome.goods, wants, seed, outcome.substitution ?? 1.5), hash: await allotmentsHash(outcome.goods, wants), draws };
}

function Draw({ name, turns: order }: { name: string; turns: readonly Turn[] }): JSX.Element {
  return (
    <>
      <Table
        caption={t('share_draw_of', { goods: name })}
        rows={order.map((o, i) => ({ ...o, place: i + 1 })).slice(0, 500)}
        columns={[
          { name: t('share_place'), number: true, cell: (o) => count(o.place) },
          { name: t('member'), cell: (o) => <Person id={o.person} /> },
          ...(order.some((o) => o.score > 0) ? [{ name: t('share_score'), number: true, cell: (o: Turn) => amount(o.score) }] : []),
          { name: t('share_ticket'), cell: (o) => <code>{o.ticket.toString(16).padStart(16, '0')}</code> },
          { name: t('share_took'), cell: (o) => (o.took === null ? '–' : <bdi>{o.took}</bdi>) },
        ]}
      />
      <p class="small soft">{t('share_draw_how')}</p>
    </>
  );
}

function Check({ round, outcome }: { round: OneRound; outcome: Outcome }): JSX.Element {
  const done = useSignal<Checked | null>(null);
  const error = useSignal<Error | null>(null);
  const busy = useSignal(false);
  const run = (): void => {
    busy.value = true;
    error.value = null;
    workOut(round, outcome)
      .then((c) => (done.value = c))
      .catch((e: unknown) => (error.value = e instanceof Error ? e : new Error(String(e))))
      .finally(() => (busy.value = false));
  };
  const c = done.value;
  const all = c !== null && c.found.every((f) => f.holds) && c.hash === outcome.hash;
  return (
    <>
      <div class="row">
        <button type="button" class="primary" disabled={busy.value} onClick={run}>
          {t(busy.value ? 'share_checking' : 'share_check_here')}
        </button>
        <span class="small soft">{t('share_check_note')}</span>
      </div>
      {error.value !== null && <Failure error={error.value} />}
      {c !== null && (
        <div role="status" class="stack">
          <p>
            <Badge kind={all ? 'good' : 'short'}>
              {all ? '✓' : '✗'} {t(all ? 'share_check_holds' : 'share_check_fails')}
            </Badge>
          </p>
          <ul class="plain">
            {c.found.map((f) => (
              <li key={f.good} class="row">
                <Badge kind={f.holds ? 'good' : 'short'}>{f.holds ? '✓' : '✗'}</Badge>
                <span>
                  <bdi>{f.good}</bdi>: <span class="soft">{t(`share_checked_${f.rule}`)}</span>
                </span>
              </li>
            ))}
          </ul>
          {all && (
            <Act
              kind="share.entered"
              label={t('share_enter')}
              fields={() => ({ round: fromHex(round.round), outcome: fromHex(c.hash) })}
              says={<p>{t('share_enter_says', { hash: c.hash.slice(0, 16) })}</p>}
            />
          )}
          {c.draws.map((d) => (
            <Draw key={d.name} name={d.name} turns={d.turns} />
          ))}
        </div>
      )}
      <dl class="facts">
        {outcome.market != null && (
          <>
            <dt>{t('share_clears')}</dt>
            <dd>{t('share_clears_says', { off: percent(Math.max(outcome.market.excess, outcome.market.slack)) })}</dd>
            <dt>{t('share_envy')}</dt>
            <dd>{t('share_envy_says', { envy: percent(outcome.market.envy) })}</dd>
            <dt>{t('share_unspent')}</dt>
            <dd>{percent(outcome.market.unspent)}</dd>
          </>
        )}
        <dt>{t('share_wasted')}</dt>
        <dd>{outcome.goods.every((g) => g.given >= Math.min(g.supply, g.claimed) - 1e-9) ? t('share_wasted_none') : t('share_wasted_some')}</dd>
        <dt>{t('share_floors')}</dt>
        <dd>{outcome.goods.some((g) => g.floors_short) ? t('share_floors_short', { goods: outcome.goods.filter((g) => g.floors_short).map((g) => g.good).join(', ') }) : t('share_floors_met')}</dd>
        <dt>{t('share_seed')}</dt>
        <dd>
          <code>{outcome.seed}</code> <a href={`/api/lots/${round.round}`}>{t('share_the_lot')}</a>
        </dd>
        <dt>{t('share_hash')}</dt>
        <dd>
          <code>{outcome.hash}</code> {t('share_entered_n', { n: round.outcomes })}
        </dd>
      </dl>
      <p class="small">{t('share_command')}</p>
      <pre class="scroll" tabIndex={0}>
        <code>{`plenty share case COMMONS ${round.round.slice(0, 12)} -o case\nplenty share allot case -o shared --seed ${outcome.seed ?? ''}\nplenty verify shared`}</code>
      </pre>
    </>
  );
}

export function OutcomePart({ round }: { round: OneRound }): JSX.Element {
  const loaded = useLoad((stop) => loadOutcome(round.round, stop));
  return (
    <Load from={loaded}>
      {(outcome) =>
        outcome.members === 0 ? (
          <Empty>{t('share_nobody')}</Empty>
        ) : (
          <>
            <Part title={t('share_what_i_get')}>
              <Mine round={round} outcome={outcome} />
            </Part>
            <Part title={t('share_what_all_get')}>
              <Goods outcome={outcome} />
              {outcome.left_out > 0 && <p class="soft small">{t('share_left_out', { n: outcome.left_out })}</p>}
            </Part>
            <Part title={t('share_check')}>
              <Check round={round} outcome={outcome} />
            </Part>
          </>
        )
      }
    </Load>
  );
}
