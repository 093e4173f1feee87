// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One round of sharing: what there is and by which rule, my wants (sealed until the close, then opened), and what I get and why.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { now } from '../lib/commons';
import { amount, count, fromNow, moment } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { me } from '../lib/key';
import { useLoad } from '../lib/load';
import { csvCell, forgetSealed, loadRound, loadSealed, openWants, sealedFile, sealWants, table, takeSealed, type OneRound, type Row, type SealedWant } from '../lib/share';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Load, PageHead, Part, Table } from '../ui/basic';
import { Person } from '../ui/person';
import { OutcomePart } from './outcome';

// ---- What there is ----

export interface Offered {
  readonly good: string;
  readonly unit: string;
  readonly quantity: string;
  readonly whole: boolean;
  readonly rule: string;
  readonly lot: string;
}

// The goods of a round, each with its rule; `*` is the rule of all that have none of their own.
export function offered(supply: readonly Row[], rules: readonly Row[]): Offered[] {
  return supply.map((s) => {
    const rule = rules.find((r) => r['good'] === s['good']) ?? rules.find((r) => r['good'] === '*');
    return { good: s['good'] ?? '', unit: s['unit'] ?? '', quantity: s['quantity'] ?? '', whole: s['whole'] === 'yes', rule: rule?.['rule'] ?? 'uniform', lot: rule?.['lot'] ?? '' };
  });
}

export function ruleName(rule: string): string {
  return t(`share_rule_${rule}` as WordKey);
}

function Goods({ goods }: { goods: readonly Offered[] }): JSX.Element {
  return (
    <>
      <Table
        caption={t('share_goods')}
        rows={goods}
        columns={[
          { name: t('good'), cell: (g) => <bdi>{g.good}</bdi> },
          { name: t('share_there_is'), number: true, cell: (g) => `${amount(Number(g.quantity))} ${g.unit}` },
          { name: t('share_rule'), cell: (g) => ruleName(g.rule) },
        ]}
      />
      <ul class="small soft">
        {[...new Set(goods.map((g) => g.rule))].map((r) => (
          <li key={r}>
            <strong>{ruleName(r)}</strong>: {t(`share_rule_says_${r}` as WordKey)}
          </li>
        ))}
      </ul>
    </>
  );
}

// ---- What I want ----

interface Wish {
  readonly amount: string;
  readonly taste: string;
}

// The wants as the table that is sealed.
export function wantsText(goods: readonly Offered[], wishes: ReadonlyMap<string, Wish>): string {
  const rows = goods.flatMap((g) => {
    const w = wishes.get(g.good);
    return w === undefined || !(Number(w.amount) > 0) ? [] : [`${csvCell(g.good)},${w.amount},${w.taste}\n`];
  });
  return `good,amount,taste\n${rows.join('')}`;
}

