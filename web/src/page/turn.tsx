// SPDX-License-Identifier: AGPL-3.0-or-later
//
// My turn: what I have to do, whose turn everything is and why, swaps, what is owed.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { Bars } from '../chart/bars';
import { sessions } from '../lib/act';
import { get } from '../lib/api';
import { about, moved, now } from '../lib/commons';
import { count, day, exact, fromNow, moment, percent } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import type { Task } from '../lib/keeper';
import { me, signer } from '../lib/key';
import { useLoad } from '../lib/load';
import { linkOf, type Ballot } from '../lib/votes';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Chart, Empty, Load, PageHead, Part, Table } from '../ui/basic';
import { KeeperTask } from '../ui/keeper';
import { Person, person } from '../ui/person';
import { assemblyName } from './councils';
import { FlowTasks } from './mine';

interface Duty {
  readonly class: string;
  readonly period: number;
  readonly slot: number;
  readonly holder: string | null;
  readonly second: string | null;
  readonly trainee: string | null;
  readonly state: 'open' | 'on duty' | 'served' | 'lapsed';
  readonly debt: number;
  readonly tied: number;
  readonly candidates: number;
  readonly rested: boolean;
  readonly was: number | null;
  readonly refusals: number;
  readonly by: string | null;
}
interface Class {
  readonly class: string;
  readonly name: string;
  readonly weight: number;
  readonly slots: number;
  readonly duties: readonly Duty[];
}
interface Account {
  readonly member: string;
  readonly debt: number;
  readonly turns: number;
  readonly refusals: number;
  readonly state: string;
}
interface Rota {
  readonly rota: string;
  readonly days: number;
  readonly assembly_name: string;
  readonly period_begins: number;
  readonly period_ends: number;
  readonly people: number;
  readonly turns: number;
  readonly gini_thousandths: number;
  readonly classes: readonly Class[];
  readonly accounts: readonly Account[];
  readonly fillings: readonly { readonly period: number; readonly seed: string }[];
}
interface Offer {
  readonly offer: string;
  readonly by: string;
  readonly accepted: boolean;
  readonly gives_class: string;
  readonly takes_class: string;
}
interface Mine {
  readonly ballots: readonly (Ballot & { readonly voted: boolean })[];
  readonly elections: readonly { readonly election: string; readonly nominated: number | null }[];
  readonly member: string;
  readonly trusts: readonly Omit<Task, 'member'>[];
}

const points = (thousandths: number): string => exact(thousandths / 1000);
const place = (d: Duty) => ({ class: fromHex(d.class), period: d.period, slot: d.slot });

// Why the draw fell on this member.
function reason(d: Duty): string {
  const parts = [t('why_turn', { debt: points(d.debt), candidates: count(d.candidates) })];
  if (d.tied > 1) parts.push(t('why_tied', { n: d.tied }));
  if (d.refusals > 0) parts.push(t('why_refused', { n: d.refusals }));
  if (d.rested) parts.push(t('why_rested'));
  return parts.join(' ');
}

function Swap({ mine, rota }: { mine: Duty; rota: Rota }): JSX.Element | null {
  const others = rota.classes.flatMap((c) => c.duties.filter((d) => d.holder !== null && d.holder !== me.value && d.state === 'on duty').map((d) => ({ d, name: c.name })));
  const chosen = useSignal('0');
  if (others.length === 0) return null;
  const other = (): Duty => (others[Number(chosen.value)] as (typeof others)[number]).d;
  return (
    <Act
      kind="rota.offered"
      look="small"
      label={t('offer_swap')}
      fields={() => ({ ...place(mine), other_class: fromHex(other().class), other_slot: other().slot })}
      says={
        <label class="field">
          <span>{t('swap_with')}</span>
          <select value={chosen.value} onChange={(e) => (chosen.value = e.currentTarget.value)}>
            {others.map((o, i) => (
              <option key={i} value={String(i)}>
                {o.name} · {person(o.d.holder)}
              </option>
            ))}
          </select>
        </label>
      }
    />
  );
}

