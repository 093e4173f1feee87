// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A button that does something with the key of this device: it shows in words what is about to be signed, asks for the
// passphrase when the key is locked, signs here, and says what became of it, or which rule refused it.
import type { ComponentChildren, JSX } from 'preact';
import { signal, useSignal } from '@preact/signals';
import { act, signIn, type Taken } from '../lib/act';
import { count } from '../lib/format';
import { t } from '../lib/i18n';
import { hasKey, signer, unlock } from '../lib/key';
import { InWords } from '../lib/load';
import type { Fields, Kind } from '../record/kinds';
import { Dialog, Failure } from './basic';

// What was done last, told to everybody who listens, also to screen readers.
export const told = signal('');

export function Told(): JSX.Element {
  return (
    <div class="told" role="status" aria-live="polite">
      {told.value !== '' && (
        <div class="notice good row between">
          <span>{told.value}</span>
          <button type="button" class="quiet small" onClick={() => (told.value = '')} aria-label={t('close')}>
            <span aria-hidden="true">✕</span>
          </button>
        </div>
      )}
    </div>
  );
}

interface Looks {
  readonly label: string;
  readonly says: ComponentChildren; // what is about to be signed
  readonly look?: string; // class of the button
  readonly disabled?: boolean;
}
interface WithKey extends Looks {
  readonly run: () => Promise<string>; // the key is open; gives what is told
}
interface OfKind extends Looks {
  readonly kind: Kind;
  readonly fields: () => Fields | Promise<Fields>;
  readonly done?: (taken: Taken) => void;
}

export function Passphrase(): JSX.Element {
  return (
    <label class="field">
      <span>{t('passphrase')}</span>
      <input type="password" name="passphrase" autocomplete="current-password" />
    </label>
  );
}

// What stands in the passphrase field of a form: read when it is sent, so that what a password manager fills in counts too.
export function passphraseIn(e: Event): string {
  const input = e.currentTarget instanceof HTMLFormElement ? e.currentTarget.elements.namedItem('passphrase') : null;
  return input instanceof HTMLInputElement ? input.value : '';
}

// Opens the key of this device, and signs in; who is no member yet acts without a session.
export async function openKey(passphrase: string): Promise<void> {
  if (!(await unlock(passphrase))) throw new InWords(t('wrong_passphrase'));
  await signIn().catch(() => undefined);
}

// A form whose work takes a while and can fail: its button is pressed once.
export function useForm(run: (passphrase: string) => Promise<void>): { busy: boolean; error: Error | null; submit: (e: Event) => void } {
  const busy = useSignal(false);
  const error = useSignal<Error | null>(null);
  const submit = (e: Event): void => {
    e.preventDefault();
    busy.value = true;
    error.value = null;
    run(passphraseIn(e))
      .catch((x: unknown) => (error.value = x instanceof Error ? x : new Error(String(x))))
      .finally(() => (busy.value = false));
  };
  return { busy: busy.value, error: error.value, submit };
}

export function OpenKey(): JSX.Element {
  const form = useForm(openKey);
  return (
    <form class="stack" onSubmit={form.submit}>
      <Passphrase />
      {form.error !== null && <Failure error={form.error} />}
      <div>
        <button type="submit" class="primary" disabled={form.busy}>
          {t(form.busy ? 'working' : 'unlock')}
        </button>
      </div>
    </form>
  );
}

// What needs the open key of this device, or the way to it.
export function Opened({ children }: { children: ComponentChildren }): JSX.Element {
  if (!hasKey.value) {
    return (
      <div class="notice warn">
        {t('no_key_here')} <a href="/key">{t('page_key')}</a>
      </div>
    );
  }
  return signer.value === null ? <OpenKey /> : <>{children}</>;
}

function Confirm({ label, says, run, close }: WithKey & { close: () => void }): JSX.Element {
  const form = useForm(async (passphrase) => {
    if (signer.value === null) await openKey(passphrase);
    told.value = await run();
    close();
  });
  return (
    <Dialog title={label} close={close}>
      <form class="stack" onSubmit={form.submit}>
        <div>{says}</div>
        <p class="soft small">{t('signing_note')}</p>
        {!hasKey.value ? (
          <div class="notice warn">
            {t('no_key_here')} <a href="/key">{t('page_key')}</a>
          </div>
        ) : (
          signer.value === null && <Passphrase />
        )}
        {form.error !== null && <Failure error={form.error} />}
        <div class="row">
          <button type="submit" class="primary" disabled={form.busy || !hasKey.value}>
            {t(form.busy ? 'signing' : 'sign_it')}
          </button>
          <button type="button" onClick={close}>
            {t('cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function Signed(props: WithKey): JSX.Element {
  const open = useSignal(false);
  return (
    <>
      <button type="button" class={`no-print ${props.look ?? ''}`} disabled={props.disabled === true} onClick={() => (open.value = true)}>
        {props.label}
      </button>
      {open.value && <Confirm {...props} close={() => (open.value = false)} />}
    </>
  );
}

// The same for one event of a kind.
export function Act({ kind, fields, done, ...looks }: OfKind): JSX.Element {
  const run = async (): Promise<string> => {
    const taken = await act(kind, await fields());
    done?.(taken);
    return t('in_record', { position: count(taken.position) });
  };
  return <Signed {...looks} run={run} />;
}
