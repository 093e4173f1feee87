// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What makes the first page quick: of each language the words that it shows come first and the others after it, and its style stands in the page itself.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const top = import.meta.dirname;
const WORDS = 'virtual:words';

function fileOf(at: string): string {
  for (const end of ['.ts', '.tsx', '']) {
    try {
      return readFileSync(at + end, 'utf8');
    } catch {
      continue;
    }
  }
  throw new Error(`${at} is not there`);
}

// The sources that come with a file: those which it imports at once, and theirs.
function sourcesFrom(at: string, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(at)) return seen;
  const text = fileOf(at);
  seen.set(at, text);
  for (const [, from] of text.matchAll(/^(?:import|export) (?!type)[^;]*?from '(\.[^']+)';/gm)) sourcesFrom(join(dirname(at), from as string), seen);
  return seen;
}

// Whether sources name a key, or a beginning of keys: t('good'), t(`tier_${n}`).
export function namedIn(sources: Iterable<string>): (key: string) => boolean {
  const all = [...sources].join('\n');
  const beginnings = [...all.matchAll(/`([a-z_]+_)\$\{/g)].map((m) => m[1] as string);
  return (key) => all.includes(`'${key}'`) || beginnings.some((b) => key.startsWith(b));
}

// What went wrong is said in words that come with the others (src/lib/refusal.ts).
const LATER = /^(error|broken)_/;

// 'virtual:words': for each language where its first words are, and the others.
export function words(): Plugin {
  let building = false;
  const folder = join(top, 'locales');
  return {
    name: 'words',
    configResolved(config) {
      building = config.command === 'build';
    },
    resolveId: (id) => (id === WORDS ? `\0${WORDS}` : undefined),
    load(id) {
      if (id !== `\0${WORDS}`) return undefined;
      const named = namedIn(sourcesFrom(join(top, 'src/main.tsx')).values());
      const inFirst = (key: string): boolean => named(key) && !LATER.test(key);
      const rows = readdirSync(folder).map((name) => {
        const code = name.replace('.json', '');
        if (!building) return `${code}: ['/locales/${name}']`;
        const all = Object.entries(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>);
        const part = (suffix: string, of: readonly [string, unknown][]): string => {
          const file = this.emitFile({ type: 'asset', name: `${code}${suffix}.json`, source: JSON.stringify(Object.fromEntries(of)) });
          return `import.meta.ROLLUP_FILE_URL_${file}`;
        };
        return `${code}: [${part('', all.filter(([k]) => inFirst(k)))}, ${part('_more', all.filter(([k]) => !inFirst(k)))}]`;
      });
      return `export default { ${rows.join(', ')} };`;
    },
  };
}

// The style sheet stands in the page: no round trip for it.
export function styleInPage(): Plugin {
  return {
    name: 'style-in-page',
    transformIndexHtml: { order: 'pre', handler: (html) => html.replace('<!--style-->', () => `<style>${readFileSync(join(top, 'src/style.css'), 'utf8')}</style>`) },
  };
}
