// SPDX-License-Identifier: AGPL-3.0-or-later
//
// story.mjs PLENTY SOURCE FOLDER: the life of a small commons by five browsers, telephones and desktops: keys, founding, a
// constitution, an election with a count, a choice between plans, a recall, turns; then what a hostile one tries.  TAP.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { act, DESKTOP, end, freePort, launch, ok, PASS, PHONE, serve, visitor } from './browser.mjs';

const [plenty, source, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'pass'), `${PASS}\n`);
const run = (...args) => execFileSync(plenty, args, { cwd: folder, encoding: 'utf8' });
const port = await freePort();
const at = (path) => `http://127.0.0.1:${port}${path}`;
const get = async (path) => (await fetch(at(path))).json();
const browser = await launch();
const NAMES = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eva'];
const people = [];

// Everybody makes a key, on their own device, and saves it.
run('plan', join(source, 'examples/bakery'), '-o', 'as-it-is', '--quiet');
let { stop } = await serve(plenty, ['--plan', 'as-it-is', '--economy', join(source, 'examples/bakery')], port, 0, folder);
for (const [i, name] of NAMES.entries()) {
  const who = { name, ...(await visitor(browser, i % 2 === 0 ? PHONE : DESKTOP)) };
  await who.page.goto(at('/key'));
  const form = who.page.locator('form', { hasText: 'Make a new key' });
  await form.getByLabel('Passphrase').fill(PASS);
  await form.getByLabel('The same again').fill(PASS);
  await form.getByRole('button', { name: 'Make a new key' }).click();
  await who.page.getByText('The key of this device').waitFor({ timeout: 30000 });
  const [download] = await Promise.all([who.page.waitForEvent('download'), who.page.getByRole('link', { name: 'Save the key file' }).click()]);
  await download.saveAs(join(folder, `${name}.key`));
  people.push(who);
}
await stop();
const [ada, ben, cleo, dan, eva] = people;
ok(run('key', 'show', 'Ada.key').includes('key id'), 'five browsers make keys; the program reads what they save');
run('init', 'town.commons', '--name', 'The town', '--key', 'Ada.key', '--passphrase-file', 'pass', ...NAMES.slice(1).flatMap((n) => ['--founder', `${n}.key`]));

async function day(days) {
  await stop();
  ({ stop } = await serve(plenty, ['town.commons'], port, days, folder));
}
({ stop } = await serve(plenty, ['town.commons'], port, 0, folder));

// Founding: a council, turns, a constitution that all adopt.
await ada.page.goto(at('/start'));
await ada.page.getByLabel('Name of the council').fill('Town council');
ok((await act(ada.page, 'Create the council')).includes('Done'), 'a founder creates a council in the browser');
await ada.page.getByLabel('Task that falls to all in turn').fill('treasury');
await act(ada.page, 'Set the turns');
await act(ada.page, 'Adopt this text');
for (const who of [ben, cleo, dan, eva]) {
  await who.page.goto(at('/start'));
  await act(who.page, 'Adopt this text');
}
ok((await get('/api/commons')).in_force, 'all five adopt the same text, and the constitution is in force');

// The election began by itself; three stand.
const election = (await get('/api/elections')).elections[0].election;
for (const who of [ada, ben, cleo]) {
  await who.page.goto(at(`/councils/election/${election}`));
  await who.page.getByLabel('Name on the ballot paper').fill(who.name);
  await who.page.getByLabel('What you want').fill(`${who.name} wants a <b>second</b> oven & "more" cake.`);
  await act(who.page, 'Stand');
}
ok((await get(`/api/elections/${election}`)).stands.length === 3, 'three stand');
ok((await cleo.page.locator('article b').count()) === 0 && (await cleo.page.locator('article', { hasText: '<b>second</b>' }).count()) > 0, 'what they write is shown as text');

// A choice between two plans, debated in the browser.
run('plan', join(source, 'examples/bakery'), '--set', 'labour=+20%', '-o', 'longer', '--quiet');
run('motion', 'plans', 'town.commons', 'as-it-is', 'longer', '--economy', join(source, 'examples/bakery'), '--title', 'The plan of next year', '--text', 'Two ways.', '--key', 'Ada.key', '--passphrase-file', 'pass');
const motion = (await get('/api/motions')).motions[0].motion;
await dan.page.goto(at(`/councils/motion/${motion}`));
await dan.page.getByPlaceholder('Add a point against it').fill('Who sleeps then?');
await act(dan.page, 'Add a point against it');
await eva.page.goto(at(`/councils/motion/${motion}`));
await eva.page.getByText('Who sleeps then?').waitFor();
ok(true, 'a point against it is seen by the others');
await eva.page.getByRole('link', { name: 'Compare them' }).click();
await eva.page.getByText('In short:').waitFor();
ok(true, 'the plans that are put to the vote can be compared');

