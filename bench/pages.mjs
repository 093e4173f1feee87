// SPDX-License-Identifier: AGPL-3.0-or-later
//
// pages.mjs [BUILD]: how long the pages take in Chromium:  node bench/pages.mjs [build/release]
//
// First page: of a plan of 402 sectors (else of examples/country) on a telephone that is four times slower than this machine, with an empty cache, over two networks.
// Chromium delays every answer by the round trip and limits the bytes a second; what connecting costs (a round trip; one more for TLS) it does not, so that is added in a column.
// Large: a plan of 100,000 goods: searches as typed, frames while scrolling, memory. Prints rows of tables of RESULTS.md.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DESKTOP, freePort, launch, PHONE, serve } from '../test/e2e/web/browser.mjs';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const plenty = resolve(process.argv[2] ?? join(top, 'build/release'), 'plenty');
const work = mkdtempSync(join(tmpdir(), 'plenty-pages-'));
process.once('exit', () => rmSync(work, { recursive: true, force: true }));
const run = (...args) => execFileSync(plenty, args, { stdio: 'ignore' });
const quantile = (x, q) => [...x].sort((a, b) => a - b)[Math.min(x.length - 1, Math.ceil(q * x.length) - 1)];
const median = (x) => quantile(x, 0.5);
const ms = (x) => `${x < 10 ? x.toFixed(1) : Math.round(x)} ms`;

const NETWORKS = [
  ['slow 4G: 1.6 Mbit/s, 150 ms', 1.6e6, 150],
  ['fast 3G: 1.44 Mbit/s, 562 ms', 1.44e6, 562.5],
  ['cable: 20 Mbit/s, 20 ms', 20e6, 20],
];
const TIMES = 7;

// One visit with an empty cache: first and largest paint, when its buttons answer, when the tables far below are there too, bytes.
async function visit(browser, url, bits, latency) {
  const context = await browser.newContext({ viewport: PHONE, locale: 'en' });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', { offline: false, latency, downloadThroughput: bits / 8, uploadThroughput: 0.75e6 / 8 });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  let bytes = 0;
  cdp.on('Network.loadingFinished', (e) => (bytes += e.encodedDataLength));
  await page.addInitScript(() => {
    globalThis.seen = { paint: 0, usable: 0, whole: 0 };
    new PerformanceObserver((l) => l.getEntries().forEach((e) => (globalThis.seen.paint = e.startTime))).observe({ type: 'largest-contentful-paint', buffered: true });
    const look = () => {
      const { seen } = globalThis;
      if (seen.usable === 0 && document.querySelector('.menu-button') !== null) seen.usable = performance.now();
      if (document.querySelector('.windowed tbody button') !== null) seen.whole = performance.now();
      else requestAnimationFrame(look);
    };
    look();
  });
  await page.goto(url);
  await page.waitForFunction(() => globalThis.seen.whole > 0, undefined, { timeout: 60000 });
  await page.waitForTimeout(500);
  const seen = await page.evaluate(() => ({ ...globalThis.seen, first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0 }));
  await context.close();
  return { ...seen, bytes };
}

async function firstPage(browser) {
  const data = join(top, '../shared/data/us-io-detail-2017');
  const economy = existsSync(data) ? join(work, 'us') : join(top, 'examples/country');
  if (existsSync(data)) run('import', data, '-o', economy);
  run('plan', economy, '-o', join(work, 'plan'), '--quiet');
  const port = await freePort();
  const { stop } = await serve(plenty, ['--plan', join(work, 'plan'), '--economy', economy], port);
  console.log(`first page, ${TIMES} visits with an empty cache, CPU 4 times slower: medians\n\n| network | first paint | largest paint | buttons answer | all of it | largest paint, with connecting (TLS) | bytes |\n|---|---|---|---|---|---|---|`);
  for (const [name, bits, latency] of NETWORKS) {
    const all = [];
    for (let i = 0; i < TIMES; i++) all.push(await visit(browser, `http://127.0.0.1:${port}/`, bits, latency));
    const of = (key) => median(all.map((v) => v[key]));
    console.log(`| ${name} | ${ms(of('first'))} | ${ms(of('paint'))} | ${ms(of('usable'))} | ${ms(of('whole'))} | ${ms(of('paint') + 2 * latency)} | ${of('bytes').toLocaleString('en')} |`);
  }
  await stop();
}

