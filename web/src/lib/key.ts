// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The key of this device: a key file of docs/formats/record.md, kept in IndexedDB under its passphrase. Opened, it lives in
// the memory of this page alone, until the page is left or it is locked.
import { computed, signal } from '@preact/signals';
import { toHex } from '../record/bytes';
import type { Signer } from '../record/ed25519';
import { keyId } from '../record/event';

const BASE = 'plenty';
const STORE = 'keys';
export const PASSPHRASE_LEAST = 12; // letters

export const keyText = signal<string | null>(null); // the key file, or none
export const signer = signal<Signer | null>(null); // the key, once it is opened
export const me = signal<string | null>(null); // its key id, in hexadecimal
export const hasKey = computed(() => keyText.value !== null);

function open(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const request = indexedDB.open(BASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error ?? new Error('IndexedDB'));
  });
}

async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const base = await open();
  try {
    return await new Promise<T>((done, fail) => {
      const request = ask(base.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error ?? new Error('IndexedDB'));
    });
  } finally {
    base.close();
  }
}

async function know(text: string | null): Promise<void> {
  keyText.value = text;
  if (text === null) {
    me.value = null;
    signer.value = null;
    return;
  }
  const found = /^public ([0-9a-f]{64})$/m.exec(text);
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => parseInt(found?.[1]?.slice(2 * i, 2 * i + 2) ?? '0', 16));
  me.value = toHex(await keyId(bytes));
}

// Whatever key this browser keeps.
export async function findKey(): Promise<void> {
  const kept = await inStore<unknown>('readonly', (s) => s.get('key'));
  await know(typeof kept === 'string' ? kept : null);
}

async function keep(text: string): Promise<void> {
  await inStore('readwrite', (s) => s.put(text, 'key'));
  await know(text);
}

export async function makeKey(name: string, passphrase: string): Promise<void> {
  const { newKeyFile } = await import('../record/keyfile');
  const made = await newKeyFile(name, passphrase);
  await keep(made.text);
  signer.value = made.signer;
}

// Takes a key file in; false when the passphrase is wrong.
export async function takeKey(text: string, passphrase: string): Promise<boolean> {
  const { openKeyFile } = await import('../record/keyfile');
  const opened = await openKeyFile(text, passphrase);
  if (opened === null) return false;
  await keep(text);
  signer.value = opened;
  return true;
}

export async function unlock(passphrase: string): Promise<boolean> {
  const { openKeyFile } = await import('../record/keyfile');
  const opened = keyText.value === null ? null : await openKeyFile(keyText.value, passphrase);
  signer.value = opened;
  return opened !== null;
}

export function lock(): void {
  signer.value = null;
}

export async function forgetKey(): Promise<void> {
  await inStore('readwrite', (s) => s.delete('key'));
  await know(null);
}
