// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Putting plans to the vote: which ones, under which names, who decides; then the motion is signed.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { choiceFields, NAME_MOST, type Variant } from '../lib/choice';
import { about } from '../lib/commons';
import { t } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { go } from '../lib/route';
import { loadAssemblies, type Assembly } from '../lib/votes';
import { utf8 } from '../record/bytes';
import { Act } from './act';
import { Load } from './basic';

interface Props {
  readonly plans: readonly { readonly plan: string; readonly title: string }[]; // all of one economy
  readonly chosen: readonly string[];
  readonly text: string; // to begin with
}

function Form({ plans, chosen, text, assemblies }: Props & { assemblies: readonly Assembly[] }): JSX.Element {
  const on = useSignal<ReadonlySet<string>>(new Set(chosen));
  const names = useSignal<Readonly<Record<string, string>>>({});
  const title = useSignal('');
  const says = useSignal(text);
  const by = useSignal(assemblies.find((a) => a.sort === 'everyone')?.assembly ?? '');
  const nameOf = (p: Props['plans'][number]): string => (names.value[p.plan] ?? p.title).trim();
  const variants: readonly Variant[] = plans.filter((p) => on.value.has(p.plan)).map((p) => ({ plan: p.plan, name: nameOf(p) }));
  const wrong =
    variants.length < 2
      ? t('choice_two')
      : new Set(variants.map((v) => v.name)).size < variants.length || variants.some((v) => v.name === '' || utf8(v.name).length > NAME_MOST)
        ? t('choice_names')
        : null;
  const toggle = (plan: string): void => {
    const next = new Set(on.value);
    if (!next.delete(plan)) next.add(plan);
    on.value = next;
  };
  return (
    <div class="card stack">
      <fieldset class="choices">
        <legend>{t('choice_between')}</legend>
        {plans.map((p) => (
          <div key={p.plan} class="choice-row">
            <input type="checkbox" aria-label={t('choice_take', { name: nameOf(p) })} checked={on.value.has(p.plan)} onChange={() => toggle(p.plan)} />
            <input aria-label={t('choice_name', { name: p.title })} value={names.value[p.plan] ?? p.title} maxLength={NAME_MOST} onInput={(e) => (names.value = { ...names.value, [p.plan]: e.currentTarget.value })} />
          </div>
        ))}
      </fieldset>
      <label class="field">
        <span>{t('proposal_title')}</span>
        <input value={title.value} maxLength={200} onInput={(e) => (title.value = e.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{t('choice_text')}</span>
        <textarea rows={4} value={says.value} onInput={(e) => (says.value = e.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{t('who_decides')}</span>
        <select value={by.value} onChange={(e) => (by.value = e.currentTarget.value)}>
          {assemblies.map((a) => (
            <option key={a.assembly} value={a.assembly}>
              {a.sort === 'everyone' ? t('everybody') : a.name}
            </option>
          ))}
        </select>
      </label>
      {wrong !== null && <p class="soft small">{wrong}</p>}
      <div>
        <Act
          kind="motion.tabled"
          look="primary"
          label={t('put_to_vote')}
          disabled={wrong !== null || title.value.trim() === '' || says.value.trim() === ''}
          fields={() => choiceFields(variants, by.value, title.value.trim(), says.value.trim())}
          done={(taken) => go(`/councils/motion/${taken.id}`)}
          says={
            <>
              <p>
                <strong>
                  <bdi>{title.value}</bdi>
                </strong>
              </p>
              <p>{t('choice_says')}</p>
              <ul>
                {variants.map((v) => (
                  <li key={v.plan}>
                    <bdi>{v.name}</bdi>
                  </li>
                ))}
              </ul>
            </>
          }
        />
      </div>
    </div>
  );
}

// Nothing where there is no commons that could decide.
export function PutToVote(props: Props): JSX.Element | null {
  const loaded = useLoad((stop) => (about.value?.commons_id == null ? Promise.resolve({ assemblies: [] }) : loadAssemblies(stop)));
  if (about.value?.commons_id == null) return null;
  return <Load from={loaded}>{({ assemblies }) => <Form {...props} assemblies={assemblies} />}</Load>;
}
