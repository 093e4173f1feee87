// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Founding: people meet by an invitation, each with a key made on their own device; one of them signs the founding.
import type { ComponentChildren, JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { count } from '../lib/format';
import { enter, found, freeSeat, loadFounding, plainCode, sitDown, type Founding } from '../lib/founding';
import { t } from '../lib/i18n';
import { hasKey, makeKey, me, PASSPHRASE_LEAST, signer, unlock } from '../lib/key';
import { InWords, Refusal } from '../lib/load';
import { query, setQuery } from '../lib/route';
import { Signed, useForm } from '../ui/act';
import { Badge, Failure } from '../ui/basic';
import { Dot, givenName, nameMember } from '../ui/person';

const LOOK_MS = 1500; // who else has sat down

// One that folds is open until it is done: the eye goes to what is not.
export function Step({ n, title, done, folds = false, children }: { n: number; title: string; done: boolean; folds?: boolean; children?: ComponentChildren }): JSX.Element {
  const head = (
    <h2 class="row minor">
      <span class="rank" aria-hidden="true">
        {done ? '✓' : count(n)}
      </span>
      {title} {done && <Badge kind="good">{t('done')}</Badge>}
    </h2>
  );
  if (!folds) {
    return (
      <li class="card stack">
        {head}
        {children}
      </li>
    );
  }
  return (
    <li class="card">
      <details open={!done}>
        <summary>{head}</summary>
        <div class="stack">{children}</div>
      </details>
    </li>
  );
}

// Eight signs of a key, to be read out to one another: by them one notices a key that somebody has slipped in.
export function signs(key: string): string {
  return `${key.slice(0, 4)} ${key.slice(4, 8)}`;
}

function Invitation({ code }: { code: string }): JSX.Element {
  const typed = useSignal('');
  return (
    <form
      class="stack"
      onSubmit={(e) => {
        e.preventDefault();
        setQuery('code', plainCode(typed.value));
      }}
    >
      <label class="field">
        <span>{t('invitation_code')}</span>
        <input dir="ltr" value={typed.value} placeholder={code === '' ? '0000-0000-0000-0000' : code} required onInput={(e) => (typed.value = e.currentTarget.value)} />
        <p class="field-help">{t('invitation_help')}</p>
      </label>
      <div>
        <button type="submit" class="primary">
          {t('invitation_open')}
        </button>
      </div>
    </form>
  );
}

// Name and passphrase: makes the key of this device when it has none, and sits down with it.
function SitDown({ code, sat }: { code: string; sat: (f: Founding) => void }): JSX.Element {
  const name = useSignal('');
  const two = useSignal('');
  const opened = signer.value !== null;
  const form = useForm(async (passphrase) => {
    if (!hasKey.value) {
      if (passphrase.length < PASSPHRASE_LEAST) throw new InWords(t('passphrase_short', { least: PASSPHRASE_LEAST }));
      if (passphrase !== two.value) throw new InWords(t('passphrase_differs'));
      await makeKey(name.value.trim(), passphrase);
    } else if (signer.value === null) {
      await unlock(passphrase);
    }
    if (signer.value === null) throw new InWords(t('wrong_passphrase'));
    sat(await sitDown(code, name.value.trim(), signer.value));
  });
  return (
    <form class="stack" onSubmit={form.submit}>
      <p>{t('sit_note')}</p>
      <label class="field">
        <span>{t('sit_name')}</span>
        <input value={name.value} maxLength={30} autocomplete="given-name" required onInput={(e) => (name.value = e.currentTarget.value)} />
        <p class="field-help">{t('sit_name_help')}</p>
      </label>
      {!opened && (
        <label class="field">
          <span>{t('passphrase')}</span>
          <input type="password" name="passphrase" autocomplete={hasKey.value ? 'current-password' : 'new-password'} required />
          {!hasKey.value && <p class="field-help">{t('make_key_note', { least: PASSPHRASE_LEAST })}</p>}
        </label>
      )}
      {!hasKey.value && (
        <label class="field">
          <span>{t('passphrase_again')}</span>
          <input type="password" autocomplete="new-password" value={two.value} required onInput={(e) => (two.value = e.currentTarget.value)} />
        </label>
      )}
      {form.error !== null && <Failure error={form.error} />}
      <div>
        <button type="submit" class="primary" disabled={form.busy}>
          {t(form.busy ? 'working' : 'sit_down')}
        </button>
      </div>
    </form>
  );
}

function Invite({ code }: { code: string }): JSX.Element {
  const link = `${location.origin}/start?code=${code}`;
  const copied = useSignal(false);
  return (
    <div class="stack">
      <p>{t('invite_note')}</p>
      <label class="field">
        <span>{t('invite_link')}</span>
        <input class="mono" dir="ltr" readOnly value={link} onFocus={(e) => e.currentTarget.select()} />
      </label>
      <div class="row">
        <button type="button" onClick={() => void navigator.clipboard.writeText(link).then(() => (copied.value = true))}>
          {t(copied.value ? 'copied' : 'copy_link')}
        </button>
        <span class="soft small">
          {t('invitation_code')} <code dir="ltr">{code.replace(/(.{4})(?=.)/g, '$1-')}</code>
        </span>
      </div>
      {/^(127\.|localhost$|\[::1\]$)/.test(location.hostname) && <p class="notice small">{t('invite_loopback')}</p>}
    </div>
  );
}

function Table({ code, f, chosen, toggle }: { code: string; f: Founding; chosen: ReadonlySet<string>; toggle: (key: string) => void }): JSX.Element {
  return (
    <ul class="plain lines">
      {f.seats.map((s) => (
        <li key={s.key} class="row between">
          <label class="row">
            <input type="checkbox" checked={!chosen.has(s.key)} disabled={s.key === me.value} onChange={() => toggle(s.key)} />
            <Dot id={s.key} /> <bdi>{s.name}</bdi> {s.key === me.value && <Badge kind="accent">{t('you')}</Badge>}
          </label>
          <span class="row">
            <code dir="ltr">{signs(s.key)}</code>
            <button type="button" class="quiet small" aria-label={t('free_seat', { name: s.name })} onClick={() => void freeSeat(code, s.public_key)}>
              <span aria-hidden="true">✕</span>
            </button>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Sign({ code, f, out }: { code: string; f: Founding; out: ReadonlySet<string> }): JSX.Element {
  const name = useSignal('');
  const founders = f.seats.filter((s) => !out.has(s.key));
  const run = async (): Promise<string> => {
    if (signer.value === null) throw new InWords(t('key_locked'));
    await found(code, name.value.trim(), founders.map((s) => s.public_key), signer.value);
    return t('founded', { name: name.value.trim() });
  };
  return (
    <div class="stack">
      <p>{t('found_note')}</p>
      <label class="field">
        <span>{t('commons_name')}</span>
        <input value={name.value} maxLength={60} onInput={(e) => (name.value = e.currentTarget.value)} />
      </label>
      {founders.length < 3 && <p class="soft">{t('found_wait')}</p>}
      <Signed
        label={t('found_it')}
        look="primary"
        disabled={name.value.trim() === '' || founders.length < 3}
        run={run}
        says={
          <>
            <p>{t('found_says', { name: name.value.trim() })}</p>
            <ul>
              {founders.map((s) => (
                <li key={s.key}>
                  <bdi>{s.name}</bdi> <code dir="ltr">{signs(s.key)}</code>
                </li>
              ))}
            </ul>
            <p class="soft small">{t('found_record_key')}</p>
          </>
        }
      />
    </div>
  );
}

function Meeting({ code }: { code: string }): JSX.Element {
  const f = useSignal<Founding | null>(null);
  const error = useSignal<Error | null>(null);
  const out = useSignal<ReadonlySet<string>>(new Set());
  const take = (now: Founding): void => {
    f.value = now;
    for (const s of now.seats) if (givenName(s.key) === '') nameMember(s.key, s.name); // names stay on this device
    if (now.commons !== null) void enter();
  };
  useEffect(() => {
    const stop = new AbortController();
    const look = (): void => {
      loadFounding(code, stop.signal).then(
        (now) => {
          error.value = null;
          take(now);
        },
        (e: unknown) => {
          if (!stop.signal.aborted) error.value = e instanceof Error ? e : new Error(String(e));
        },
      );
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, [code]);
  if (error.value !== null) {
    return (
      <li class="card stack">
        <Failure error={error.value} />
        {error.value instanceof Refusal && <Invitation code={code} />}
      </li>
    );
  }
  const seats = f.value?.seats ?? [];
  const seated = seats.some((s) => s.key === me.value);
  const toggle = (key: string): void => {
    const next = new Set(out.value);
    if (!next.delete(key)) next.add(key);
    out.value = next;
  };
  return (
    <>
      <Step n={1} title={t('step_sit')} done={seated}>
        {!seated && <SitDown code={code} sat={take} />}
      </Step>
      <Step n={2} title={t('step_invite')} done={seats.length >= 3}>
        <Invite code={code} />
        {f.value !== null && seats.length > 0 && (
          <>
            <Table code={code} f={f.value} chosen={out.value} toggle={toggle} />
            <p class="soft small">{t('signs_note')}</p>
          </>
        )}
      </Step>
      <Step n={3} title={t('step_found')} done={false}>
        {f.value !== null && seated ? <Sign code={code} f={f.value} out={out.value} /> : <p class="soft">{t('found_sit_first')}</p>}
      </Step>
    </>
  );
}

export function FoundingSteps(): JSX.Element {
  const code = query.value.get('code') ?? '';
  return (
    <ol class="steps">
      {code === '' ? (
        <Step n={1} title={t('step_invitation')} done={false}>
          <Invitation code="" />
        </Step>
      ) : (
        <Meeting key={code} code={code} />
      )}
    </ol>
  );
}
