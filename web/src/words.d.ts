// SPDX-License-Identifier: AGPL-3.0-or-later
declare module 'virtual:words' {
  // Where the words of each language are: those of the first page, then the others (web/first.ts).
  const files: Readonly<Record<string, readonly string[]>>;
  export default files;
}