function Wishing({ round, goods, sealed }: { round: OneRound; goods: readonly Offered[]; sealed: SealedWant | null }): JSX.Element {
  const before = table(sealed === null ? null : (sealedFile(round.round, sealed.seal)?.slice(65) ?? null));
  const wishes = useSignal<ReadonlyMap<string, Wish>>(new Map(before.map((r) => [r['good'] ?? '', { amount: r['amount'] ?? '', taste: r['taste'] ?? '' }])));
  const set = (good: string, w: Wish): void => {
    wishes.value = new Map([...wishes.value, [good, w]]);
  };
  const one = (g: Offered): boolean => g.rule === 'lottery' || g.rule === 'urgency'; // one piece each
  const alternatives = (g: Offered): number => goods.filter((h) => h.rule === g.rule && h.lot === g.lot).length;
  const chosen = goods.filter((g) => Number(wishes.value.get(g.good)?.amount ?? 0) > 0);
  return (
    <div class="card stack">
      {goods.map((g) => {
        const w = wishes.value.get(g.good) ?? { amount: '', taste: '' };
        return one(g) ? (
          <div key={g.good} class="row between">
            <label class="row">
              <input type="checkbox" checked={w.amount === '1'} onChange={(e) => set(g.good, { ...w, amount: e.currentTarget.checked ? '1' : '' })} />
              <span>{t('share_want_one', { good: g.good })}</span>
            </label>
            {alternatives(g) > 1 && w.amount === '1' && (
              <label class="row small">
                <span>{t('share_how_much_liked')}</span>
                <select value={w.taste === '' ? '1' : w.taste} onChange={(e) => set(g.good, { ...w, taste: e.currentTarget.value })}>
                  {Array.from({ length: alternatives(g) }, (_, i) => (
                    <option key={i} value={String(alternatives(g) - i)}>
                      {t('share_choice_n', { n: i + 1 })}
                    </option>
                  ))}
                </select>
              </label>
            )}
          </div>
        ) : (
          <label key={g.good} class="field">
            <span>{t('share_how_much', { good: g.good, unit: g.unit === '' ? t('share_pieces') : g.unit })}</span>
            <input type="number" inputMode="decimal" min={0} step={g.whole ? 1 : 'any'} value={w.amount} onInput={(e) => set(g.good, { ...w, amount: e.currentTarget.value })} />
          </label>
        );
      })}
      <div class="row">
        <Act
          kind="share.sealed"
          look="primary"
          label={t(sealed === null ? 'share_seal' : 'share_seal_again')}
          disabled={chosen.length === 0}
          fields={async () => ({ round: fromHex(round.round), seal: await sealWants(round.round, wantsText(goods, wishes.value)) })}
          says={
            <>
              <ul>
                {chosen.map((g) => (
                  <li key={g.good}>
                    <bdi>{g.good}</bdi>: {amount(Number(wishes.value.get(g.good)?.amount))} {g.unit}
                  </li>
                ))}
              </ul>
              <p>{t('share_seal_says')}</p>
            </>
          }
        />
        <span class="soft small">{t('share_seal_note', { when: moment(round.seals) })}</span>
      </div>
      <p class="soft small">{t('share_honest')}</p>
    </div>
  );
}

function Kept({ round, sealed }: { round: OneRound; sealed: SealedWant }): JSX.Element {
  const file = sealedFile(round.round, sealed.seal);
  const wrong = useSignal(false);
  const there = useSignal(file !== null);
  if (file !== null) {
    return (
      <p class="row small">
        <Badge kind="good">{t('share_is_sealed')}</Badge> {t('share_kept_here')}
        <a class="button small" href={`data:text/plain;charset=utf-8,${encodeURIComponent(file)}`} download="wants.sealed">
          {t('share_save_sealed')}
        </a>
      </p>
    );
  }
  return (
    <div class="notice warn">
      <p>{t('share_not_here')}</p>
      <label class="field">
        <span>{t('share_take_sealed')}</span>
        <input
          type="file"
          onChange={(e) => {
            const chosen = e.currentTarget.files?.[0];
            void chosen?.text().then(async (text) => {
              there.value = await takeSealed(round.round, sealed.seal, text);
              wrong.value = !there.value;
            });
          }}
        />
      </label>
      {wrong.value && <p role="alert">{t('share_wrong_sealed')}</p>}
    </div>
  );
}

function Opening({ round, sealed }: { round: OneRound; sealed: SealedWant }): JSX.Element {
  const rows = table(sealedFile(round.round, sealed.seal)?.slice(65) ?? null);
  return (
    <div class="card stack mine">
      <p>
        <strong>{t('share_open_now', { when: moment(round.opens), left: fromNow(round.opens, now()) })}</strong>
      </p>
      <Kept round={round} sealed={sealed} />
      <Act
        kind="share.opened"
        look="primary"
        label={t('share_open')}
        fields={async () => {
          const { salt, wants } = await openWants(round.round, sealed.seal);
          return { round: fromHex(round.round), salt, wants };
        }}
        says={
          <>
            <ul>
              {rows.map((r) => (
                <li key={r['good']}>
                  <bdi>{r['good']}</bdi>: {r['amount']}
                </li>
              ))}
            </ul>
            <p>{t('share_open_says')}</p>
          </>
        }
        done={() => forgetSealed(round.round)}
      />
    </div>
  );
}

