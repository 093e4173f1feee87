// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A ballot of the record: what can be marked while it is open, and how it came out when it has closed.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { Count } from '../chart/count';
import { count, fromNow, moment } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { now } from '../lib/commons';
import { loadSealed, type Sealed } from '../lib/sealed';
import { isRanked, loadCount, optionName, type Ballot } from '../lib/votes';
import { fromHex } from '../record/bytes';
import { Act } from './act';
import { Badge, Load, Table } from './basic';
import { Choosing, Ranking, type Option } from './ballot';
import { SealedBallot, SealedVoting } from './sealed';

function nameOf(b: Ballot, name: string): string {
  return b.rule === 'yes-no' && (name === 'yes' || name === 'no') ? t(`vote_${name}`) : optionName(name);
}

interface MarkingProps {
  readonly ballot: Ballot;
  readonly notes: Readonly<Record<string, string>>;
  readonly sealed: Sealed | null; // of a secret ballot
}

function Marking({ ballot, notes, sealed }: MarkingProps): JSX.Element {
  const marks = useSignal<readonly number[]>([]);
  const options: Option[] = (ballot.choices ?? []).filter((c) => !c.out).map((c) => ({ option: c.option, name: nameOf(ballot, c.name), note: notes[c.id ?? String(c.option)] }));
  const set = (next: number[]): void => {
    marks.value = next;
  };
  const paper = <Marked ballot={ballot} marks={marks.value} />;
  return (
    <div class="stack">
      {isRanked(ballot.rule) ? <Ranking options={options} marks={marks.value} set={set} /> : <Choosing options={options} marks={marks.value} set={set} several={ballot.rule !== 'yes-no'} />}
      {sealed !== null ? (
        <SealedVoting ballot={ballot} sealed={sealed} marks={marks.value} paper={paper} />
      ) : (
        <div class="row">
          <Act kind="vote.cast" look="primary" label={t(marks.value.length === 0 ? 'vote_blank' : 'vote_now')} fields={() => ({ ballot: fromHex(ballot.ballot), marks: [...marks.value] })} says={paper} />
          <span class="soft small">{t('vote_again')}</span>
        </div>
      )}
    </div>
  );
}

// The marks of a paper in words.
export function Marked({ ballot, marks }: { ballot: Ballot; marks: readonly number[] }): JSX.Element {
  if (marks.length === 0) return <p>{t('vote_says_blank')}</p>;
  return (
    <>
      <p>{t(isRanked(ballot.rule) ? 'vote_says' : 'vote_says_marked')}</p>
      <ol>
        {marks.map((m) => (
          <li key={m}>
            <bdi>{nameOf(ballot, ballot.choices?.find((c) => c.option === m)?.name ?? '')}</bdi>
          </li>
        ))}
      </ol>
    </>
  );
}

function Result({ ballot }: { ballot: Ballot }): JSX.Element {
  const loaded = useLoad((stop) => loadCount(ballot.ballot, stop));
  const choices = [...(ballot.choices ?? [])].sort((a, b) => (a.place || 999) - (b.place || 999) || b.first - a.first);
  return (
    <div class="stack">
      <Table
        caption={t('vote_result')}
        rows={choices}
        columns={[
          { name: t('option'), cell: (c) => <bdi>{nameOf(ballot, c.name)}</bdi> },
          { name: t('result'), cell: (c) => (c.place > 0 ? <Badge kind="good">{t('won_place', { place: c.place })}</Badge> : '') },
          { name: t(isRanked(ballot.rule) ? 'first_marks' : 'votes'), number: true, cell: (c) => count(c.first) },
        ]}
      />
      <Load from={loaded}>{(r) => (r.count === null ? <p class="soft">{t('no_count')}</p> : ballot.rule === 'yes-no' || ballot.rule === 'shares' ? null : <Count transcript={r.count} />)}</Load>
      <p class="soft small">
        {t('count_hash')} <code>{ballot.transcript}</code>
      </p>
    </div>
  );
}

type State = 'coming' | 'open' | 'closed' | 'counting';

function stateOf(b: Ballot, at: number): State {
  if (b.state === 'counting') return 'counting';
  return at < b.opens || (b.secret && b.state === 'coming') ? 'coming' : at < b.closes ? 'open' : 'closed';
}

// A secret ballot: the same paper, then the secret way.
function Secret({ ballot, notes }: { ballot: Ballot; notes: Readonly<Record<string, string>> }): JSX.Element {
  const loaded = useLoad((stop) => loadSealed(ballot.ballot, stop));
  return (
    <Load from={loaded}>
      {(sealed) => (
        <SealedBallot ballot={ballot} sealed={sealed}>
          <Marking ballot={ballot} notes={notes} sealed={sealed} />
        </SealedBallot>
      )}
    </Load>
  );
}

export function Vote({ ballot, notes = {} }: { ballot: Ballot; notes?: Readonly<Record<string, string>> }): JSX.Element {
  const at = now();
  const state = stateOf(ballot, at);
  return (
    <>
      <dl class="facts">
        <dt>{t('vote_state')}</dt>
        <dd>
          <Badge {...(state === 'open' ? { kind: 'accent' as const } : {})}>{t(`vote_${state}`)}</Badge>{' '}
          {state === 'coming' ? fromNow(ballot.opens, at) : state === 'open' ? t('vote_until', { when: moment(ballot.closes) }) : moment(ballot.closes)}
        </dd>
        <dt>{t('vote_rule')}</dt>
        <dd>{t(`rule_${ballot.rule.replace('-', '_')}` as WordKey, { seats: ballot.seats })}</dd>
        <dt>{t('turnout')}</dt>
        <dd>{t('of_roll', { votes: count(ballot.votes), roll: count(ballot.roll) })}</dd>
      </dl>
      {ballot.state === 'closed' && <Result ballot={ballot} />}
      {ballot.secret ? <Secret ballot={ballot} notes={notes} /> : state === 'open' && <Marking ballot={ballot} notes={notes} sealed={null} />}
    </>
  );
}
