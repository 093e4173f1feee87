// SPDX-License-Identifier: AGPL-3.0-or-later
//
// flows.mjs PLENTY FOLDER: sharing and watching in five browsers (the town of flows.sh): wants sealed on each device, opened after the close, shared by
// the rule, worked out again in the browser and by the program; a report, an alarm, an answer. First the pages themselves.  TAP.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { act, DESKTOP, end, findings, freePort, launch, ok, PASS, PHONE, serve, visitor } from './browser.mjs';

const [plenty, folder] = process.argv.slice(2);
const run = (days, ...args) => execFileSync(plenty, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, PLENTY_DAYS: String(days) } });
const port = await freePort();
const at = (path) => `http://127.0.0.1:${port}${path}`;
const get = async (path) => (await fetch(at(path))).json();
let server = null;
async function day(days) {
  await server?.stop();
  server = await serve(plenty, ['flows.commons', '--watch', 'found'], port, days, folder);
}
await day(45);
const browser = await launch();
const { shares } = await get('/api/shares');
const past = shares.find((r) => r.state === 'ready');
const round = shares.find((r) => r.state === 'sealing');
const { lines } = await get('/api/lines');
const bread = lines.find((l) => l.name === 'bread');
const paths = ['/sharing', `/sharing/${past.round}`, `/sharing/${round.round}`, '/watching', `/watching/${bread.line}`];
for (const [way, viewport, options] of [
  ['telephone, light', PHONE, { colorScheme: 'light' }],
  ['desktop, dark', DESKTOP, { colorScheme: 'dark', reducedMotion: 'reduce' }],
  ['telephone, Arabic', PHONE, { locale: 'ar', colorScheme: 'dark' }],
]) {
  const { context, page, errors } = await visitor(browser, viewport, options);
  for (const path of paths) {
    await page.goto(at(path));
    await page.locator('h1').first().waitFor();
    await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => undefined); // the stream of what happens stays open
    await page.locator('.skeleton').first().waitFor({ state: 'detached' });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    const found = await findings(page);
    const name = path.replace(/[0-9a-f]{64}/, '...');
    ok(wide <= 0, `${way}: ${name} fits the screen`, `${wide} pixels too wide`);
    ok(found.length === 0, `${way}: ${name}: axe finds nothing`, found.join('\n'));
  }
  ok(errors.length === 0, `${way}: no errors, no violations of the policy`, errors.join('\n'));
  await context.close();
}

// Five members with their keys, each on a device of their own.
const people = [];
for (const [i, name] of ['ada', 'ben', 'cleo', 'dan', 'eva'].entries()) {
  const who = { name, ...(await visitor(browser, i % 2 === 0 ? PHONE : DESKTOP)) };
  await who.page.goto(at('/key'));
  const form = who.page.locator('form', { has: who.page.locator('input[type=file]') });
  await form.locator('input[type=file]').setInputFiles(join(folder, `${name}.key`));
  await form.getByLabel('Passphrase').fill(PASS);
  await form.getByRole('button').last().click();
  await who.page.getByRole('heading', { name: 'The key of this device' }).waitFor({ timeout: 30000 });
  people.push(who);
}
const [ada, ben, cleo, dan, eva] = people;

// Wants are sealed: one number and two taps. What leaves the device is a hash.
const WANTS = [['9', '1'], ['2', '0.5'], ['6.5', '3'], ['4', '2'], ['1', '1']];
for (const [i, who] of people.entries()) {
  await who.page.goto(at(`/sharing/${round.round}`));
  await who.page.getByLabel('How much bread').fill(WANTS[i][0]);
  await who.page.getByLabel('How much cake').fill(WANTS[i][1]);
  if (i < 3) await who.page.getByLabel('I want one: oven').check();
  await act(who.page, 'Seal my wants');
  await who.page.getByText('It is kept on this device').waitFor();
}
await act(ben.page, 'Seal these instead'); // a second seal takes the place of the first
let sealed = (await get(`/api/shares/${round.round}/wants`)).wants;
ok(sealed.length === 5 && sealed.every((w) => w.wants === null && w.position === null), 'five wants are sealed, and nobody can read them');
const kept = await ben.page.evaluate((id) => Object.keys(JSON.parse(localStorage.getItem(`plenty.sealed.${id}`))).length, round.round);
ok(kept === 2 && (await fetch(at(`/api/shares/${round.round}/outcome`))).status === 422, 'what opens them stays on the device; no outcome yet');

