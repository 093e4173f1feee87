// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One election: who stands and why, the ballot, the count as a picture.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { now } from '../lib/commons';
import { fromNow, moment } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { me } from '../lib/key';
import { useLoad } from '../lib/load';
import { loadElection, type OneElection } from '../lib/votes';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Empty, Load, PageHead, Part } from '../ui/basic';
import { Person } from '../ui/person';
import { Vote } from '../ui/vote';

function StandForm({ e }: { e: OneElection }): JSX.Element {
  const name = useSignal('');
  const statement = useSignal('');
  return (
    <div class="card stack">
      <h3>{t('stand_title')}</h3>
      <label class="field">
        <span>{t('stand_name')}</span>
        <input value={name.value} maxLength={40} onInput={(x) => (name.value = x.currentTarget.value)} />
        <p class="field-help">{t('stand_name_help')}</p>
      </label>
      <label class="field">
        <span>{t('stand_statement')}</span>
        <textarea value={statement.value} maxLength={2000} onInput={(x) => (statement.value = x.currentTarget.value)} />
      </label>
      <Act
        kind="candidate.stood"
        look="primary"
        label={t('stand')}
        fields={() => ({ election: fromHex(e.election), statement: statement.value, name: name.value.trim() === '' ? undefined : name.value.trim() })}
        says={<p>{t('stand_says', { council: e.council_name })}</p>}
      />
    </div>
  );
}

function When({ e }: { e: OneElection }): JSX.Element {
  const at = now();
  return (
    <p class="lead">
      <Badge kind={e.state === 'voting' || e.state === 'standing' ? 'accent' : e.state === 'decided' ? 'good' : 'warn'}>{t(`election_${e.state}` as WordKey)}</Badge>{' '}
      {e.state === 'coming' && fromNow(e.opens, at)}
      {e.state === 'standing' && (e.nominated === null ? t('stand_open_end') : t('stand_until', { when: moment(e.nominated) }))}
      {e.state === 'voting' && e.closes !== null && t('vote_until', { when: moment(e.closes) })}
      {e.state === 'decided' && e.decided !== null && moment(e.decided)}
    </p>
  );
}

function Shown({ e }: { e: OneElection }): JSX.Element {
  const mine = e.stands.find((s) => s.member === me.value && s.withdrew === null);
  const notes = Object.fromEntries(e.stands.map((s) => [s.member, s.statement ?? '']));
  return (
    <>
      <PageHead title={t('election_of', { council: e.council_name })}>{t('election_lead', { electors: e.electors_name === 'everyone' ? t('everybody') : e.electors_name, seats: e.seats })}</PageHead>
      <When e={e} />
      {e.vote !== null && (
        <Part title={t(e.vote.state === 'closed' ? 'the_count' : 'ballot_paper')}>
          <Vote ballot={e.vote} notes={notes} />
        </Part>
      )}
      <Part title={t('who_stands')}>
        {e.stands.length === 0 ? (
          <Empty>{t('nobody_stands')}</Empty>
        ) : (
          <div class="cards">
            {e.stands.map((s) => (
              <article key={s.member} class="card">
                <h3 class="row">
                  <bdi>{s.name}</bdi>
                  {s.how !== null && <Badge kind="good">{t('elected_seat', { seat: s.seat })}</Badge>}
                  {s.withdrew !== null && <Badge>{t('withdrew')}</Badge>}
                </h3>
                <p class="small">
                  <Person id={s.member} />
                </p>
                <p class="prose" dir="auto">
                  {s.statement ?? ''}
                </p>
              </article>
            ))}
          </div>
        )}
        {(e.state === 'standing' || e.state === 'coming') && mine === undefined && e.state === 'standing' && <StandForm e={e} />}
        {mine !== undefined && e.state === 'standing' && <Act kind="candidate.withdrew" label={t('stand_no_more')} fields={() => ({ election: fromHex(e.election) })} says={<p>{t('stand_no_more')}</p>} />}
      </Part>
    </>
  );
}

export function ElectionPage({ id }: { id: string }): JSX.Element {
  const loaded = useLoad((stop) => loadElection(id, stop));
  return <Load from={loaded}>{(e) => <Shown e={e} />}</Load>;
}