await day(8);
for (const [i, who] of people.entries()) {
  await who.page.goto(at(`/councils/motion/${motion}`));
  const order = i < 3 ? ['longer', 'as-it-is'] : ['as-it-is'];
  for (const name of order) await who.page.getByRole('button', { name: new RegExp(`^Rank ${name} `) }).click();
  await act(who.page, /^Vote$/);
}
await day(14);
for (const [i, who] of people.entries()) {
  await who.page.goto(at(`/councils/election/${election}`));
  const order = i < 3 ? ['Ada', 'Ben'] : ['Cleo', 'Ben'];
  for (const name of order) {
    const button = who.page.getByRole('button', { name: new RegExp(`^Rank ${name} `) });
    if (i === 1) {
      await button.focus(); // Ben votes with the keyboard alone
      await who.page.keyboard.press('Enter');
    } else {
      await button.click();
    }
  }
  await act(who.page, /^Vote$/);
}
ok((await get(`/api/elections/${election}`)).vote.votes === 5, 'five vote in the election: by touch, mouse and keyboard');
ok((await get('/api/plans')).now !== null, 'the plan that won is in force');
await day(22);
await eva.page.goto(at(`/councils/election/${election}`));
await eva.page.getByRole('heading', { name: 'The count, stage by stage' }).waitFor();
ok((await eva.page.locator('.stages > li').count()) >= 1 && (await eva.page.getByText('elected, seat 1').count()) === 1, 'the count is shown stage by stage');

// A recall, from the button to the end of the mandate.
await day(60);
await eva.page.goto(at('/councils'));
const row = eva.page.locator('li', { hasText: 'Ada' }).filter({ has: eva.page.getByRole('button', { name: 'Recall' }) });
await act(eva.page, 'Recall', { within: row, fill: (d) => d.getByLabel('Reasons').fill('Two months without a report.') });
const recall = (await get('/api/recalls')).recalls[0].recall;
await ada.page.goto(at(`/councils/recall/${recall}`));
await ada.page.getByLabel('Your answer').fill('It comes on Monday.');
await act(ada.page, 'Answer');
for (const who of [dan, cleo]) {
  await who.page.goto(at(`/councils/recall/${recall}`));
  await act(who.page, 'Sign the recall');
}
ok((await get(`/api/recalls/${recall}`)).state === 'voting', 'three sign, and the vote comes by itself');
await day(68);
for (const who of [ben, cleo, dan, eva]) {
  await who.page.goto(at(`/councils/recall/${recall}`));
  await who.page.getByLabel('Yes').check();
  await act(who.page, /^Vote$/);
}
await day(76);
const after = await get(`/api/recalls/${recall}`);
ok(after.state === 'carried', 'the recall is carried', JSON.stringify(after));

// What there is to do, and why a turn fell on whom.
await ben.page.goto(at('/key'));
await ben.page.getByLabel('Passphrase').fill(PASS);
await ben.page.getByRole('button', { name: 'Open the key' }).click();
await ben.page.getByText('Lock the key').waitFor({ timeout: 30000 });
const menu = ben.page.getByRole('link', { name: 'My turn' });
if (!(await menu.isVisible())) await ben.page.getByRole('button', { name: 'Menu' }).click();
await menu.click();
await ben.page.getByText('You can stand for election').first().waitFor();
ok(true, 'whoever has opened the key sees what there is to do');
await ben.page.getByText('Why this one?').first().click();
await ben.page.getByText('the most of').first().waitFor();
ok(true, 'the draw of a turn is explained');

// What a hostile one tries: the server takes nothing that its author has not signed.
const size = async () => (await get('/api/record?most=1')).size;
const last = await get(`/api/record/${(await size()) - 1}`);
const send = (bytes, headers = {}) => fetch(at('/api/events'), { method: 'POST', body: bytes, headers: { 'content-type': 'application/cose', 'plenty-request': '1', ...headers } });
const raw = Buffer.from(last.bytes, 'hex');
const before = await size();
const replayed = await send(raw);
ok(replayed.status === 409, `a replayed event is refused (${replayed.status}, ${(await replayed.json()).rule})`);
const forged = Buffer.from(raw);
forged[forged.length - 1] ^= 1;
ok((await send(forged)).status >= 400, 'a forged signature is refused');
ok((await send(raw, { 'plenty-request': '' })).status >= 400, 'a request without the header of our pages is refused');
ok((await send(raw, { origin: 'https://evil.example' })).status >= 400, 'a request from a page of another origin is refused');
ok((await send(Buffer.alloc(70000))).status >= 400, 'an event that is too large is refused');
for (const path of ['/../etc/passwd', '/assets/%2e%2e/%2e%2e/etc/passwd', '/api/blobs/..%2f..%2fetc%2fpasswd']) {
  const answer = await fetch(at(path));
  ok(!(await answer.text()).includes('root:'), `${path} gives nothing`);
}
ok((await size()) === before, 'the record is as it was');
for (const who of people) ok(who.errors.length === 0, `no errors in the browser of ${who.name}`, who.errors.join('\n'));
await browser.close();
await stop();
ok(run('audit', 'town.commons').includes('verified'), 'the audit verifies everything that five browsers have signed');
end();
