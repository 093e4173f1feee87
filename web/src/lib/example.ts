// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The example economy: the tables of examples/bakery, as they are in the source.
const FILES = import.meta.glob<string>('../../../examples/bakery/*.{csv,json}', { query: '?raw', import: 'default', eager: true });

export const BAKERY: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(FILES).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text]));
