// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the tests with a browser share: TAP, a server, members with a browser each, and what axe says of a page.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const modules = new URL('../../../web/node_modules/', import.meta.url);
const { chromium } = await import(new URL('playwright-core/index.mjs', modules).href);
const axe = readFileSync(fileURLToPath(new URL('axe-core/axe.min.js', modules)), 'utf8');

export const PASS = 'correct horse battery';
export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 900 };

let n = 0;
let failed = 0;
export function ok(holds, name, why = '') {
  n++;
  if (!holds) failed++;
  console.log(`${holds ? 'ok' : 'not ok'} ${n} - ${name}`);
  if (!holds && why !== '') console.log(String(why).replace(/^/gm, '# '));
}
export function end() {
  console.log(`1..${n}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

export async function freePort() {
  return new Promise((done) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => done(port));
    });
  });
}

// Serves with the given arguments, `days` days ahead, and waits until it answers. Returns how to stop it, and the code where a commons is to be founded.
export async function serve(plenty, args, port, days = 0, cwd = undefined) {
  const child = spawn(plenty, ['serve', ...args, '--port', String(port), '--quiet', '--rate', '0'], { cwd, env: { ...process.env, PLENTY_DAYS: String(days) }, stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  child.stdout.on('data', (text) => (printed += text));
  process.once('exit', () => child.kill());
  for (let i = 0; ; i++) {
    try {
      await fetch(`http://127.0.0.1:${port}/api`);
      break;
    } catch (e) {
      if (i > 100 || child.exitCode !== null) throw new Error('the server does not start', { cause: e });
      await new Promise((r) => setTimeout(r, 100));
    }
  }
  const stop = () =>
    new Promise((done) => {
      child.once('exit', done);
      child.kill('SIGTERM');
    });
  return { stop, pid: child.pid, code: /code=([0-9a-f]+)/.exec(printed)?.[1] };
}

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
}

// A browser of its own, which tells of every error and every violation of the policy.
export async function visitor(browser, viewport, options = {}) {
  const context = await browser.newContext({ viewport, locale: 'en', ...options });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (e) => errors.push(e.message));
  page.on('console', (m) => {
    if (m.type() === 'error' && !/status of 4\d\d|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION/.test(m.text())) errors.push(m.text());
  });
  return { context, page, errors };
}

// Waits until nothing is on its way any more: for three looks in a row.
export async function settled(page) {
  for (let calm = 0; calm < 3; ) {
    await page.waitForTimeout(100);
    calm = (await page.locator('.skeleton').count()) === 0 ? calm + 1 : 0;
  }
}

// What axe finds, as texts; [] when it finds nothing.
export async function findings(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((x) => x.target.join(' ')).join(' | ')}`);
}

// Presses a button that signs, in the page or a part of it; opens the key when it is locked; waits until it is in the record.
export async function act(page, button, { within = page, fill = null } = {}) {
  await within.getByRole('button', { name: button }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  if (fill !== null) await fill(dialog);
  const passphrase = dialog.locator('input[type=password]');
  if ((await passphrase.count()) > 0) await passphrase.fill(PASS);
  await dialog.getByRole('button', { name: 'Sign', exact: true }).click();
  const alert = dialog.getByRole('alert');
  await Promise.race([dialog.waitFor({ state: 'detached', timeout: 60000 }), alert.waitFor({ timeout: 60000 }).catch(() => undefined)]);
  if ((await alert.count()) > 0) throw new Error(`${button}: ${await alert.innerText()}`);
  return page.locator('.told').innerText();
}

// Opens the key of the device where a page asks for it.
export async function openKey(page) {
  await page.getByLabel('Passphrase').fill(PASS);
  await page.getByRole('button', { name: 'Open the key' }).click();
  await page.getByRole('button', { name: 'Open the key' }).waitFor({ state: 'detached', timeout: 30000 });
}