function Mine({ round, goods }: { round: OneRound; goods: readonly Offered[] }): JSX.Element {
  const member = me.value;
  const loaded = useLoad((stop) => (member === null ? Promise.resolve(null) : loadSealed(round.round, member, stop)));
  return (
    <Load from={loaded}>
      {(sealed) => {
        if (round.state === 'sealing') {
          return (
            <>
              {sealed !== null && <Kept round={round} sealed={sealed} />}
              <Wishing key={sealed?.seal ?? ''} round={round} goods={goods} sealed={sealed} />
            </>
          );
        }
        if (sealed === null) return <p class="soft">{t('share_none_sealed')}</p>;
        if (sealed.position !== null) {
          return (
            <p>
              <Badge kind="good">{t('share_is_open')}</Badge> {table(sealed.wants).map((r) => `${r['good']}: ${r['amount']}`).join(', ')}
            </p>
          );
        }
        return round.state === 'opening' ? <Opening round={round} sealed={sealed} /> : <p class="soft">{t('share_never_opened')}</p>;
      }}
    </Load>
  );
}

// ---- Who may have it first ----

interface Listed {
  readonly person: string;
  readonly score: number;
  readonly facts: readonly number[];
}

// People by urgency: the sum of voted weights times facts.
export function urgencyList(people: readonly Row[], criteria: readonly Row[]): Listed[] {
  const rows = people.map((p) => {
    const facts = criteria.map((c) => Number(p[c['criterion'] ?? ''] ?? 0) * Number(c['weight'] ?? 0));
    return { person: p['person'] ?? '', facts, score: facts.reduce((s, x) => s + x, 0) };
  });
  return rows.sort((a, b) => b.score - a.score || (a.person < b.person ? -1 : 1));
}

function Urgency({ round }: { round: OneRound }): JSX.Element {
  const criteria = table(round.urgency);
  return (
    <Part title={t('share_list')} note={t('share_list_note')}>
      <Table
        caption={t('share_list')}
        rows={urgencyList(table(round.people), criteria)}
        columns={[
          { name: t('member'), cell: (p) => <Person id={p.person} /> },
          ...criteria.map((c, i) => ({ name: t('share_weighs', { what: (c['criterion'] ?? '').replace(/_/g, ' '), weight: c['weight'] ?? '' }), number: true, cell: (p: Listed) => amount(p.facts[i] ?? 0) })),
          { name: t('share_score'), number: true, cell: (p) => <strong>{amount(p.score)}</strong> },
        ]}
      />
    </Part>
  );
}

// ---- The page ----

export function Steps({ round }: { round: OneRound }): JSX.Element {
  const at = ['sealing', 'opening', 'drawing', 'ready'].indexOf(round.state);
  const when = [round.seals, round.opens];
  return (
    <ol class="steps-row" aria-label={t('share_how_it_goes')}>
      {(['sealing', 'opening', 'drawing', 'ready'] as const).map((s, i) => (
        <li key={s} class={i === at ? 'now' : i < at ? 'past' : ''} aria-current={i === at ? 'step' : undefined}>
          <strong>{t(`share_state_${s}`)}</strong>
          {i < 2 && <span class="small soft">{i === at ? fromNow(when[i] as number, now()) : moment(when[i] as number)}</span>}
        </li>
      ))}
    </ol>
  );
}

function Shown({ round }: { round: OneRound }): JSX.Element {
  const goods = offered(table(round.supply), table(round.rules));
  return (
    <>
      <PageHead title={round.title ?? t('hidden_text')}>
        {t('share_by_rule', { assembly: round.assembly_name === 'everyone' ? t('everybody') : round.assembly_name })}{' '}
        <a href={`/councils/motion/${round.motion}`}>{t('share_the_motion')}</a>
      </PageHead>
      <Steps round={round} />
      <p class="soft small">{t('share_counts', { sealed: count(round.sealed), opened: count(round.opened) })}</p>
      {round.state === 'ready' && <OutcomePart round={round} />}
      <Part title={t('share_my_wants')}>
        <Mine round={round} goods={goods} />
        <details>
          <summary>{t('share_who_sees')}</summary>
          <ul class="small">
            <li>{t('share_sees_sealed')}</li>
            <li>{t('share_sees_open')}</li>
            <li>{t('share_sees_name')}</li>
            <li>{t('share_sees_other')}</li>
          </ul>
        </details>
      </Part>
      <Part title={t('share_goods')}>
        <Goods goods={goods} />
      </Part>
      {round.urgency !== null && round.urgency !== '' && <Urgency round={round} />}
    </>
  );
}

export function RoundPage({ id }: { id: string }): JSX.Element {
  const loaded = useLoad((stop) => loadRound(id, stop));
  return <Load from={loaded}>{(round) => <Shown round={round} />}</Load>;
}