// Searches as somebody types them, from the key to the painted rows; the same by the API alone.
async function large(browser) {
  const economy = join(work, 'large');
  run('generate', economy, '--goods', '100000', '--capped', '0', '--seed', '1');
  run('plan', economy, '-o', join(work, 'large-plan'), '--quiet');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { stop, pid } = await serve(plenty, ['--plan', join(work, 'large-plan'), '--economy', economy], port);
  const words = Array.from({ length: 60 }, (_, i) => `${(i * 7919) % 1000}`);
  const asked = [];
  for (const w of words) {
    const begun = performance.now();
    await (await fetch(`${url}/api/plans/given/goods?search=${w}&most=200`)).arrayBuffer();
    asked.push(performance.now() - begun);
  }
  const context = await browser.newContext({ viewport: DESKTOP, locale: 'en' });
  const page = await context.newPage();
  await page.goto(`${url}/`);
  await page.locator('.windowed tbody tr:not(.spacer) th', { hasNotText: '…' }).first().waitFor({ timeout: 60000 });
  const heap = async () => {
    const cdp = await context.newCDPSession(page);
    await cdp.send('HeapProfiler.collectGarbage');
    return (await cdp.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
  };
  const before = await heap();
  const typed = await page.evaluate(async (list) => {
    const input = document.querySelector('input[type=search]');
    const table = document.querySelector('.windowed table');
    const times = [];
    for (const w of list) {
      const begun = performance.now();
      const rows = table.rows[3].textContent;
      input.value = w;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      while (table.rows[3]?.textContent === rows && performance.now() - begun < 5000) await new Promise((r) => requestAnimationFrame(r));
      await new Promise((r) => setTimeout(r)); // the rows were seen before this frame was painted; now it is
      times.push(performance.now() - begun);
    }
    input.value = '';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    return times;
  }, words.map((w) => `g${w.padStart(5, '0').slice(0, 4)}`));
  await page.waitForTimeout(1000);
  const frames = await page.evaluate(async () => {
    const box = document.querySelector('.windowed');
    const times = [];
    let last = performance.now();
    for (let i = 0; i < 300; i++) {
      box.scrollTop += i < 200 ? 120 : 12000; // by hand, then thrown
      await new Promise((r) => requestAnimationFrame(r));
      const now = performance.now();
      times.push(now - last);
      last = now;
    }
    return times;
  });
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  const server = existsSync('/proc') ? /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] / 1024 : NaN;
  console.log(`\n100,000 goods\n\n| what | median | p95 |\n|---|---|---|`);
  console.log(`| a search, by the API | ${ms(median(asked))} | ${ms(quantile(asked, 0.95))} |`);
  console.log(`| a search, from the key to the painted rows | ${ms(median(typed))} | ${ms(quantile(typed, 0.95))} |`);
  console.log(`| a frame while scrolling by hand | ${ms(median(frames.slice(0, 200)))} | ${ms(quantile(frames.slice(0, 200), 0.95))} |`);
  console.log(`| a frame while thrown from end to end | ${ms(median(frames.slice(200)))} | ${ms(quantile(frames.slice(200), 0.95))} |`);
  console.log(`\nelements in the page: ${nodes}; JavaScript's memory ${before.toFixed(1)} MiB at first, ${(await heap()).toFixed(1)} MiB after; server ${server.toFixed(0)} MiB`);
  await context.close();
  await stop();
}

const browser = await launch();
const wanted = process.argv[3];
if (wanted !== 'large') await firstPage(browser);
if (wanted !== 'first') await large(browser);
await browser.close();
