// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is fetched: its state as a signal, and fetching again when the record has grown.
import { effect, useSignal, type ReadonlySignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';

// An error that was put into words of the reader's language already.
export class InWords extends Error {}

// What the server says when it refuses: which error it is of what, or the rule that was broken; and the same in English.
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly subject: string,
    message: string,
    readonly hint: string,
    readonly rule: string,
  ) {
    super(message);
  }
}

export type Loaded<T> = { readonly state: 'loading' } | { readonly state: 'failed'; readonly error: Error } | { readonly state: 'there'; readonly data: T };

// Runs `get` now (before anything is painted: what came with the page is shown at once) and whenever a signal that it reads changes; while it runs again,
// the old data stay.
export function useLoad<T>(get: (stop: AbortSignal) => Promise<T>): ReadonlySignal<Loaded<T>> {
  const result = useSignal<Loaded<T>>({ state: 'loading' });
  const latest = useRef(get);
  latest.current = get;
  useLayoutEffect(
    () =>
      effect(() => {
        const stop = new AbortController();
        latest.current(stop.signal).then(
          (data) => {
            if (!stop.signal.aborted) result.value = { state: 'there', data };
          },
          (error: unknown) => {
            if (!stop.signal.aborted) result.value = { state: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
          },
        );
        return () => stop.abort();
      }),
    [],
  );
  return result;
}