function DutyCard({ c, d, rota }: { c: Class; d: Duty; rota: Rota }): JSX.Element {
  const mine = d.holder !== null && d.holder === me.value;
  return (
    <article class={`card stack ${mine ? 'mine' : ''}`}>
      <h3 class="row">
        <bdi>{c.name}</bdi>
        <Badge {...(d.state === 'served' ? { kind: 'good' as const } : d.state === 'lapsed' ? { kind: 'short' as const } : { kind: 'accent' as const })}>{t(`duty_${d.state.replace(' ', '_')}` as WordKey)}</Badge>
      </h3>
      <p>{d.holder === null ? t('nobody_yet') : <Person id={d.holder} />}</p>
      {d.trainee !== null && (
        <p class="small soft row">
          {t('learns_too')} <Person id={d.trainee} />
        </p>
      )}
      {d.holder !== null && (
        <details class="small">
          <summary>{t('why_this_one')}</summary>
          <p>{reason(d)}</p>
          <p class="soft">{t('why_seed')}</p>
        </details>
      )}
      {d.state === 'on duty' && (
        <div class="row">
          {mine ? (
            <>
              <Act kind="rota.refused" look="small" label={t('refuse_turn')} fields={() => place(d)} says={<p>{t('refuse_says', { task: c.name })}</p>} />
              <Swap mine={d} rota={rota} />
            </>
          ) : (
            d.period > 0 && <Act kind="rota.served" look="small" label={t('confirm_turn')} fields={() => ({ ...place(d), period: d.period - 1 })} says={<p>{t('confirm_says', { task: c.name })}</p>} />
          )}
        </div>
      )}
    </article>
  );
}

function Away(): JSX.Element {
  const days = useSignal(14);
  const part = useSignal(0);
  return (
    <details class="card">
      <summary>{t('say_away')}</summary>
      <div class="stack">
        <label class="field">
          <span>{t('away_days')}</span>
          <input type="number" min={1} max={366} value={days.value} onInput={(e) => (days.value = Number(e.currentTarget.value))} />
        </label>
        <label class="field">
          <span>{t('away_percent', { percent: part.value })}</span>
          <input type="range" min={0} max={99} step={1} value={part.value} onInput={(e) => (part.value = Number(e.currentTarget.value))} />
        </label>
        <Act
          kind="rota.absent"
          label={t('say_away')}
          fields={() => ({ percent: part.value, from: now(), until: now() + Math.min(366, Math.max(1, days.value)) * 86400 })}
          says={<p>{t('away_says', { days: days.value, percent: part.value })}</p>}
        />
      </div>
    </details>
  );
}

function Accounts({ rota }: { rota: Rota }): JSX.Element {
  const rows = [...rota.accounts].sort((a, b) => b.debt - a.debt);
  const title = t('who_owes');
  const table = (
    <Table
      caption={title}
      rows={rows}
      columns={[
        { name: t('member'), cell: (a) => <Person id={a.member} /> },
        { name: t('owes'), number: true, cell: (a) => points(a.debt) },
        { name: t('turns_done'), number: true, cell: (a) => count(a.turns) },
        { name: t('refused_times'), number: true, cell: (a) => count(a.refusals) },
      ]}
    />
  );
  return (
    <Chart title={title} says={t('owes_note')} table={table}>
      <Bars title={title} differences bars={rows.slice(0, 20).map((a) => ({ name: person(a.member), value: a.debt / 1000, label: points(a.debt) }))} />
    </Chart>
  );
}

