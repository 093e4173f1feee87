// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where the reader is: path and query of the address.
import { computed, signal } from '@preact/signals';

const address = signal(new URL(location.href));
export const path = computed(() => address.value.pathname);
export const query = computed(() => address.value.searchParams);

function show(url: URL, moved: boolean): void {
  address.value = url;
  if (moved) {
    window.scrollTo(0, 0);
    requestAnimationFrame(() => document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }));
  }
}

export function go(to: string): void {
  const url = new URL(to, location.href);
  const moved = url.pathname !== location.pathname;
  history.pushState(null, '', url);
  show(url, moved);
}

// Changes one field of the query, or removes it; the page stays.
export function setQuery(name: string, value: string | null): void {
  const url = new URL(location.href);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  history.replaceState(null, '', url);
  show(url, false);
}

export function followLinks(): void {
  addEventListener('popstate', () => show(new URL(location.href), false));
  document.addEventListener('click', (e) => {
    const link = (e.target as Element).closest('a');
    if (link === null || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || e.defaultPrevented) return;
    if (link.origin !== location.origin || link.target !== '' || link.hasAttribute('download') || link.pathname.startsWith('/api/')) return;
    if (link.hash !== '' && link.pathname === location.pathname) return;
    e.preventDefault();
    go(link.href);
  });
}
