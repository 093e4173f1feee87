// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Opening the key of this device: a field for the passphrase, forms that read it, the form that opens the key and signs in.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { signIn } from '../lib/act';
import { t } from '../lib/i18n';
import { unlock } from '../lib/key';
import { Failure } from './basic';

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

// A form that is sent with the passphrase in it; busy while it runs, with the error of the last run.
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

export function Unlock(): JSX.Element {
  const form = useForm(async (passphrase) => {
    if (!(await unlock(passphrase))) throw new Error(t('wrong_passphrase'));
    await signIn().catch(() => undefined); // a key that is no member's yet opens all the same
  });
  return (
    <form class="stack" onSubmit={form.submit}>
      <Passphrase />
      {form.error !== null && <Failure error={form.error} />}
      <button type="submit" class="primary" disabled={form.busy}>
        {t(form.busy ? 'working' : 'unlock')}
      </button>
    </form>
  );
}
