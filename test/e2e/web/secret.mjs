// SPDX-License-Identifier: AGPL-3.0-or-later
//
// secret.mjs PLENTY FOLDER: a secret election in the browser: five vote in the page, one checks a ballot on a second device first, one votes again;
// servers that swap the key, the question, a trustee's message or the board are found out; trustees open it; the audit verifies all.  TAP.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { act, DESKTOP, end, findings, freePort, launch, ok, PASS, PHONE, serve, visitor } from './browser.mjs';

const [plenty, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'pass'), `${PASS}\n`);
const run = (days, ...args) => execFileSync(plenty, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, PLENTY_DAYS: String(days) }, stdio: ['ignore', 'pipe', 'ignore'] });
const by = (days, who, ...args) => run(days, ...args, '--key', `${who}.key`, '--passphrase-file', 'pass');
const NAMES = ['ada', 'ben', 'cleo', 'dan', 'eva', 'fay'];
const KEEPERS = ['cleo', 'dan', 'eva', 'fay'];

// Six bakers elect one of two in secret; the four others make the key.
for (const name of NAMES) run(0, 'key', 'new', `${name}.key`, '--name', name, '--passphrase-file', 'pass');
by(0, 'ada', 'init', 'b.commons', '--name', 'Bakery', ...NAMES.slice(1).flatMap((n) => ['--founder', `${n}.key`]));
by(0, 'ada', 'council', 'create', 'b.commons', 'Bakers', '--elect', 'everyone:1');
const port = await freePort();
const at = (path) => `http://127.0.0.1:${port}${path}`;
const get = async (path) => (await fetch(at(path))).json();
let { stop } = await serve(plenty, ['b.commons'], port, 0, folder);
writeFileSync(join(folder, 'pages.txt'), await (await fetch(at('/api/pages'))).text());
await stop();
by(0, 'ada', 'release', 'publish', 'b.commons', 'pages.txt', '--name', 'pages 1.0');
const settings = { elections: 1, members_least: 5, trustees: 4, needed: 2, reserves: 0 };
const text = Object.entries(settings).reduce((c, [name, value]) => c.replace(new RegExp(`^secret\\.${name} = \\d+`, 'm'), `secret.${name} = ${value}`), run(0, 'constitution', 'new'));
writeFileSync(join(folder, 'c.txt'), text);
for (const name of NAMES) by(0, name, 'constitution', 'adopt', 'b.commons', 'c.txt');
const election = JSON.parse(run(0, 'election', 'list', 'b.commons', '--json'))[0].election;
for (const name of ['ada', 'ben']) by(0, name, 'election', 'stand', 'b.commons', election, '--name', name);
const acts = (day, names) => names.forEach((name) => by(day, name, 'trustee', 'act', 'b.commons', election));

// One of those who keep the key does all of it in the page, the others on the command line.
const browser = await launch();
const people = {};
({ stop } = await serve(plenty, ['b.commons'], port, 16, folder));
const cleo = await enter('cleo', PHONE);
async function keep(day, what, ...others) {
  acts(day, others);
  await go(cleo.page, '/lights');
  await go(cleo.page, '/turn');
  const card = cleo.page.locator('.card', { has: cleo.page.getByRole('heading', { name: what }) });
  await card.getByRole('button', { name: 'Work it out on this device' }).click();
  await card.getByRole('button', { name: 'Hand it in' }).waitFor({ timeout: 60000 });
  return act(cleo.page, 'Hand it in', { within: card });
}
await keep(16, 'Give your certificate', 'dan', 'eva', 'fay');
await keep(16, 'Send the others', 'dan', 'eva', 'fay');
ok((await findings(cleo.page)).length === 0, 'axe finds nothing on the tasks of those who keep the key');
await keep(16, 'Check what the others sent', 'dan', 'eva', 'fay');
const trust = (await get('/api/trusts')).trusts[0];
ok(trust.stage === 'ready' && trust.in === 4, 'a key is made together, by one in the page and three on the command line', JSON.stringify(trust));
await stop();
by(18, 'eva', 'vote', 'b.commons', election, 'ben'); // on the command line; later again in the page, with the same credential
by(18, 'ada', 'record', 'checkpoint', 'b.commons');

