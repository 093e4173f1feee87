// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A privileged act: before a constitution is in force a founder signs it, from then on it is asked for.
import type { JSX, ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';
import { pin } from '../lib/grants';
import { t } from '../lib/i18n';
import type { Fields, Kind } from '../record/kinds';
import { Act } from './act';

interface Props {
  readonly kind: Kind;
  readonly label: string;
  readonly says: ComponentChildren;
  readonly disabled: boolean;
  readonly fields: () => Fields;
  readonly done: () => void;
}

export function Privileged({ granted, ...act }: Props & { granted: boolean }): JSX.Element {
  const reason = useSignal('');
  if (!granted) return <Act {...act} />;
  return (
    <>
      <label class="field">
        <span>{t('grant_reason')}</span>
        <input value={reason.value} maxLength={500} onInput={(e) => (reason.value = e.currentTarget.value)} />
      </label>
      <Act
        kind="grant.asked"
        label={t('grant_ask')}
        disabled={act.disabled || reason.value.trim() === ''}
        says={
          <>
            {act.says}
            <p>{t('grant_says')}</p>
          </>
        }
        fields={async () => ({ act: act.kind, hash: await pin(act.kind, act.fields()), reason: reason.value.trim() })}
        done={() => {
          reason.value = '';
          act.done();
        }}
      />
      <p class="soft small">
        <a href="/grants">{t('page_grants')}</a>
      </p>
    </>
  );
}
