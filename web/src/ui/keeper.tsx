// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a member has to do as one who keeps the key of a secret ballot: worked out on this device, then signed and handed in.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { about, now } from '../lib/commons';
import { moment } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { ByCommand, prepare, type Step, type Task } from '../lib/keeper';
import { signer } from '../lib/key';
import { NotOfRecord } from '../lib/sealed';
import { Act } from './act';
import { Failure } from './basic';

function Trouble({ error, task }: { error: Error; task: Task }): JSX.Element {
  if (error instanceof ByCommand) {
    return (
      <div class="notice warn" role="alert">
        <p>{t('keeper_command')}</p>
        <pre>plenty trustee act COMMONS {task.trust.slice(0, 12)} --key FILE</pre>
      </div>
    );
  }
  if (!(error instanceof NotOfRecord)) return <Failure error={error} />;
  return (
    <div class="notice short" role="alert">
      <p>
        <strong>{t('keeper_wrong')}</strong> {t(`sealed_wrong_${error.what}` as WordKey)}
      </p>
    </div>
  );
}

const nameOf = (kind: string): WordKey => `keeper_${kind.replace('.', '_')}` as WordKey;

export function KeeperTask({ task }: { task: Task }): JSX.Element {
  const state = useSignal<Step | Error | 'busy' | null>(null);
  const run = (): void => {
    const key = signer.value;
    if (key === null) return;
    state.value = 'busy';
    prepare(task, key, about.value?.commons_id ?? '', now()).then(
      (step) => (state.value = step),
      (e: unknown) => (state.value = e instanceof Error ? e : new Error(String(e))),
    );
  };
  const found = state.value;
  const step = found !== null && found !== 'busy' && !(found instanceof Error) ? found : null;
  return (
    <article class="card stack">
      <h3>{t(nameOf(task.waits))}</h3>
      <p>{t('keeper_why')}</p>
      {task.until !== null && <p class="small soft">{t('vote_until', { when: moment(task.until) })}</p>}
      {found instanceof Error && <Trouble error={found} task={task} />}
      <div class="row" role="status">
        {step === null ? (
          <button type="button" class="primary" disabled={found === 'busy'} onClick={run}>
            {t(found === 'busy' ? 'working' : 'keeper_do')}
          </button>
        ) : (
          <Act kind={step.kind} look="primary" label={t('keeper_hand_in')} fields={() => step.fields} says={<p>{t(nameOf(step.kind))}</p>} done={() => (state.value = null)} />
        )}
      </div>
    </article>
  );
}