// After the close they are opened; Eva has lost her telephone, and takes the copy that she saved.
await day(52);
const [download] = await Promise.all([eva.page.waitForEvent('download'), eva.page.getByRole('link', { name: 'Save a copy' }).click()]);
await download.saveAs(join(folder, 'eva.sealed'));
await eva.page.evaluate(() => localStorage.clear());
for (const who of people) {
  await who.page.goto(at(`/sharing/${round.round}`));
  if (who === eva) {
    await who.page.getByText('You sealed your wants on another device').waitFor();
    await who.page.locator('input[type=file]').setInputFiles(join(folder, 'ada.key'));
    await who.page.getByText('This is not what you sealed').waitFor();
    await who.page.locator('input[type=file]').setInputFiles(join(folder, 'eva.sealed'));
    await who.page.getByText('It is kept on this device').waitFor();
  }
  await act(who.page, 'Open my wants');
}
sealed = (await get(`/api/shares/${round.round}/wants`)).wants;
ok(sealed.every((w) => w.wants?.startsWith('good,amount,taste\nbread,')), 'five open them after the close, one from a saved copy');

// The seed comes; who gets what follows, for the program as for the page.
await day(60);
const outcome = await get(`/api/shares/${round.round}/outcome`);
run(60, 'share', 'case', 'flows.commons', round.round.slice(0, 12), '-o', 'again');
run(60, 'share', 'allot', 'again', '-o', 'shared', '--seed', outcome.seed, '--quiet');
ok(run(60, 'verify', 'shared').includes('verified') && createHash('sha256').update(readFileSync(join(folder, 'shared/allotments.csv'))).digest('hex') === outcome.hash, 'what the server shows is what plenty share allots, and the checker verifies it');
await cleo.page.goto(at(`/sharing/${round.round}`));
await cleo.page.getByRole('heading', { name: 'What I get, and why' }).waitFor();
ok((await cleo.page.locator('.mine').innerText()).includes('of 6.5 kg wanted'), 'a member sees their share, and why it is no more');
await cleo.page.getByRole('button', { name: 'Work it out again here' }).click();
await cleo.page.getByText('The same outcome, to the last part').waitFor();
ok((await cleo.page.getByRole('row').filter({ hasText: 'oven' }).count()) >= 2, 'the browser comes to the same outcome, and shows the draw');
await act(cleo.page, 'Enter this outcome in the record');

// Somebody between the server and the browser does a favour.
await dan.page.route('**/allotments?*', async (route) => {
  const answer = await (await route.fetch()).json();
  answer.allotments.filter((a) => a.good === 'bread').forEach((a, i) => (a.got += i === 0 ? 0.5 : i === 1 ? -0.5 : 0));
  await route.fulfill({ json: answer });
});
await dan.page.goto(at(`/sharing/${round.round}`));
await dan.page.getByRole('button', { name: 'Work it out again here' }).click();
await dan.page.getByText('This browser comes to another outcome').waitFor();
ok(true, 'a favour of half a kilo is found');

// A report in a few taps; the alarm rises to everybody; an answer; a delivery that the other side signs.
await ada.page.goto(at(`/watching/${bread.line}`));
await ada.page.getByLabel(/^How much was done/).fill('660');
await act(ada.page, 'Report it');
ok((await get(`/api/lines/${bread.line}`)).reports.some((r) => r.quantity === 660e6), 'a member of the workplace reports');
ok((await ada.page.getByText('Worked out here: the sum').count()) === 1 && (await ada.page.locator('.badge.good', { hasText: '✓' }).count()) > 0, 'the page works the sum of the rule out again');
await eva.page.goto(at('/watching'));
await eva.page.getByRole('listitem').filter({ hasText: 'behind the plan' }).getByText('Answer it').first().click();
await eva.page.getByLabel('What is done about it?').first().fill('The <i>council</i> lends its oven.');
await act(eva.page, 'Answer it', { within: eva.page.getByRole('listitem').filter({ hasText: 'behind the plan' }) });
ok((await get('/api/alarms')).alarms.find((a) => a.name === 'bread').state === 'answered', 'an alarm that stands with everybody is answered');
await ben.page.goto(at('/watching'));
await ben.page.getByLabel('How much came?').fill('98');
await act(ben.page, 'Sign for it');
const delivery = (await get('/api/deliveries?past=1')).deliveries.find((d) => d.received === 98e6);
ok(delivery?.sent === 100e6, 'the receiver signs for a delivery, with the figure that came');
await dan.page.goto(at(`/watching/${bread.line}`));
await dan.page.getByText('lends its oven').waitFor();
ok((await dan.page.locator('blockquote i').count()) === 0, 'what was answered is shown to everybody, as text');
for (const who of people) ok(who.errors.length === 0, `no errors in the browser of ${who.name}`, who.errors.join('\n'));
await browser.close();
await server.stop();
ok(run(60, 'audit', 'flows.commons').includes('1 of the outcomes that were entered agree'), 'the audit shares again, and the outcome that a browser entered agrees');
end();
