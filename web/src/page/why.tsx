// SPDX-License-Identifier: AGPL-3.0-or-later
//
// "Why?": where a figure comes from, what it rests on, what one more would take and from whom, and who decides.
import type { JSX } from 'preact';
import { get, query as withQuery } from '../lib/api';
import { amount, exact, measure, measured, percent } from '../lib/format';
import { t } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { loadNames, loadPlan, type Names } from '../lib/plan';
import { query, setQuery } from '../lib/route';
import { Dialog, Load, wordOr } from '../ui/basic';

interface Term {
  readonly kind?: string; // a link of the chain that is a good has none
  readonly id?: string;
  readonly good?: string;
  readonly recipe?: string;
  readonly name?: string;
  readonly unit?: string;
  readonly tier?: number;
  readonly group?: string;
  readonly amount: number;
  readonly asked?: number;
  readonly share?: number;
  readonly depth?: number;
}
interface Margin {
  readonly possible: boolean;
  readonly effect: number;
  readonly range: number;
}
interface Explanation {
  readonly good?: string;
  readonly limit?: string;
  readonly id?: string;
  readonly name?: string;
  readonly unit: string;
  readonly asked?: number;
  readonly delivered?: number;
  readonly made?: number;
  readonly available?: number | null;
  readonly used: number;
  readonly sources?: readonly Term[];
  readonly users: readonly Term[];
  readonly elements?: readonly Term[];
  readonly chain?: readonly Term[];
  readonly stage?: number;
  readonly price?: number;
  readonly one_more?: Margin;
  readonly taken_from?: readonly Term[];
}

// A figure that opens its "why?".
export function Figure({ what, label, children }: { what: string; label: string; children: string }): JSX.Element {
  return (
    <button type="button" class="figure" onClick={() => setQuery('why', what)} aria-label={`${label}: ${children}. ${t('why')}`} title={t('why')}>
      {children}
    </button>
  );
}

function nameOf(term: Term, names: Names): string {
  if (term.kind === 'need') return t('need_of', { good: term.name ?? names.of('good', term.good ?? ''), group: term.group === '' ? t('everybody') : (term.group ?? ''), tier: term.tier ?? 0 });
  const id = term.good ?? term.recipe ?? term.id ?? '';
  const known = names.of(term.kind ?? 'good', id);
  const name = known === id ? (term.name ?? id) : known; // names of the server are in English, with the kind in front
  return term.kind === undefined || term.kind === 'recipe' ? name : `${wordOr(`kind_${term.kind}`, term.kind)}: ${name}`;
}

function Terms({ rows, of, names, unit }: { rows: readonly Term[]; of: number; names: Names; unit: string }): JSX.Element {
  const shown = rows.slice(0, 8);
  return (
    <ul class="chain">
      {shown.map((r, i) => {
        const share = r.share ?? (of === 0 ? 0 : r.amount / of);
        return (
          <li key={i}>
            <span>
              <bdi>{nameOf(r, names)}</bdi>
            </span>
            <span class="number">{percent(share)}</span>
            <span class="bar-track" aria-hidden="true">
              <span class="bar" style={{ display: 'block', width: `${Math.min(100, Math.max(0, 100 * share))}%` }} />
            </span>
            {r.share === undefined && <span class="hidden">{measure(r.amount, unit)}</span>}
          </li>
        );
      })}
      {rows.length > shown.length && <li class="soft">{t('and_more', { n: rows.length - shown.length })}</li>}
    </ul>
  );
}

function decider(e: Explanation): string {
  if (e.limit === 'resource') return t('decides_resource');
  if (e.limit !== undefined) return t('decides_capacity');
  return t('decides_good');
}

