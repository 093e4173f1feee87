// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How the pages are built: one entry, a chunk for each page, two files of words for each language, names by content.
import { defineConfig } from 'vitest/config';
import { styleInPage, words } from './first.ts';

export default defineConfig({
  base: '/',
  plugins: [words(), styleInPage()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    assetsDir: 'assets',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    reportCompressedSize: true,
    // What the first page needs is one file: browsers fetch six at once, and each more costs a telephone a round trip.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
  },
  test: { testTimeout: 60000 }, // proofs take their time on a machine that is busy
  server: { proxy: { '/api': process.env['PLENTY_SERVER'] ?? 'http://127.0.0.1:8080' } },
});