function Offers({ rotas }: { rotas: readonly Rota[] }): JSX.Element {
  const loaded = useLoad((stop) => {
    void moved.value;
    return get<{ offers: readonly Offer[] }>('/api/offers', stop);
  });
  const name = (id: string): string => rotas.flatMap((r) => r.classes).find((c) => c.class === id)?.name ?? '';
  return (
    <Load from={loaded}>
      {({ offers }) => {
        const open = offers.filter((o) => !o.accepted);
        return open.length === 0 ? (
          <p class="soft">{t('no_offers')}</p>
        ) : (
          <ul class="plain">
            {open.map((o) => (
              <li key={o.offer} class="card row between">
                <span>{t('offer_words', { who: person(o.by), gives: name(o.gives_class), takes: name(o.takes_class) })}</span>
                {o.by !== me.value && <Act kind="rota.swapped" look="small" label={t('accept_swap')} fields={() => ({ offer: fromHex(o.offer) })} says={<p>{t('offer_words', { who: person(o.by), gives: name(o.gives_class), takes: name(o.takes_class) })}</p>} />}
              </li>
            ))}
          </ul>
        );
      }}
    </Load>
  );
}

function ToDo(): JSX.Element {
  const loaded = useLoad(async (stop) => {
    void [moved.value, sessions.value];
    return signer.value === null ? null : get<Mine>('/api/me', stop);
  });
  return (
    <Load from={loaded}>
      {(mine) => {
        if (mine === null) {
          return (
            <p>
              {t('open_key_first')} <a href="/key">{t('page_key')}</a>
            </p>
          );
        }
        const todo = mine.ballots.filter((b) => !b.voted);
        const keeps = mine.trusts.map((x) => <KeeperTask key={`${x.trust} ${x.waits}`} task={{ ...x, member: mine.member }} />);
        if (todo.length + mine.elections.length === 0) return keeps.length === 0 ? <p>{t('nothing_to_do')}</p> : <>{keeps}</>;
        return (
          <>
            {keeps}
            <ul class="card plain lines">
              {todo.map((b) => (
                <li key={b.ballot} class="row between">
                  <a href={linkOf(b)}>{t(`about_${b.about}` as WordKey)}</a>
                  <span class="soft small">{t('vote_until', { when: moment(b.closes) })}</span>
                </li>
              ))}
              {mine.elections.map((e) => (
                <li key={e.election} class="row between">
                  <a href={`/councils/election/${e.election}`}>{t('you_can_stand')}</a>
                  {e.nominated !== null && <span class="soft small">{fromNow(e.nominated, now())}</span>}
                </li>
              ))}
            </ul>
          </>
        );
      }}
    </Load>
  );
}

async function loadRotas(stop: AbortSignal): Promise<readonly Rota[]> {
  void moved.value;
  const { rotas } = await get<{ rotas: readonly { readonly rota: string }[] }>('/api/rotas', stop);
  return Promise.all(rotas.map((r) => get<Rota>(`/api/rotas/${r.rota}`, stop)));
}

function Turns(): JSX.Element {
  const loaded = useLoad(loadRotas);
  return (
    <Load from={loaded}>
      {(rotas) =>
        rotas.length === 0 ? (
          <Empty>{t('no_rota')}</Empty>
        ) : (
          <>
            {rotas.map((r) => (
              <Part key={r.rota} title={t('rota_of', { assembly: assemblyName(r.assembly_name) })} note={t('rota_period', { from: day(r.period_begins), until: day(r.period_ends), left: fromNow(r.period_ends, now()) })}>
                <div class="cards">{r.classes.flatMap((c) => c.duties.map((d) => <DutyCard key={`${d.class} ${d.slot}`} c={c} d={d} rota={r} />))}</div>
                <Accounts rota={r} />
                {r.turns > 0 && <p class="small soft">{t('evenness', { turns: count(r.turns), gini: percent(r.gini_thousandths / 1000) })}</p>}
              </Part>
            ))}
            <Part title={t('swaps')}>
              <Offers rotas={rotas} />
            </Part>
            <Away />
          </>
        )
      }
    </Load>
  );
}

export function TurnPage(): JSX.Element {
  return (
    <>
      <PageHead title={t('page_turn')}>{t('turn_lead')}</PageHead>
      {about.value?.commons_id == null ? (
        <Empty>{t('no_commons')}</Empty>
      ) : (
        <>
          <Part title={t('to_do')}>
            <ToDo />
          </Part>
          <FlowTasks />
          <Turns />
        </>
      )}
    </>
  );
}
