// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A household's view of the ledger of privacy: what was published from purchases, how much that can give away, what is left, and who set the budget.
import type { JSX } from 'preact';
import { sessions } from '../lib/act';
import { get } from '../lib/api';
import { amount, count, day, exact, percent } from '../lib/format';
import { t } from '../lib/i18n';
import { Refusal, useLoad } from '../lib/load';
import { Meter } from '../chart/icons';
import { Badge, Chart, Empty, Load, Table } from '../ui/basic';
import { assemblyName } from './councils';

interface Budget {
  readonly name: string;
  readonly date: string;
  readonly epsilon: number;
  readonly spent: number;
  readonly left: number;
  readonly times: number; // as sure as before, at most, whoever sees everything
  readonly times_most: number;
  readonly together: number;
  readonly decision: { readonly motion: string; readonly title: string | null; readonly assembly_name: string | null; readonly carried: boolean; readonly decided: number | null } | null;
}
interface Release {
  readonly date: string;
  readonly name: string;
  readonly epsilon: number;
  readonly clip: number;
  readonly cells: number;
  readonly counts: boolean;
}
interface Account {
  readonly budget: Budget | null;
  readonly releases: readonly Release[];
}

// Three figures are enough to say how much.
const short = (x: number): string => exact(Number(x.toPrecision(3)));

function SetBy({ b }: { b: Budget }): JSX.Element {
  const d = b.decision;
  if (d === null) return <p>{t('budget_by_nobody', { name: b.name })}</p>;
  return (
    <p>
      {t('budget_by', { name: b.name, assembly: assemblyName(d.assembly_name ?? '') })}{' '}
      <a href={`/councils/motion/${d.motion}`}>
        <bdi>{d.title ?? t('hidden_text')}</bdi>
      </a>{' '}
      {d.carried ? <Badge kind="good">{d.decided === null ? t('motion_carried') : day(d.decided)}</Badge> : <Badge kind="short">{t('budget_not_carried')}</Badge>}
    </p>
  );
}

function Shown({ a }: { a: Account }): JSX.Element {
  const b = a.budget;
  const now = a.releases.filter((r) => r.counts);
  const title = t('privacy_releases');
  const table = (
    <Table
      caption={title}
      rows={a.releases}
      columns={[
        { name: t('published_what'), cell: (r) => <bdi>{r.name}</bdi> },
        { name: t('published_when'), cell: (r) => r.date },
        { name: t('published_sums'), number: true, cell: (r) => count(r.cells) },
        { name: t('published_clip'), number: true, cell: (r) => amount(r.clip) },
        { name: t('published_cost'), number: true, cell: (r) => short(r.epsilon) },
        { name: t('published_counts'), cell: (r) => t(r.counts ? 'yes_it_does' : 'earlier_budget') },
      ]}
    />
  );
  if (b === null) return <Empty>{t('no_budget')}</Empty>;
  return (
    <div class="stack">
      <p>{t('privacy_means', { times: short(b.times), most: short(b.times_most) })}</p>
      <Chart title={t('privacy_spent', { spent: short(b.spent), of: short(b.epsilon), left: short(b.left) })} table={table}>
        <Meter share={b.epsilon > 0 ? Math.min(1, b.spent / b.epsilon) : 1} />
        <p class="small soft">
          {t('privacy_share', { share: percent(b.epsilon > 0 ? b.spent / b.epsilon : 1), n: now.length })} {b.together < b.spent && t('privacy_together', { together: short(b.together) })}
        </p>
      </Chart>
      <SetBy b={b} />
      <p class="soft small">{t('privacy_same_for_all')}</p>
    </div>
  );
}

export function PrivacyLedger(): JSX.Element {
  const loaded = useLoad(async (stop) => {
    void sessions.value; // opening the key signs in
    return get<Account>('/api/needs/privacy', stop).catch((e: unknown) => {
      if (e instanceof Refusal && e.status === 401) return null;
      throw e;
    });
  });
  return (
    <Load from={loaded}>
      {(a) =>
        a === null ? (
          <p class="notice">
            {t('privacy_sign_in')} <a href="/key">{t('page_key')}</a>
          </p>
        ) : (
          <Shown a={a} />
        )
      }
    </Load>
  );
}
