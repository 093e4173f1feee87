// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A button that does something as a member: it shows in words what is about to be signed, asks for the passphrase when the
// key is locked, signs here, and says where in the record it stands, or which rule refused it.
import type { ComponentChildren, JSX } from 'preact';
import { signal, useSignal } from '@preact/signals';
import { act, signIn, type Taken } from '../lib/act';
import { count } from '../lib/format';
import { t } from '../lib/i18n';
import { hasKey, signer, unlock } from '../lib/key';
import type { Fields, Kind } from '../record/kinds';
import { Dialog, Failure } from './basic';
import { Passphrase, passphraseIn } from './unlock';

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

interface Props {
  readonly kind: Kind;
  readonly fields: () => Fields | Promise<Fields>;
  readonly label: string;
  readonly says: ComponentChildren; // what is about to be signed
  readonly look?: string; // class of the button
  readonly disabled?: boolean;
  readonly done?: (taken: Taken) => void;
}

function Confirm({ kind, fields, label, says, done, close }: Props & { close: () => void }): JSX.Element {
  const busy = useSignal(false);
  const error = useSignal<Error | null>(null);
  const run = async (passphrase: string): Promise<void> => {
    if (signer.value === null) {
      if (!(await unlock(passphrase))) throw new Error(t('wrong_passphrase'));
      await signIn().catch(() => undefined); // who is no member yet acts without a session
    }
    const taken = await act(kind, await fields());
    told.value = t('in_record', { position: count(taken.position) });
    close();
    done?.(taken);
  };
  const submit = (e: Event): void => {
    e.preventDefault();
    busy.value = true;
    error.value = null;
    run(passphraseIn(e))
      .catch((x: unknown) => (error.value = x instanceof Error ? x : new Error(String(x))))
      .finally(() => (busy.value = false));
  };
  return (
    <Dialog title={label} close={close}>
      <form class="stack" onSubmit={submit}>
        <div>{says}</div>
        <p class="soft small">{t('signing_note')}</p>
        {!hasKey.value ? (
          <div class="notice warn">
            {t('no_key_here')} <a href="/key">{t('page_key')}</a>
          </div>
        ) : (
          signer.value === null && <Passphrase />
        )}
        {error.value !== null && <Failure error={error.value} />}
        <div class="row">
          <button type="submit" class="primary" disabled={busy.value || !hasKey.value}>
            {t(busy.value ? 'signing' : 'sign_it')}
          </button>
          <button type="button" onClick={close}>
            {t('cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function Act(props: Props): JSX.Element {
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
