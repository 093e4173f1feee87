// SPDX-License-Identifier: AGPL-3.0-or-later
//
// encrypt.mjs [THROTTLE]: how long a page takes to encrypt one secret ballot in Chromium, its processor slowed down THROTTLE times (4), and for what a
// trustee does there. The first ballot of a fresh page is what a voter waits for; the median of 20 is without compiling and tables.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('../web/', import.meta.url));
const { chromium } = await import(join(web, 'node_modules/playwright-core/index.mjs'));
const { build } = await import(join(web, 'node_modules/vite/dist/node/index.js'));
const throttle = Number(process.argv[2] ?? 4);
const folder = mkdtempSync(join(tmpdir(), 'plenty-encrypt-'));
const entry = join(folder, 'entry.js');
writeFileSync(entry, `export { makeBallot } from ${JSON.stringify(join(web, 'src/secret/vote.ts'))}; export { openElection } from ${JSON.stringify(join(web, 'src/secret/election.ts'))}; export { judgeBallot, tallyOf } from ${JSON.stringify(join(web, 'src/secret/judge.ts'))}; export { afterShuffle, makePart, makeShuffle } from ${JSON.stringify(join(web, 'src/secret/shuffle.ts'))};`);
await build({ root: web, configFile: false, logLevel: 'error', publicDir: false, build: { outDir: join(folder, 'out'), lib: { entry, formats: ['iife'], name: 'secret', fileName: () => 'secret.js' } } });
const code = readFileSync(join(folder, 'out/secret.js'), 'utf8');
rmSync(folder, { recursive: true });

const [vector] = JSON.parse(readFileSync(new URL('../test/known/secret/votes.json', import.meta.url), 'utf8'));
const names = (n) => Array.from({ length: n }, (_, i) => `Candidate ${i + 1}`);
const sums = (n, most) => ({ answers: names(n), min: 0, max: most, question: '' });
const ranked = (n) => ({ type: 'NonHomomorphic', value: { answers: names(n), question: '' } });
const CASES = [
  ['yes or no', sums(2, 1), [1, 0]],
  ['10 options, any number', sums(10, 10), [1, 0, 1, 0, 0, 1, 0, 0, 0, 0]],
  ['8 ranked', ranked(8), [3, 1, 2, 4, 5, 6, 7, 8]],
  ['30 ranked', ranked(30), Array.from({ length: 30 }, (_, i) => i + 1)],
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
console.log(`Chromium ${browser.version()}, slowed down ${throttle} times; milliseconds`);
for (const [name, question, choice] of CASES) {
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: throttle });
  await page.addScriptTag({ content: code });
  const election = JSON.stringify({ ...JSON.parse(vector.election), questions: [question] });
  const times = await page.evaluate(
    ({ election, credential, choice }) => {
      const { makeBallot, openElection } = globalThis.secret;
      return Array.from({ length: 21 }, () => {
        const begin = performance.now();
        makeBallot(openElection(election), credential, choice, crypto.getRandomValues(new Uint8Array(32)));
        return performance.now() - begin;
      });
    },
    { election, credential: vector.credential, choice },
  );
  const rest = times.slice(1).sort((a, b) => a - b);
  console.log(`${name.padEnd(24)} first ${times[0].toFixed(0).padStart(5)}   median ${rest[10].toFixed(0).padStart(5)}`);
  await page.close();
}

// What a trustee's page does, for each of 20 rankings of eight.
const page = await browser.newPage();
await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: throttle });
await page.addScriptTag({ content: code });
const election = JSON.stringify({ ...JSON.parse(vector.election), questions: [ranked(8)] });
const trustee = await page.evaluate(
  async ({ election, credential, choice }) => {
    const { afterShuffle, judgeBallot, makeBallot, makePart, makeShuffle, openElection, tallyOf } = globalThis.secret;
    const e = openElection(election);
    const n = 20;
    const ballots = Array.from({ length: n }, () => makeBallot(e, credential, choice, crypto.getRandomValues(new Uint8Array(32))).ballot);
    const pause = async () => undefined;
    const times = {};
    const time = async (name, run) => {
      const begin = performance.now();
      const out = await run();
      times[name] = (performance.now() - begin) / n;
      return out;
    };
    const judged = await time('judge a ballot', async () => ballots.map((b) => judgeBallot(e, b)));
    const tally = tallyOf(e, judged.map((b, i) => ({ ...b, credential: String(i) })));
    const shuffle = await time('shuffle', () => makeShuffle(e, tally, pause));
    const after = await time('check a shuffle', () => afterShuffle(e, tally, shuffle, pause));
    await time('open', () => makePart(e, after, 5n, pause));
    return times;
  },
  { election, credential: vector.credential, choice: CASES[2][2] },
);
for (const [name, ms] of Object.entries(trustee)) console.log(`a ranking: ${name.padEnd(16)} ${ms.toFixed(1).padStart(6)}`);
await browser.close();
