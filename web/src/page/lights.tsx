// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Warning lights: what a bureaucracy would begin with, each with its figure, its limit and who must answer; and pay.
import type { JSX } from 'preact';
import { Meter } from '../chart/icons';
import { get } from '../lib/api';
import { about, moved } from '../lib/commons';
import { count, day, moment, percent, span } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { Badge, Empty, Load, PageHead, Part, Table, wordOr } from '../ui/basic';
import { Person } from '../ui/person';

interface Light {
  readonly name: string;
  readonly says: string;
  readonly state: 'red' | 'green' | 'nothing to judge';
  readonly figure: number;
  readonly unit: string;
  readonly limit: number;
  readonly limit_is: 'least' | 'most';
  readonly limit_parameter: string;
  readonly since: number | null;
  readonly subject: string | null;
  readonly who_must_answer: string;
}
interface Pay {
  readonly quarters: readonly { readonly quarter: number; readonly entries: number; readonly closes: number; readonly median: number | null }[];
  readonly officials: readonly { readonly holder: string; readonly quarter: number; readonly amount: number; readonly cap: number; readonly median: number; readonly days: number; readonly days_of_quarter: number }[];
}

// Where the figures behind a light stand.
const LINKS: Readonly<Record<string, string>> = { shelf: '/sharing', orders: '/sharing', lists: '/sharing', alarms: '/watching' };

const quarter = (q: number): string => `${Math.floor(q / 4)}-Q${(q % 4) + 1}`;

function figure(x: number, unit: string): string {
  return unit === 'percent' ? percent(x / 100) : unit === 'days' ? span(x, 'day') : count(x);
}

function LightCard({ l }: { l: Light }): JSX.Element {
  const kind = l.state === 'red' ? 'short' : l.state === 'green' ? 'good' : undefined;
  const mark = l.state === 'red' ? '✗' : l.state === 'green' ? '✓' : '–';
  const link = LINKS[l.name];
  return (
    <article class={`card stack light-${l.state.split(' ')[0]}`}>
      <h2 class="minor">{wordOr(`light_${l.name}`, l.says)}</h2>
      <p class="row">
        <Badge {...(kind === undefined ? {} : { kind })}>
          {mark} {t(`light_is_${l.state.split(' ')[0]}` as WordKey)}
        </Badge>
      </p>
      {l.state !== 'nothing to judge' && (
        <>
          <p class="big">{figure(l.figure, l.unit)}</p>
          <p class="small soft" title={l.limit_parameter}>
            {t(l.limit_is === 'most' ? 'limit_at_most' : 'limit_at_least', { limit: figure(l.limit, l.unit) })}
          </p>
          {l.limit > 0 && <Meter share={l.figure / l.limit} />}
        </>
      )}
      <p class="small">{t('must_answer', { who: wordOr(`answers_${l.name}`, l.who_must_answer) })}</p>
      {(l.since !== null || link !== undefined) && (
        <p class="small soft">
          {link !== undefined && <a href={link}>{t('light_look')}</a>} {l.since !== null && t('since', { when: day(l.since) })}
        </p>
      )}
    </article>
  );
}

function PayPart(): JSX.Element {
  const loaded = useLoad((stop) => {
    void moved.value;
    return get<Pay>('/api/pay', stop);
  });
  return (
    <Load from={loaded}>
      {(pay) => (
        <>
          {pay.officials.length === 0 ? (
            <p class="soft">{t('no_pay')}</p>
          ) : (
            <Table
              caption={t('pay_officials')}
              rows={pay.officials}
              columns={[
                { name: t('member'), cell: (o) => <Person id={o.holder} /> },
                { name: t('quarter'), cell: (o) => quarter(o.quarter) },
                { name: t('pay'), number: true, cell: (o) => count(o.amount) },
                { name: t('cap'), number: true, cell: (o) => count(o.cap) },
                { name: t('days_in_office'), number: true, cell: (o) => `${count(o.days)} / ${count(o.days_of_quarter)}` },
                { name: t('of_the_cap'), cell: (o) => <Meter share={o.cap > 0 ? o.amount / o.cap : 0} /> },
              ]}
            />
          )}
          {pay.quarters.length > 0 && (
            <Table
              caption={t('pay_skilled')}
              rows={pay.quarters}
              columns={[
                { name: t('quarter'), cell: (q) => quarter(q.quarter) },
                { name: t('entries'), number: true, cell: (q) => count(q.entries) },
                { name: t('median'), number: true, cell: (q) => (q.median === null ? t('not_closed') : count(q.median)) },
                { name: t('closes'), cell: (q) => moment(q.closes) },
              ]}
            />
          )}
        </>
      )}
    </Load>
  );
}

function Cards({ lights }: { lights: readonly Light[] }): JSX.Element {
  return (
    <div class="cards">
      {lights.map((l) => (
        <LightCard key={l.name} l={l} />
      ))}
    </div>
  );
}

export function LightsPage(): JSX.Element {
  const loaded = useLoad(async (stop) => {
    void moved.value;
    return about.value?.commons_id == null ? null : get<{ lights: readonly Light[] }>('/api/lights', stop);
  });
  return (
    <>
      <PageHead title={t('page_lights')}>{t('lights_lead')}</PageHead>
      <Load from={loaded}>
        {(all) => {
          if (all === null) return <Empty>{t('no_commons')}</Empty>;
          const silent = all.lights.filter((l) => l.state === 'nothing to judge');
          const red = all.lights.filter((l) => l.state === 'red').length;
          return (
            <>
              <div class={`notice ${red === 0 ? 'good' : 'short'}`}>{red === 0 ? t('no_red') : t('red_n', { n: red })}</div>
              <Cards lights={all.lights.filter((l) => l.state === 'red')} />
              <Cards lights={all.lights.filter((l) => l.state === 'green')} />
              {silent.length > 0 && (
                <details>
                  <summary>{t('lights_silent', { n: silent.length })}</summary>
                  <Cards lights={silent} />
                </details>
              )}
              <Part title={t('pay_part')} note={t('pay_note')}>
                <PayPart />
              </Part>
            </>
          );
        }}
      </Load>
    </>
  );
}
