// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A secret ballot, from the marks to the record: encrypted here, checked or cast, found on the board; and how far the opening is. The paper is that of
// every ballot (vote.tsx).
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { about, now } from '../lib/commons';
import { count, moment } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { hasKey, me, signer } from '../lib/key';
import { InWords, useLoad } from '../lib/load';
import { checkBoard, choiceOf, electionOf, encrypt, keepTracker, NotOfRecord, writeCode, type Fresh, type OnBoard, type Sealed } from '../lib/sealed';
import type { Ballot } from '../lib/votes';
import { fromHex, utf8 } from '../record/bytes';
import { Act, OpenKey } from './act';
import { Failure, Load } from './basic';
import { Person } from './person';
import { Qr } from './qr';

// Why nothing was encrypted: what the server says is not of the record; a group that this page does not know; or anything else.
function Refused({ error }: { error: Error }): JSX.Element {
  const group = (error as { readonly group?: string }).group;
  if (group !== undefined) {
    return (
      <div class="notice warn" role="alert">
        <p>{t('sealed_other_group', { group })}</p>
        <pre>plenty vote</pre>
      </div>
    );
  }
  if (!(error instanceof NotOfRecord)) return <Failure error={error} />;
  return (
    <div class="notice short" role="alert">
      <p>
        <strong>{t('sealed_wrong')}</strong> {t(`sealed_wrong_${error.what}` as WordKey)}
      </p>
      <p>{t('sealed_wrong_do')}</p>
    </div>
  );
}

// A heading that takes the focus when what was pressed gives way to it.
function Heading({ children }: { children: ComponentChildren }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h3 ref={heading} tabIndex={-1}>
      {children}
    </h3>
  );
}

function Tracker({ text }: { text: string }): JSX.Element {
  return (
    <p>
      {t('sealed_tracker')} <code class="tracker" dir="ltr">{text}</code>
    </p>
  );
}

// An opened ballot, and how a second device checks it.
function Checking({ ballot, fresh, paper, again }: { ballot: Ballot; fresh: Fresh; paper: ComponentChildren; again: () => void }): JSX.Element {
  const link = `${location.origin}/check#${writeCode(ballot.ballot, fresh.opened)}`;
  const copied = useSignal(false);
  return (
    <div class="card stack">
      <Heading>{t('check_opened')}</Heading>
      <p>{t('check_how')}</p>
      <p class="small">{t('check_same_code')}</p>
      {paper}
      <Tracker text={fresh.made.tracker} />
      <figure>
        <Qr text={link} label={t('check_scan')} />
        <figcaption class="small">{t('check_scan')}</figcaption>
      </figure>
      <label class="field">
        <span>{t('check_link')}</span>
        <textarea readOnly rows={4} class="mono small" dir="ltr" value={link} onFocus={(e) => e.currentTarget.select()} />
      </label>
      <div class="row">
        <button type="button" onClick={() => void navigator.clipboard.writeText(link).then(() => (copied.value = true))}>
          {t(copied.value ? 'copied' : 'copy')}
        </button>
        <a class="button" href={`data:text/plain;charset=utf-8,${encodeURIComponent(link)}`} download="ballot-to-check.txt">
          {t('save_file')}
        </a>
        <button type="button" class="primary" onClick={again}>
          {t('seal_again')}
        </button>
      </div>
    </div>
  );
}

interface SealProps {
  readonly ballot: Ballot;
  readonly sealed: Sealed;
  readonly marks: readonly number[];
  readonly paper: ComponentChildren; // the marks in words
}

// An encrypted ballot that is not sent yet: to be cast, or opened to be checked.
function Ready({ ballot, sealed, paper, fresh, cast, open }: SealProps & { fresh: Fresh; cast: () => void; open: () => void }): JSX.Element {
  const { tracker, ballot: text } = fresh.made;
  return (
    <div class="card stack" role="status">
      <Heading>{t('sealed_ready')}</Heading>
      <Tracker text={tracker} />
      <p>{t('sealed_choose')}</p>
      <div class="row">
        <Act
          kind="vote.sealed"
          look="primary"
          label={t('cast')}
          fields={() => ({ ballot: fromHex(ballot.ballot), paper: utf8(text) })}
          says={
            <>
              <p>{t('cast_says')}</p>
              {paper}
              <Tracker text={tracker} />
            </>
          }
          done={(taken) => {
            keepTracker(about.value?.commons_id ?? '', ballot.ballot, { attempt: sealed.attempt, tracker, position: taken.position });
            cast();
          }}
        />
        <button type="button" onClick={open}>
          {t('check_first')}
        </button>
      </div>
    </div>
  );
}

// Encrypts what is marked; then it is cast, or opened to be checked and not cast. Other marks need another ballot.
function Seal(props: SealProps): JSX.Element {
  const { ballot, sealed, marks, paper } = props;
  const state = useSignal<'marking' | 'busy' | 'ready' | 'opened'>('marking');
  const fresh = useSignal<{ readonly made: Fresh; readonly of: readonly number[] } | null>(null);
  const error = useSignal<Error | null>(null);
  const run = async (): Promise<void> => {
    const key = signer.value;
    if (key === null) throw new InWords(t('open_key_first'));
    const election = await electionOf(ballot, sealed, about.value?.commons_id ?? '', now());
    fresh.value = { made: await encrypt(election, choiceOf(ballot.rule, (ballot.choices ?? []).length, marks), key), of: marks };
    state.value = 'ready';
  };
  const seal = (): void => {
    state.value = 'busy';
    error.value = null;
    run().catch((e: unknown) => {
      error.value = e instanceof Error ? e : new Error(String(e));
      state.value = 'marking';
    });
  };
  const again = (): void => {
    fresh.value = null;
    state.value = 'marking';
  };
  const made = fresh.value;
  if (made !== null && made.of === marks && state.value === 'opened') return <Checking ballot={ballot} fresh={made.made} paper={paper} again={again} />;
  if (made !== null && made.of === marks && state.value === 'ready') return <Ready {...props} fresh={made.made} cast={again} open={() => (state.value = 'opened')} />;
  return (
    <>
      {error.value !== null && <Refused error={error.value} />}
      <div class="row">
        <button type="button" class="primary" disabled={state.value === 'busy'} onClick={seal}>
          {t(state.value === 'busy' ? 'sealing' : marks.length === 0 ? 'seal_blank' : 'seal')}
        </button>
        <span class="soft small">{t('seal_note')}</span>
      </div>
    </>
  );
}