({ stop } = await serve(plenty, ['b.commons'], port, 18, folder));
const ballot = (await get(`/api/elections/${election}`)).vote.ballot;

// A browser with the key of a member.
async function enter(name, viewport = DESKTOP) {
  const who = { name, ...(await visitor(browser, viewport)) };
  await who.page.goto(at('/key'));
  const form = who.page.locator('form', { hasText: 'Passphrase' }).filter({ has: who.page.locator('input[type=file]') });
  await form.locator('input[type=file]').setInputFiles(join(folder, `${name}.key`));
  await form.locator('input[type=password]').fill(PASS);
  await form.getByRole('button', { name: 'Take a key in' }).click();
  await who.page.getByText('Lock the key').waitFor({ timeout: 30000 });
  return (people[name] = who);
}
// As by a link, so that the key stays open.
async function go(page, path) {
  await page.evaluate((to) => {
    const link = document.createElement('a');
    link.href = to;
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
}
// Comes back later: the key is to be opened again.
async function unlock({ page }, path) {
  await page.goto(at(path === '/turn' ? '/key' : path));
  const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Open the key' }) });
  await form.getByLabel('Passphrase').fill(PASS);
  await form.getByRole('button', { name: 'Open the key' }).click();
  await form.waitFor({ state: 'detached', timeout: 30000 });
}
async function show({ page }) {
  await go(page, '/lights');
  await page.getByRole('heading', { name: 'Warning lights' }).waitFor();
  await go(page, `/councils/election/${election}`);
  await page.getByRole('button', { name: 'Encrypt a blank paper' }).waitFor({ timeout: 30000 });
}
async function seal({ page }, order, how = (b) => b.click()) {
  for (const name of order) await how(page.getByRole('button', { name: new RegExp(`^Rank ${name} `) }));
  await how(page.getByRole('button', { name: 'Encrypt my ballot' }));
  await page.getByRole('alert').or(page.getByText('Its tracker:').first()).first().waitFor({ timeout: 30000 });
}
const trackerOf = ({ page }) => page.locator('.card code.tracker').first().innerText();
async function cast(who) {
  const tracker = await trackerOf(who);
  await act(who.page, 'Cast this ballot');
  await who.page.locator('.notice.good', { hasText: 'Checked here: your ballot is in the record' }).getByText(tracker).waitFor({ timeout: 30000 });
  return tracker;
}

// What a hostile server tries is found out before anything is encrypted.
await unlock(cleo, `/councils/election/${election}`);
await cleo.page.getByRole('button', { name: 'Encrypt a blank paper' }).waitFor({ timeout: 30000 });
ok(true, 'whoever has not opened the key does that first, on the same page');
const sealed = await get(`/api/ballots/${ballot}/sealed`);
const other = JSON.parse(readFileSync(new URL('../../known/secret/votes.json', import.meta.url), 'utf8'))[0].election.match(/"public_key":"([0-9a-f]{64})"/)[1];
const swap = (text) => text.replace(/"answers":\["(\w+)","(\w+)"\]/, '"answers":["$2","$1"]');
const swapped = { ada: 'ben', ben: 'ada' };
async function lie(who, name, path, change, expected) {
  await who.page.route(path, async (route) => route.fulfill({ json: change(await (await route.fetch()).json()) }));
  await show(who);
  await seal(who, [await who.page.locator('.ballot strong').first().innerText()]);
  const said = await who.page.locator('.notice.short').innerText().catch(() => 'nothing');
  ok(said.includes(expected) && (await who.page.getByRole('button', { name: 'Cast this ballot' }).count()) === 0, name, said);
  await who.page.unroute(path);
}
const SEALED = `**/api/ballots/${ballot}/sealed*`;
await lie(cleo, 'a server that swaps the key of the trustees is found out', SEALED, (s) => ({ ...s, election_text: s.election_text.replace(/"public_key":"[0-9a-f]{64}"/, `"public_key":"${other}"`) }), 'Do not vote here.');
await lie(cleo, 'a server that changes the threshold of the trustees is found out', SEALED, (s) => ({ ...s, trustees: { ...s.trustees, needed: 3 } }), 'Do not vote here.');
const [first, second] = sealed.trustees.members;
const messages = (members) => members.map((m) => (m.member === first.member ? { ...m, certificate: second.certificate, polynomial: second.polynomial } : m));
await lie(cleo, 'a server that gives one trustee the message of another is found out', SEALED, (s) => ({ ...s, trustees: { ...s.trustees, members: messages(s.trustees.members) } }), 'do not hold');
await cleo.page.route(SEALED, async (route) => {
  const s = await (await route.fetch()).json();
  await route.fulfill({ json: { ...s, election_text: swap(s.election_text) } });
});
await lie(cleo, 'a server that swaps the candidates is found out', `**/api/elections/${election}`, (e) => ({ ...e, vote: { ...e.vote, choices: e.vote.choices.map((c) => ({ ...c, name: swapped[c.name] })) } }), 'Do not vote here.');
await cleo.page.unroute(SEALED);

// Cleo checks a ballot on a second device, and casts another.
await show(cleo);
ok((await findings(cleo.page)).length === 0, 'axe finds nothing on the ballot paper of a secret election', (await findings(cleo.page)).join('\n'));
await seal(cleo, ['ada', 'ben']);
const checked = await trackerOf(cleo);
await cleo.page.getByRole('button', { name: 'Check it first' }).click();
const link = await cleo.page.getByLabel('Link for the other device').inputValue();
ok((await cleo.page.getByRole('button', { name: 'Cast this ballot' }).count()) === 0, 'a ballot that is checked cannot be cast');
await cleo.page.getByRole('img', { name: 'Point the camera of the other device here' }).waitFor();
ok((await findings(cleo.page)).length === 0, 'a camera can read the link; axe finds nothing there', (await findings(cleo.page)).join('\n'));
const second_device = await visitor(browser, DESKTOP);
await second_device.page.goto(link);
await second_device.page.getByRole('button', { name: 'Check it' }).click();
await second_device.page.getByText('What the other device encrypted').waitFor({ timeout: 30000 });
ok((await second_device.page.locator('code.tracker').innerText()) === checked && (await second_device.page.locator('ol li').allInnerTexts()).join() === 'ada,ben', 'a second device finds the same marks and the same tracker');
ok((await findings(second_device.page)).length === 0, 'axe finds nothing on the page that checks');
const otherwise = JSON.parse(run(16, 'ballot', 'check', 'b.commons', link, '--json'));
ok(otherwise.tracker === checked && otherwise.marks.join() === 'ada,ben', 'the command line, which shares no code with the page, finds the same');
await second_device.page.goto(at('/check'));
await second_device.page.getByLabel('Link or code of the ballot').fill('nonsense');
await second_device.page.getByRole('button', { name: 'Check it' }).click();
await second_device.page.getByRole('alert').waitFor();
ok(true, 'what is no code is refused');
await cleo.page.getByRole('button', { name: 'Make another ballot' }).click();
await cleo.page.getByRole('button', { name: 'Encrypt my ballot' }).click();
await cleo.page.getByText('not sent yet').waitFor({ timeout: 30000 });
const cast_by_cleo = await cast(cleo);
ok(cast_by_cleo !== checked, 'what is cast is another ballot than the one that was checked; the page finds it on the board');

// The others: by keyboard alone, by touch, one again, one in place of a vote on the command line.
const ada = await enter('ada');
await show(ada);
await seal(ada, ['ada'], async (b) => {
  await b.focus();
  await ada.page.keyboard.press('Enter');
});
await cast(ada);
const dan = await enter('dan', PHONE);
await show(dan);
await seal(dan, ['ben']);
await cast(dan);
await show(dan);
await seal(dan, ['ada', 'ben']);
const again = await cast(dan);
const eva = await enter('eva');
await show(eva);
await eva.page.getByText('You have voted from another device').waitFor();
await seal(eva, ['ben', 'ada']);
await cast(eva);
const fay = await enter('fay', PHONE);
await show(fay);
await seal(fay, ['ada']);
await cast(fay);
const board = await get(`/api/ballots/${ballot}/sealed?most=100`);
ok(board.voters === 5 && board.papers === 7, `five have voted, two of them twice (${board.voters}, ${board.papers})`);
const hex = (t) => Buffer.from(t, 'base64').toString('hex');
ok(board.sealed_papers.some((p) => p.hash === hex(again)) && !board.sealed_papers.some((p) => p.hash === hex(checked)), 'the board has what was cast, and not what was checked');

// A server that shows another board.
await dan.page.route(/\/api\/record\/\d+$/, async (route) => {
  const e = await (await route.fetch()).json();
  await route.fulfill({ json: e.kind === 'vote.sealed' ? { ...e, bytes: e.bytes.replace(/.$/, (c) => (c === '0' ? '1' : '0')) } : e });
});
await show(dan);
await dan.page.locator('.notice.short[role=alert]', { hasText: 'Do not trust this server' }).waitFor({ timeout: 30000 });
ok(true, 'a board that has lost a ballot is found out');
await dan.page.unrouteAll({ behavior: 'ignoreErrors' });
for (const who of [ada, dan, eva, fay]) await who.context.close();
for (const who of [...Object.values(people), second_device]) ok(who.errors.length === 0, `no errors in the browser of ${who.name ?? 'the second device'}`, who.errors.join('\n'));

// It closes; two shuffle, two open; the page says how far it is, then the count with its proofs.
await stop();
({ stop } = await serve(plenty, ['b.commons'], port, 25, folder));
await second_device.page.goto(at(`/councils/election/${election}`));
await second_device.page.getByText('Shuffled by 0 of 2').waitFor();
await unlock(cleo, '/turn');
await keep(25, 'Check all encrypted papers, and shuffle them');
acts(25, ['dan']);
await keep(25, 'Check all encrypted papers, and open your part');
acts(25, ['eva']);
ok((await get(`/api/ballots/${ballot}/sealed`)).stage === 'opened', 'two shuffle and two open it, one of each in the page: it judges every ballot and shuffle first');
await stop();
by(25, 'ada', 'record', 'checkpoint', 'b.commons');
({ stop } = await serve(plenty, ['b.commons'], port, 25, folder));
await second_device.page.goto(at(`/councils/election/${election}`));
await second_device.page.getByText('elected, seat 1').waitFor();
await second_device.page.getByText('every proof was checked').waitFor();
const winner = await second_device.page.locator('article', { hasText: 'elected, seat 1' }).locator('h3').innerText();
ok(winner.startsWith('ada'), 'the winner is who must be, with the proofs in plain words', winner);
ok((await findings(second_device.page)).length === 0, 'axe finds nothing on the count');
await second_device.page.goto(at('/record'));
await second_device.page.getByText('this is the release “pages 1.0”').waitFor();
ok(true, 'the Record page finds the hash of the pages among the releases of the record');
writeFileSync(join(folder, 'b.bel'), Buffer.from(await (await fetch(at(`/api/ballots/${ballot}/archive`))).arrayBuffer()));
await browser.close();
await stop();
ok(run(25, 'verify', 'b.bel').includes('verified') && run(25, 'secret', 'verify', 'b.bel', '--quiet', '--tracker', again).includes('7, of which 5 count'), 'the archive from the page: both verifiers accept what browsers encrypted');
ok(run(25, 'audit', 'b.commons').includes('1 secret ballots with every proof in them'), 'the audit verifies all of it');
end();
