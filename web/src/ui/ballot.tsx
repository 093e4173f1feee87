// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A ballot paper. Every act on it is a button with a name: it works by touch, keyboard and screen reader, and needs no dragging.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { count } from '../lib/format';
import { t } from '../lib/i18n';

export interface Option {
  readonly option: number;
  readonly name: string;
  readonly note?: string | undefined;
}

// The marks after one is moved by `by` places.
export function move(marks: readonly number[], option: number, by: number): number[] {
  const at = marks.indexOf(option);
  const to = at + by;
  if (at < 0 || to < 0 || to >= marks.length) return [...marks];
  const next = [...marks];
  next.splice(at, 1);
  next.splice(to, 0, option);
  return next;
}

export function Ranking({ options, marks, set }: { options: readonly Option[]; marks: readonly number[]; set: (marks: number[]) => void }): JSX.Element {
  const said = useSignal('');
  const change = (next: number[], name: string, option: number): void => {
    set(next);
    const at = next.indexOf(option);
    said.value = at < 0 ? t('now_unranked', { name }) : t('now_ranked', { name, place: at + 1 });
  };
  const byRank = [...marks.map((m) => options.find((o) => o.option === m)).filter((o): o is Option => o !== undefined), ...options.filter((o) => !marks.includes(o.option))];
  return (
    <>
      <p class="soft small">{t('rank_how')}</p>
      <ol class="ballot" aria-label={t('ballot_paper')}>
        {byRank.map((o) => {
          const at = marks.indexOf(o.option);
          return (
            <li key={o.option} class={at >= 0 ? 'marked' : ''}>
              <span class="rank" aria-hidden="true">
                {at >= 0 ? count(at + 1) : '–'}
              </span>
              <span class="name">
                <strong>
                  <bdi>{o.name}</bdi>
                </strong>
                <span class="hidden">{at >= 0 ? t('ranked_at', { place: at + 1 }) : t('not_ranked')}</span>
                {o.note !== undefined && o.note !== '' && (
                  <span class="soft small" dir="auto">
                    <br />
                    {o.note}
                  </span>
                )}
              </span>
              {at < 0 ? (
                <button type="button" aria-label={t('rank_next', { name: o.name, place: marks.length + 1 })} onClick={() => change([...marks, o.option], o.name, o.option)}>
                  +
                </button>
              ) : (
                <>
                  <button type="button" disabled={at === 0} aria-label={t('rank_up', { name: o.name })} onClick={() => change(move(marks, o.option, -1), o.name, o.option)}>
                    ↑
                  </button>
                  <button type="button" disabled={at === marks.length - 1} aria-label={t('rank_down', { name: o.name })} onClick={() => change(move(marks, o.option, 1), o.name, o.option)}>
                    ↓
                  </button>
                  <button type="button" aria-label={t('rank_off', { name: o.name })} onClick={() => change(marks.filter((m) => m !== o.option), o.name, o.option)}>
                    ✕
                  </button>
                </>
              )}
            </li>
          );
        })}
      </ol>
      <p class="hidden" role="status">
        {said.value}
      </p>
    </>
  );
}

export function Choosing({ options, marks, set, several }: { options: readonly Option[]; marks: readonly number[]; set: (marks: number[]) => void; several: boolean }): JSX.Element {
  const toggle = (o: number, on: boolean): void => set(several ? (on ? [...marks, o] : marks.filter((m) => m !== o)) : [o]);
  return (
    <fieldset class="choices">
      <legend>{t(several ? 'approve_how' : 'choose_how')}</legend>
      {options.map((o) => (
        <label key={o.option} class="row">
          <input type={several ? 'checkbox' : 'radio'} name="choice" checked={marks.includes(o.option)} onChange={(e) => toggle(o.option, e.currentTarget.checked)} />
          <span>
            <bdi>{o.name}</bdi>
            {o.note !== undefined && o.note !== '' && <span class="soft small"> · {o.note}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
