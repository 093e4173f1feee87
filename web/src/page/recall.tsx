// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Recalls: asking for one, how far the signatures are, the holder's answer, the vote.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { Icons, Meter } from '../chart/icons';
import { now } from '../lib/commons';
import { count, day, fromNow } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { me } from '../lib/key';
import { InWords, useLoad } from '../lib/load';
import { loadRecall, type OneRecall, type Recall } from '../lib/votes';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Load, PageHead, Part } from '../ui/basic';
import { Person, person } from '../ui/person';
import { Vote } from '../ui/vote';

export function recallState(r: Recall): JSX.Element {
  const kind = r.state === 'carried' ? 'short' : r.state === 'rejected' || r.state === 'lapsed' || r.state === 'moot' ? undefined : 'accent';
  return <Badge {...(kind === undefined ? {} : { kind })}>{t(`recall_${r.state}` as WordKey)}</Badge>;
}

export function AskRecall({ mandate, holder, council }: { mandate: string; holder: string; council: string }): JSX.Element {
  const reasons = useSignal('');
  return (
    <Act
      kind="recall.asked"
      look="small danger"
      label={t('recall')}
      fields={() => {
        if (reasons.value.trim() === '') throw new InWords(t('recall_needs_reasons'));
        return { mandate: fromHex(mandate), reasons: reasons.value.trim() };
      }}
      says={
        <>
          <p>{t('recall_says', { who: person(holder), council })}</p>
          <label class="field">
            <span>{t('recall_reasons')}</span>
            <textarea value={reasons.value} maxLength={2000} required onInput={(e) => (reasons.value = e.currentTarget.value)} />
          </label>
        </>
      }
    />
  );
}

// Signatures as people: those that are there are filled.
export function Signatures({ r }: { r: Recall }): JSX.Element {
  return (
    <div>
      {r.needed <= 24 ? <Icons shape="person" part={r.signatures} whole={Math.max(r.needed, r.signatures)} unit={1} /> : <Meter share={r.signatures / r.needed} />}
      <p class="small">{t('signatures_of', { signatures: count(r.signatures), needed: count(r.needed) })}</p>
    </div>
  );
}

function Answer({ r }: { r: OneRecall }): JSX.Element {
  const text = useSignal('');
  if (r.answer !== null) {
    return (
      <p class="prose" dir="auto">
        {r.answer}
      </p>
    );
  }
  if (r.holder !== me.value) return <p class="soft">{t('no_answer_yet')}</p>;
  return (
    <div class="stack">
      <label class="field">
        <span>{t('your_answer')}</span>
        <textarea value={text.value} maxLength={2000} onInput={(e) => (text.value = e.currentTarget.value)} />
      </label>
      <Act kind="recall.answered" label={t('answer')} disabled={text.value.trim() === ''} fields={() => ({ recall: fromHex(r.recall), text: text.value.trim() })} says={<blockquote dir="auto">{text.value}</blockquote>} />
    </div>
  );
}

function Shown({ r }: { r: OneRecall }): JSX.Element {
  const open = r.state === 'asked' || r.state === 'open';
  const mine = r.signed.some((s) => s.member === me.value && s.withdrew === null);
  return (
    <>
      <PageHead title={t('recall_of', { who: person(r.holder), council: r.council_name })}>
        <span class="row">
          {recallState(r)} {open && t('signing_until', { when: day(r.closes), left: fromNow(r.closes, now()) })}
        </span>
      </PageHead>
      <div class="sides">
        <section class="card stack">
          <h2>{t('recall_reasons')}</h2>
          <p class="prose" dir="auto">
            {r.reasons ?? t('hidden_text')}
          </p>
          <p class="small soft row">
            <Person id={r.sponsor} /> · {day(r.asked)}
          </p>
        </section>
        <section class="card stack">
          <h2>{t('holders_answer')}</h2>
          <Answer r={r} />
        </section>
      </div>
      <Part title={t('signatures')}>
        <Signatures r={r} />
        {open && r.petition === null && (
          <div class="row">
            {mine ? (
              <Act kind="recall.withdrawn" label={t('unsign')} fields={() => ({ recall: fromHex(r.recall) })} says={<p>{t('unsign')}</p>} />
            ) : (
              <Act kind="recall.signed" look="primary" label={t('sign_recall')} fields={() => ({ recall: fromHex(r.recall) })} says={<p>{t('recall_says', { who: person(r.holder), council: r.council_name })}</p>} />
            )}
          </div>
        )}
        {r.petition !== null && (
          <>
            <p>{t('signing_secretly')}</p>
            <Vote ballot={r.petition} />
          </>
        )}
        <details>
          <summary>{t('who_signed')}</summary>
          <ul>
            {r.signed.map((s) => (
              <li key={s.member}>
                <Person id={s.member} /> · {day(s.since)} {s.withdrew !== null && t('taken_back')}
              </li>
            ))}
          </ul>
        </details>
      </Part>
      {r.vote !== null && (
        <Part title={t('the_vote')}>
          <Vote ballot={r.vote} />
        </Part>
      )}
    </>
  );
}

export function RecallPage({ id }: { id: string }): JSX.Element {
  const loaded = useLoad((stop) => loadRecall(id, stop));
  return <Load from={loaded}>{(r) => <Shown r={r} />}</Load>;
}
