// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Signing in: passkeys of a member, where else one is signed in, and ending that.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { act, sessions } from '../lib/act';
import { about, moved } from '../lib/commons';
import { count, day, moment, shortId } from '../lib/format';
import { t } from '../lib/i18n';
import { me } from '../lib/key';
import { useLoad } from '../lib/load';
import { canPasskey, endAllSessions, endSession, loadPasskeys, loadSessions, loadWho, makePasskey, partyOf, signInByPasskey, type Passkey, type Session } from '../lib/passkey';
import { fromHex } from '../record/bytes';
import { Act, Signed } from '../ui/act';
import { Badge, Failure, Load, Part } from '../ui/basic';
import { person } from '../ui/person';

function useWork(): { run: (work: () => Promise<void>) => void; busy: boolean; error: Error | null } {
  const busy = useSignal(false);
  const error = useSignal<Error | null>(null);
  const run = (work: () => Promise<void>): void => {
    busy.value = true;
    error.value = null;
    work()
      .catch((e: unknown) => (error.value = e instanceof Error ? e : new Error(String(e))))
      .finally(() => {
        busy.value = false;
        sessions.value++;
      });
  };
  return { run, busy: busy.value, error: error.value };
}

function Passkeys({ member, list }: { member: string; list: readonly Passkey[] }): JSX.Element {
  const add = async (): Promise<string> => {
    const taken = await act('passkey.added', await makePasskey(member, person(member)));
    return t('in_record', { position: count(taken.position) });
  };
  return (
    <div class="card stack">
      <h3>{t('passkeys')}</h3>
      <p class="soft small">{t('passkeys_note')}</p>
      {list.length === 0 && <p>{t('no_passkeys')}</p>}
      <ul class="plain lines">
        {list.map((p) => (
          <li key={p.passkey} class="row between">
            <span>
              <code>{shortId(p.passkey)}</code> {t('passkey_since', { when: day(p.since) })}
            </span>
            <Act kind="passkey.removed" look="small" label={t('passkey_remove')} fields={() => ({ passkey: fromHex(p.passkey) })} says={<p>{t('passkey_remove_says')}</p>} done={() => sessions.value++} />
          </li>
        ))}
      </ul>
      {canPasskey() ? (
        <div>
          <Signed label={t('passkey_add')} says={<p>{t('passkey_add_says', { party: partyOf(location.hostname) ?? '' })}</p>} run={add} />
        </div>
      ) : (
        <p class="soft small">{t('passkey_not_here')}</p>
      )}
    </div>
  );
}

function Sessions({ list }: { list: readonly Session[] }): JSX.Element {
  const work = useWork();
  return (
    <div class="card stack">
      <h3>{t('sessions')}</h3>
      <p class="soft small">{t('sessions_note')}</p>
      <ul class="plain lines">
        {list.map((s) => (
          <li key={s.session} class="row between">
            <span>
              {t(s.passkey ? 'session_by_passkey' : 'session_by_key', { id: shortId(s.key), when: moment(s.since) })} <span class="soft small">{t('session_used', { when: moment(s.used) })}</span>{' '}
              {s.this && <Badge kind="accent">{t('session_this')}</Badge>}
            </span>
            <button type="button" class="small" disabled={work.busy} onClick={() => work.run(() => endSession(s.session))}>
              {t('session_end')}
            </button>
          </li>
        ))}
      </ul>
      {work.error !== null && <Failure error={work.error} />}
      {list.length > 1 && (
        <div>
          <button type="button" class="danger" disabled={work.busy} onClick={() => work.run(endAllSessions)}>
            {t('session_end_all')}
          </button>
        </div>
      )}
    </div>
  );
}

function SignIn(): JSX.Element {
  const work = useWork();
  return (
    <div class="card stack">
      <p>{t('not_signed_in')}</p>
      {canPasskey() ? (
        <div>
          <button type="button" class="primary" disabled={work.busy} onClick={() => work.run(() => signInByPasskey(me.value))}>
            {t('passkey_sign_in')}
          </button>
        </div>
      ) : (
        <p class="soft small">{t('passkey_not_here')}</p>
      )}
      {work.error !== null && <Failure error={work.error} />}
    </div>
  );
}

export function SigningIn(): JSX.Element | null {
  const loaded = useLoad(async (stop) => {
    void [moved.value, sessions.value];
    const who = await loadWho(stop);
    if (!who.signed_in || who.member === undefined) return null;
    return { member: who.member, passkeys: await loadPasskeys(who.member, stop), sessions: await loadSessions(stop) };
  });
  if (about.value?.commons_id == null) return null;
  return (
    <Part title={t('signing_in')} note={t('signing_in_note')}>
      <Load from={loaded}>
        {(s) =>
          s === null ? (
            <SignIn />
          ) : (
            <div class="cards two">
              <Passkeys member={s.member} list={s.passkeys} />
              <Sessions list={s.sessions} />
            </div>
          )
        }
      </Load>
    </Part>
  );
}
