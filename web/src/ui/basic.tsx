// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Pieces that all pages use: loading and error states, notices, figures with a table beside them, dialogs.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useSignal, type ReadonlySignal } from '@preact/signals';
import { hasWord, t, type WordKey } from '../lib/i18n';
import { Refusal, type Loaded } from '../lib/load';
import { english, say } from '../lib/refusal';

export function Skeleton(): JSX.Element {
  return (
    <div class="skeleton" role="status" aria-label={t('loading')}>
      <span />
      <span />
      <span />
    </div>
  );
}

export function Failure({ error }: { error: Error }): JSX.Element {
  const { says, exact } = say(error);
  const rule = error instanceof Refusal ? error.rule : '';
  return (
    <div class="notice short" role="alert">
      <p>
        <strong>{t('failed')}</strong> {says}
      </p>
      {exact !== '' && english() && <p class="small">{exact}</p>}
      {exact !== '' && !english() && (
        <details>
          <summary class="small">{t('exact_words')}</summary>
          <p class="small" lang="en" dir="ltr">
            {exact}
          </p>
        </details>
      )}
      {rule !== '' && <p class="small">{t('rule', { rule })}</p>}
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }): JSX.Element {
  return <div class="empty">{children}</div>;
}

// Shows what was loaded, or that it is on the way, or why it did not come.
export function Load<T>({ from, children }: { from: ReadonlySignal<Loaded<T>>; children: (data: T) => ComponentChildren }): JSX.Element {
  const now = from.value;
  if (now.state === 'loading') return <Skeleton />;
  if (now.state === 'failed') return <Failure error={now.error} />;
  return <>{children(now.data)}</>;
}

// What may come after the first picture: it is drawn when that is on the screen.
export function Later({ children }: { children: ComponentChildren }): JSX.Element {
  const drawn = useSignal(false);
  useEffect(() => {
    const frame = requestAnimationFrame(() => setTimeout(() => (drawn.value = true)));
    return () => cancelAnimationFrame(frame);
  }, []);
  return drawn.value ? <>{children}</> : <Skeleton />;
}

export function PageHead({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  useEffect(() => {
    document.title = `${title} · Plenty`;
  }, [title]);
  return (
    <header class="page-head">
      <h1 tabIndex={-1}>{title}</h1>
      {children !== undefined && <div class="lead">{children}</div>}
    </header>
  );
}

export function Part({ title, note, children }: { title: string; note?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  const id = useId();
  return (
    <section class="part" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {note !== undefined && <p class="soft">{note}</p>}
      {children}
    </section>
  );
}

// A picture, what it says, and the same as a table. One that is wider than a telephone scrolls, also by keyboard.
export function Chart(props: { title: string; says?: ComponentChildren; table: ComponentChildren; children: ComponentChildren; scrolls?: boolean }): JSX.Element {
  return (
    <figure>
      <figcaption>
        <h3>{props.title}</h3>
        {props.says !== undefined && <p class="soft small">{props.says}</p>}
      </figcaption>
      {props.scrolls === true ? (
        <div class="chart" tabIndex={0} role="group" aria-label={props.title}>
          {props.children}
        </div>
      ) : (
        <div class="chart">{props.children}</div>
      )}
      <details class="table-switch">
        <summary>{t('as_table')}</summary>
        {props.table}
      </details>
    </figure>
  );
}

export function Dialog(props: { title: string; sheet?: boolean; close: () => void; children: ComponentChildren }): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = box.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      class={props.sheet === true ? 'sheet' : ''}
      aria-labelledby={id}
      onCancel={(e) => {
        e.preventDefault();
        props.close();
      }}
      onClick={(e) => {
        if (e.target === box.current) props.close();
      }}
    >
      <div class="sheet-head">
        <h2 id={id}>{props.title}</h2>
        <button type="button" class="quiet" onClick={props.close} aria-label={t('close')}>
          <span aria-hidden="true">✕</span>
        </button>
      </div>
      <div class="sheet-in">{props.children}</div>
    </dialog>
  );
}

export interface Column<T> {
  readonly name: string;
  readonly number?: boolean;
  readonly cell: (row: T) => ComponentChildren;
}

// A table of a few dozen rows. The first column heads its row.
export function Table<T>({ caption, columns, rows }: { caption: string; columns: readonly Column<T>[]; rows: readonly T[] }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.name} scope="col" class={c.number === true ? 'n' : ''}>
                {c.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {columns.map((c, k) =>
                k === 0 ? (
                  <th key={c.name} scope="row" class={c.number === true ? 'n' : ''}>
                    {c.cell(row)}
                  </th>
                ) : (
                  <td key={c.name} class={c.number === true ? 'n' : ''}>
                    {c.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Badge({ kind, children }: { kind?: 'good' | 'short' | 'warn' | 'accent'; children: ComponentChildren }): JSX.Element {
  return <span class={`badge ${kind ?? ''}`}>{children}</span>;
}

export function Switch<T extends string>({ label, value, options, set }: { label: string; value: T; options: readonly (readonly [T, string])[]; set: (v: T) => void }): JSX.Element {
  return (
    <div class="switch" role="group" aria-label={label}>
      {options.map(([v, name]) => (
        <button key={v} type="button" aria-pressed={v === value} onClick={() => set(v)}>
          {name}
        </button>
      ))}
    </div>
  );
}

// The word for something that data name, or the name itself.
export function wordOr(key: string, otherwise: string): string {
  return hasWord(key) ? t(key as WordKey) : otherwise;
}
