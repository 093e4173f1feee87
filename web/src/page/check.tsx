// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Check: the second device. A ballot that another device encrypted and opened is made again from its marks and its seed; the same tracker means that the
// other device encrypted what is shown here. The code stands behind the # of the address, which browsers send to nobody.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { get } from '../lib/api';
import { about, now } from '../lib/commons';
import { t } from '../lib/i18n';
import { electionOf, loadSealed, marksOf, readCode } from '../lib/sealed';
import { linkOf, type Ballot } from '../lib/votes';
import { Empty, Failure, PageHead, Skeleton } from '../ui/basic';
import { Marked } from '../ui/vote';

interface Found {
  readonly ballot: Ballot;
  readonly marks: readonly number[];
  readonly tracker: string;
}

async function check(text: string, commons: string): Promise<Found> {
  const code = readCode(text.includes('#') ? text.slice(text.indexOf('#') + 1) : text);
  const [ballot, sealed, { trackerOf }] = await Promise.all([get<Ballot>(`/api/ballots/${code.ballot}`), loadSealed(code.ballot), import('../secret/vote')]);
  const election = await electionOf(ballot, sealed, commons, now());
  return { ballot, marks: marksOf(ballot.rule, code.choice), tracker: trackerOf(election, code) };
}

function Result({ found }: { found: Found }): JSX.Element {
  return (
    <div class="card stack" role="status">
      <h2 class="minor">{t('check_found')}</h2>
      <Marked ballot={found.ballot} marks={found.marks} />
      <p>
        {t('sealed_tracker')} <code class="tracker" dir="ltr">{found.tracker}</code>
      </p>
      <p>{t('check_compare')}</p>
      <p>
        <a href={linkOf(found.ballot)}>{t('check_ballot')}</a>
      </p>
    </div>
  );
}

export function CheckPage(): JSX.Element {
  const commons = about.value?.commons_id ?? null;
  const text = useSignal(location.hash.slice(1));
  const found = useSignal<Found | Error | 'busy' | null>(null);
  const run = (): void => {
    found.value = 'busy';
    check(text.value, commons ?? '').then(
      (f) => (found.value = f),
      (e: unknown) => (found.value = e instanceof Error ? e : new Error(String(e))),
    );
  };
  const f = found.value;
  return (
    <>
      <PageHead title={t('page_check')}>{t('check_lead')}</PageHead>
      <p class="small soft">{t('check_same_code')}</p>
      {commons === null ? (
        <Empty>{t('no_commons')}</Empty>
      ) : (
        <form
          class="stack"
          onSubmit={(e) => {
            e.preventDefault();
            run();
          }}
        >
          <label class="field">
            <span>{t('check_code')}</span>
            <textarea required rows={4} class="mono small" dir="ltr" value={text.value} onInput={(e) => (text.value = e.currentTarget.value)} />
          </label>
          <div class="row">
            <button type="submit" class="primary" disabled={f === 'busy' || text.value.trim() === ''}>
              {t('check_now')}
            </button>
          </div>
        </form>
      )}
      {f !== null && <div class="part">{f === 'busy' ? <Skeleton /> : f instanceof Error ? <Failure error={f} /> : <Result found={f} />}</div>}
    </>
  );
}
