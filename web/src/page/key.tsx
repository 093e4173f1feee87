// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Key: making one, opening and locking it, saving it elsewhere, taking one in.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { signIn } from '../lib/act';
import { about } from '../lib/commons';
import { t } from '../lib/i18n';
import { forgetKey, hasKey, keyText, lock, makeKey, me, PASSPHRASE_LEAST, signer, takeKey } from '../lib/key';
import { InWords } from '../lib/load';
import { fromHex, toHex } from '../record/bytes';
import { memberProof } from '../record/event';
import { Badge, Failure, PageHead, Part } from '../ui/basic';
import { OpenKey, Passphrase, useForm } from '../ui/act';
import { SigningIn } from './signing';

function Make(): JSX.Element {
  const one = useSignal('');
  const two = useSignal('');
  const form = useForm(async () => {
    if (one.value.length < PASSPHRASE_LEAST) throw new InWords(t('passphrase_short', { least: PASSPHRASE_LEAST }));
    if (one.value !== two.value) throw new InWords(t('passphrase_differs'));
    await makeKey('browser', one.value);
  });
  return (
    <form class="card stack" onSubmit={form.submit}>
      <h2 class="minor">{t('make_key')}</h2>
      <p class="soft small">{t('make_key_note', { least: PASSPHRASE_LEAST })}</p>
      <label class="field">
        <span>{t('passphrase')}</span>
        <input type="password" autocomplete="new-password" value={one.value} onInput={(e) => (one.value = e.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{t('passphrase_again')}</span>
        <input type="password" autocomplete="new-password" value={two.value} onInput={(e) => (two.value = e.currentTarget.value)} />
      </label>
      {form.error !== null && <Failure error={form.error} />}
      <button type="submit" class="primary" disabled={form.busy}>
        {t(form.busy ? 'working' : 'make_key')}
      </button>
    </form>
  );
}

function Take(): JSX.Element {
  const text = useSignal('');
  const form = useForm(async (passphrase) => {
    const taken = await takeKey(text.value, passphrase).catch(() => {
      throw new InWords(t('key_file_wrong'));
    });
    if (!taken) throw new InWords(t('wrong_passphrase'));
    await signIn().catch(() => undefined); // a key that is no member's yet is taken all the same
  });
  return (
    <form class="card stack" onSubmit={form.submit}>
      <h2 class="minor">{t('take_key')}</h2>
      <p class="soft small">{t('take_key_note')}</p>
      <label class="field">
        <span>{t('key_file')}</span>
        <input type="file" onChange={(e) => void e.currentTarget.files?.[0]?.text().then((x) => (text.value = x))} />
      </label>
      <Passphrase />
      {form.error !== null && <Failure error={form.error} />}
      <button type="submit" disabled={form.busy || text.value === ''}>
        {t(form.busy ? 'working' : 'take_key')}
      </button>
    </form>
  );
}

// The consent of a new key to become that of a member: what the member who proposes needs.
function Consent(): JSX.Element | null {
  const author = useSignal('');
  const proof = useSignal('');
  const commons = about.value?.commons_id;
  const key = signer.value;
  if (commons === null || commons === undefined || key === null) return null;
  const make = async (): Promise<void> => {
    proof.value = toHex(await memberProof(fromHex(commons), fromHex(author.value.trim()), key));
  };
  return (
    <Part title={t('join_title')} note={t('join_note')}>
      <form
        class="stack"
        onSubmit={(e) => {
          e.preventDefault();
          void make();
        }}
      >
        <label class="field">
          <span>{t('join_author')}</span>
          <input value={author.value} pattern="[0-9a-f]{64}" required onInput={(e) => (author.value = e.currentTarget.value)} />
        </label>
        <button type="submit">{t('join_sign')}</button>
        {proof.value !== '' && (
          <dl class="facts">
            <dt>{t('public_key')}</dt>
            <dd class="mono">{toHex(key.publicKey)}</dd>
            <dt>{t('proof')}</dt>
            <dd class="mono">{proof.value}</dd>
          </dl>
        )}
      </form>
    </Part>
  );
}

function Own(): JSX.Element {
  const forget = useSignal(false);
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(keyText.value ?? '')}`;
  return (
    <>
      <div class="card stack">
        <h2 class="row minor">
          {t('your_key')} {signer.value === null ? <Badge>{t('locked')}</Badge> : <Badge kind="good">{t('unlocked')}</Badge>}
        </h2>
        <dl class="facts">
          <dt>{t('key_id')}</dt>
          <dd class="mono">{me.value}</dd>
          <dt>{t('public_key')}</dt>
          <dd class="mono">{/^public ([0-9a-f]+)$/m.exec(keyText.value ?? '')?.[1]}</dd>
        </dl>
        {signer.value === null ? (
          <OpenKey />
        ) : (
          <button type="button" onClick={lock}>
            {t('lock')}
          </button>
        )}
        <div class="row">
          <a class="button" href={file} download="plenty.key">
            {t('save_key')}
          </a>
          <button type="button" class="danger" aria-expanded={forget.value} onClick={() => (forget.value = !forget.value)}>
            {t('forget_key')}
          </button>
        </div>
        <p class="soft small">{t('save_key_note')}</p>
        {forget.value && (
          <div class="notice short">
            <p>{t('forget_note')}</p>
            <button type="button" class="danger" onClick={() => void forgetKey()}>
              {t('forget_sure')}
            </button>
          </div>
        )}
      </div>
      <Consent />
    </>
  );
}

export function KeyPage(): JSX.Element {
  return (
    <>
      <PageHead title={t('page_key')}>{t('key_lead')}</PageHead>
      {hasKey.value ? (
        <Own />
      ) : (
        <div class="cards two">
          <Make />
          <Take />
        </div>
      )}
      <SigningIn />
    </>
  );
}