function Board({ ballot, sealed }: { ballot: Ballot; sealed: Sealed }): JSX.Element {
  const loaded = useLoad<OnBoard>(async () => {
    const member = me.value;
    void sealed.papers;
    return member === null ? { state: 'none' } : checkBoard(ballot.ballot, sealed.attempt, member, about.value?.commons_id ?? '');
  });
  return (
    <Load from={loaded}>
      {(b) =>
        b.state === 'none' ? null : (
          <div class={`notice ${{ counts: 'good', missing: 'short', replaced: 'warn', elsewhere: '' }[b.state]}`} {...(b.state === 'missing' ? { role: 'alert' as const } : {})}>
            <p>{t(`board_${b.state}`, { position: count(b.position) })}</p>
            <Tracker text={b.tracker} />
          </div>
        )
      }
    </Load>
  );
}

function Keepers({ sealed }: { sealed: Sealed }): JSX.Element {
  const { members, needed } = sealed.trustees;
  const keepers = members.filter((m) => m.number > 0);
  return (
    <details>
      <summary>{t('keepers', { n: keepers.length, needed })}</summary>
      <p class="small">{t('keepers_note')}</p>
      <ul>
        {keepers.map((m) => (
          <li key={m.member}>
            <Person id={m.member} />
          </li>
        ))}
      </ul>
    </details>
  );
}

const LIMITS = ['shoulder', 'pressure', 'device', 'page', 'keepers', 'taking_part'] as const;

function Limits(): JSX.Element {
  return (
    <details>
      <summary>{t('limits_title')}</summary>
      <ul>
        {LIMITS.map((l) => (
          <li key={l}>{t(`limits_${l}`)}</li>
        ))}
      </ul>
    </details>
  );
}

// How far the opening is, and how anybody checks it.
function Opening({ ballot, sealed }: { ballot: Ballot; sealed: Sealed }): JSX.Element {
  const shuffled = ballot.rule !== 'yes-no' && ballot.rule !== 'approval';
  const needed = sealed.trustees.needed;
  return (
    <div class="stack">
      {sealed.stage === 'too few' ? (
        <p>{t('sealed_too_few')}</p>
      ) : (
        <ul>
          {shuffled && <li>{t('sealed_shuffles', { n: sealed.shuffles, needed })}</li>}
          <li>{t('sealed_parts', { n: sealed.parts, needed })}</li>
          <li>{t(sealed.stage === 'opened' ? 'sealed_opened' : 'sealed_waits', { when: sealed.until === null ? '' : moment(sealed.until) })}</li>
        </ul>
      )}
      {sealed.papers > 0 && (
        <details>
          <summary>{t('check_yourself')}</summary>
          <p class="small">{t('sealed_verify_note')}</p>
          <p>
            <a class="button" href={`/api/ballots/${ballot.ballot}/archive`} download={`${ballot.ballot.slice(0, 12)}.bel`}>
              {t('download_ballots')}
            </a>
          </p>
          <pre>plenty verify {ballot.ballot.slice(0, 12)}.bel</pre>
        </details>
      )}
    </div>
  );
}

// What stands below the marks of a secret ballot that is open.
export function SealedVoting({ ballot, sealed, marks, paper }: SealProps): JSX.Element {
  return (
    <>
      <Seal ballot={ballot} sealed={sealed} marks={marks} paper={paper} />
      <p class="soft small">{t('vote_again_secret')}</p>
    </>
  );
}

// What stands around it: what secret means here, signing in first, the own ballot on the board, who keeps the key, what cannot be promised.
export function SealedBallot({ ballot, sealed, children }: { ballot: Ballot; sealed: Sealed; children: ComponentChildren }): JSX.Element {
  const open = sealed.stage === 'voting' && ballot.state === 'open';
  const before = sealed.stage === 'keying' || sealed.stage === 'voting';
  return (
    <div class="stack">
      {before && <p>{t(sealed.stage === 'keying' ? 'sealed_keying' : 'sealed_lead')}</p>}
      {open && !hasKey.value && (
        <div class="notice warn">
          {t('no_key_here')} <a href="/key">{t('page_key')}</a>
        </div>
      )}
      {open && hasKey.value && signer.value === null && (
        <div class="card stack">
          <h3>{t('sealed_sign_in')}</h3>
          <OpenKey />
        </div>
      )}
      {open && signer.value !== null && children}
      {sealed.stage !== 'keying' && <Board ballot={ballot} sealed={sealed} />}
      {!before && <Opening ballot={ballot} sealed={sealed} />}
      {sealed.stage !== 'keying' && <Keepers sealed={sealed} />}
      {before && <Limits />}
    </div>
  );
}