function Explained({ e, names }: { e: Explanation; names: Names }): JSX.Element {
  const whole = (e.made ?? 0) + (e.sources ?? []).filter((s) => s.kind !== 'recipe').reduce((a, s) => a + s.amount, 0);
  const more = e.one_more;
  return (
    <>
      {e.good !== undefined && (
        <p class="lead">
          {t('why_good', { made: measure(e.made ?? 0, e.unit), asked: measured(e.asked ?? 0, e.unit), delivered: measured(e.delivered ?? 0, e.unit) })}
        </p>
      )}
      {e.limit !== undefined && <p class="lead">{t(e.available == null ? 'why_limit_open' : 'why_limit', { used: e.available == null ? measure(e.used, e.unit) : measured(e.used, e.unit), available: measure(e.available ?? 0, e.unit) })}</p>}
      {e.sources !== undefined && e.sources.length > 0 && (
        <>
          <h3>{t('where_from')}</h3>
          <Terms rows={e.sources} of={whole} names={names} unit={e.unit} />
        </>
      )}
      <h3>{t('where_to')}</h3>
      <Terms rows={e.users} of={e.limit === undefined ? whole : e.used} names={names} unit={e.unit} />
      {e.elements !== undefined && e.elements.length > 0 && (
        <>
          <h3>{t('what_it_rests_on')}</h3>
          <p class="soft small">{t('rests_note')}</p>
          <Terms rows={e.elements} of={1} names={names} unit="" />
        </>
      )}
      {e.chain !== undefined && e.chain.length > 0 && (
        <>
          <h3>{t('along_the_chain')}</h3>
          <ul class="chain">
            {e.chain.map((c, i) => (
              <li key={i}>
                <span style={{ paddingInlineStart: `${(c.depth ?? 0) * 0.9}rem` }}>
                  <bdi>{nameOf(c, names)}</bdi>
                </span>
                <span class="number">{percent(c.share ?? 0)}</span>
                <span class="bar-track" aria-hidden="true">
                  <span class="bar" style={{ display: 'block', width: `${Math.min(100, Math.max(0, 100 * (c.share ?? 0)))}%` }} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {more !== undefined && (
        <>
          <h3>{t('one_more')}</h3>
          {more.possible ? (
            <p>{t(more.effect === 0 ? 'one_more_free' : 'one_more_costs', { range: measure(more.range, e.unit) })}</p>
          ) : (
            <p>{t('one_more_not')}</p>
          )}
          {(e.taken_from ?? []).length > 0 && (
            <ul>
              {(e.taken_from ?? []).slice(0, 6).map((x, i) => (
                <li key={i}>
                  <span class="number">{amount(x.amount)}</span> <bdi>{nameOf({ ...x, kind: 'need' }, names)}</bdi>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
      <h3>{t('who_decides')}</h3>
      <p>{decider(e)}</p>
      <p class="row">
        <a class="button small" href="/what-if">
          {t('try_what_if')}
        </a>
        <a class="button small" href="/councils">
          {t('go_councils')}
        </a>
      </p>
      {e.price !== undefined && (
        <p class="small soft">
          {t('shadow_price', { stage: e.stage ?? 0, price: exact(e.price) })}
        </p>
      )}
    </>
  );
}

// The sheet at the side; it opens when the address has ?why=KIND:ID.
export function WhySheet({ plan }: { plan: string }): JSX.Element | null {
  const what = query.value.get('why');
  return what === null ? null : <Sheet key={what} plan={plan} what={what} />;
}

function Sheet({ plan, what }: { plan: string; what: string }): JSX.Element {
  const loaded = useLoad(async (stop) => {
    const [e, head] = await Promise.all([get<Explanation>(`/api/plans/${plan}/explain${withQuery({ of: what })}`, stop), loadPlan(plan, stop)]);
    return { e, names: await loadNames(head) };
  });
  const now = loaded.value;
  const title = now.state !== 'there' ? t('why') : t('why_title', { name: now.data.names.of(what.split(':')[0] ?? '', what.replace(/^[a-z]+:/, '')) });
  return (
    <Dialog sheet title={title} close={() => setQuery('why', null)}>
      <Load from={loaded}>{({ e, names }) => <Explained e={e} names={names} />}</Load>
    </Dialog>
  );
}
