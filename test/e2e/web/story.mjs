// SPDX-License-Identifier: AGPL-3.0-or-later
//
// story.mjs PLENTY FOLDER: the life of a small commons by five browsers, telephones and desktops, wholly in the pages: keys, founding, a
// constitution, a plan and a choice between plans, debate, an election with a count, a recall, turns, checking; then what a hostile one tries.  TAP.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { act, DESKTOP, end, freePort, launch, ok, openKey, PASS, PHONE, serve, visitor, settled } from './browser.mjs';

const [plenty, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const port = await freePort();
const at = (path) => `http://localhost:${port}${path}`; // a name: passkeys belong to one
const get = async (path) => (await fetch(at(path))).json();
const browser = await launch();
const NAMES = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eva'];
const people = [];

// Everybody comes by the invitation, and makes a key on their own device.
const served = ['--origin', `http://localhost:${port}`, '--ledger', join(folder, 'ledger.csv')];
let { stop, code } = await serve(plenty, served, port, 0, folder);
const begun = Date.now();
for (const [i, name] of NAMES.entries()) {
  const who = { name, ...(await visitor(browser, i % 2 === 0 ? PHONE : DESKTOP)) };
  await who.page.goto(at(`/start?code=${code}`));
  await who.page.getByLabel('How you are called').fill(name);
  await who.page.getByLabel('Passphrase').fill(PASS);
  await who.page.getByLabel('The same again').fill(PASS);
  await who.page.getByRole('button', { name: 'Sit down' }).click();
  await who.page.getByText('you', { exact: true }).waitFor({ timeout: 30000 });
  people.push(who);
}
const [ada, ben, cleo, dan, eva] = people;
for (const name of NAMES) await ada.page.locator('li li', { hasText: name }).waitFor();
ok(true, 'five people sit at one table, each with a key of their own');
await ada.page.getByLabel('Name of the commons').fill('The town');
await act(ada.page, 'Found the commons');
await ada.page.getByLabel('Name of the council').waitFor();
const commons = await get('/api/commons');
ok(commons.name === 'The town' && commons.members === 5 && !commons.in_force, 'one of them founds the commons', JSON.stringify(commons));

async function day(days) {
  await stop();
  ({ stop } = await serve(plenty, served, port, days, folder));
}

// A council, turns, a constitution that all adopt.
await ada.page.getByLabel('Name of the council').fill('Town council');
ok((await act(ada.page, 'Create the council')).includes('Done'), 'a founder creates a council in the browser');
await ada.page.getByLabel('Task that falls to all in turn').fill('treasury');
await act(ada.page, 'Set the turns');
await ada.page.goto(at('/watching'));
await ada.page.getByLabel('Name of the workplace').fill('Bakery');
await act(ada.page, 'Add a workplace');
await ada.page.getByLabel('What is made').waitFor();
ok((await get('/api/assemblies')).assemblies.some((a) => a.name === 'Bakery' && a.type === 'workplace'), 'a founder names the first workplace');
await ada.page.goto(at('/start'));
await ada.page.locator('summary', { hasText: 'Motions' }).click();
await ada.page.getByLabel('motion.debate_days').fill('6');
await ada.page.getByLabel('motion.debate_days').press('Tab');
await act(ada.page, 'Adopt this text');
for (const who of [ben, cleo, dan, eva]) {
  await who.page.getByText('Not the default: 1').first().waitFor();
  await act(who.page, 'Adopt this text');
}
const debate = (await get('/api/constitution')).parameters.find((p) => p.key === 'motion.debate_days');
ok((await get('/api/commons')).in_force && debate.value === 6, 'all five adopt the same text, and the constitution is in force');

// The example, a first plan, another one; both are put to the vote.
await ada.page.getByRole('button', { name: 'Plan the example' }).click();
await ada.page.getByRole('link', { name: 'What if' }).last().click();
ok(true, `the first plan is made ${Math.round((Date.now() - begun) / 1000)} s after the first of five opened the page`);
await ada.page.getByRole('slider').first().fill('20');
await ada.page.getByText('exact plan').waitFor();
await ada.page.getByText('Save as a proposal').click();
const names = ada.page.getByRole('textbox', { name: /on the ballot paper$/ });
await names.first().fill('as it is');
await names.last().fill('longer');
await ada.page.getByLabel('Title of the proposal').fill('The plan of next year');
await act(ada.page, 'Put to the vote');
await ada.page.getByRole('heading', { name: 'The plan of next year' }).waitFor();
const motion = (await get('/api/motions')).motions[0].motion;
ok((await get(`/api/motions/${motion}`)).choices.filter((c) => c.plan !== null).length === 2, 'two plans are verified, kept, and named in a motion');

// A text of their own, with an amendment; and a figure of the economy that somebody knows better.
await ben.page.goto(at('/councils'));
await ben.page.locator('summary', { hasText: 'Table a motion' }).click();
await ben.page.getByLabel('Title').fill('How much may be published');
await ben.page.getByLabel('Text').fill('Sums of purchases with noise, up to epsilon 4 a year.');
await act(ben.page, 'Table a motion');
const privacy = (await get('/api/motions')).motions.find((m) => m.sort === 'text').motion;
await dan.page.goto(at(`/councils/motion/${privacy}`));
await dan.page.locator('summary', { hasText: 'Propose an amendment' }).click();
await dan.page.getByLabel('The whole text, as it should be').fill('Sums of purchases with noise, up to epsilon 2 a year.');
await act(dan.page, 'Propose an amendment');
await eva.page.goto(at('/economy'));
await act(eva.page, 'Correct', { fill: (d) => d.getByLabel('Should be').fill('loaves').then(() => d.getByLabel('How you know').fill('I bake them.')) });
const { motions } = await get('/api/motions');
ok(motions.length === 3 && (await get(`/api/motions/${privacy}`)).proposed.length === 1, 'a text with an amendment, and a correction of the economy, are put forward', JSON.stringify(motions));

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

// The choice is debated in the browser.
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
  const order = i < 3 ? ['longer', 'as it is'] : ['as it is'];
  for (const name of order) await who.page.getByRole('button', { name: new RegExp(`^Rank ${name} `) }).click();
  await act(who.page, /^Vote$/);
}
for (const who of [ben, cleo]) {
  await who.page.goto(at(`/councils/motion/${privacy}`));
  await who.page.getByLabel('Yes').check();
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
await ben.page.goto(at('/plan'));
await ben.page.getByText('In force since').waitFor();
await ben.page.getByRole('link', { name: 'How it was decided' }).click();
await ben.page.getByRole('heading', { name: 'The plan of next year' }).waitFor();
ok((await get(`/api/motions/${motion}`)).choices.find((c) => c.name === 'longer').plan === (await get('/api/plans')).in_force.plan, 'the plan that won is in force, and its page says so');
await day(22);
await eva.page.goto(at(`/councils/election/${election}`));
await eva.page.getByRole('heading', { name: 'The count, stage by stage' }).waitFor();
ok((await eva.page.locator('.stages > li').count()) >= 1 && (await eva.page.getByText('elected, seat 1').count()) === 1, 'the count is shown stage by stage');

// What was published about households, and who allowed it.
writeFileSync(join(folder, 'ledger.csv'), `date,entry,name,epsilon,delta,clip,cells,decision\n2027-01-02,budget,2027,4,0,,,${privacy}\n2027-01-09,release,week 1,0.5,0,20,107,\n`);
await eva.page.goto(at('/needs'));
await eva.page.getByText('Members read here what was published').waitFor();
await eva.page.getByRole('link', { name: 'Your key' }).last().click();
await openKey(eva.page);
await eva.page.getByText('Where you are signed in').waitFor();
await eva.page.goto(at('/needs'));
await eva.page.getByText('Of a budget of 4, 0.5 is spent and 3.5 is left').waitFor();
await eva.page.getByRole('link', { name: 'How much may be published' }).waitFor();
ok(true, 'a household that has signed in sees what was published, what is left of the budget, and the decision behind it');

// A watch is begun: by who holds a mandate at once, by others only if members drawn by lot allow it. Who works there joins, and reports.
const fillLine = async ({ page }) => {
  await page.goto(at('/watching'));
  await page.getByLabel('What is made').fill('bread');
  await page.getByLabel('How much in each period').fill('800');
  await page.getByLabel('Give or take').fill('40');
  await page.getByLabel('Who makes it and reports').selectOption('Bakery');
};
await fillLine(dan);
await dan.page.getByText('You hold none now').waitFor();
ok((await dan.page.getByRole('button', { name: 'Begin to watch' }).count()) === 0 && (await dan.page.getByRole('button', { name: 'Ask for it' }).count()) >= 1, 'who holds no mandate asks for a watch');
await fillLine(ada);
await act(ada.page, 'Begin to watch');
await ada.page.getByRole('link', { name: 'bread' }).click();
await ada.page.getByText('Bakery · 800 in each 7 days').waitFor();
await act(ada.page, 'I work here');
const [watched] = (await get('/api/lines')).lines;
ok(watched.name === 'bread' && watched.planned === 800e6 && watched.spread === 40e6 && watched.days === 7 && watched.periods === 52, 'who holds one begins it in the browser', JSON.stringify(watched));

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

// A second council needs several people: one asks, drawn members allow it, and it is done once.
await dan.page.goto(at('/start'));
await dan.page.locator('summary', { hasText: 'A council' }).click();
await dan.page.getByLabel('Name of the council').fill('School council');
await dan.page.getByLabel('Reason, for everybody to read').first().fill('Parents and teachers want to decide together.');
await act(dan.page, 'Ask for it');
await settled(dan.page); // what the page asks for afterwards is not cut off by the end of the server
await day(63);
const asked = (await get('/api/grants')).grants[0];
for (const who of [ben, cleo, eva]) {
  await who.page.goto(at('/grants'));
  await who.page.getByText('Parents and teachers want').waitFor();
  await act(who.page, 'Allow');
}
await dan.page.goto(at('/grants'));
await act(dan.page, 'Do it');
const granted = (await get('/api/grants')).grants[0];
ok(asked.state === 'deciding' && granted.state === 'used' && (await get('/api/assemblies')).assemblies.some((a) => a.name === 'School council'), 'a privileged act is asked for, allowed by drawn members, and done once', JSON.stringify([asked, granted]));
await day(68);
for (const who of [ben, cleo, dan, eva]) {
  await who.page.goto(at(`/councils/recall/${recall}`));
  await who.page.getByLabel('Yes').check();
  await act(who.page, /^Vote$/);
}
await day(76);
const after = await get(`/api/recalls/${recall}`);
ok(after.state === 'carried', 'the recall is carried', JSON.stringify(after));

// A passkey signs in, until it is removed.
const cdp = await ben.context.newCDPSession(ben.page);
await cdp.send('WebAuthn.enable');
await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
await ben.page.goto(at('/key'));
await openKey(ben.page);
await act(ben.page, 'Add a passkey');
await ben.page.getByRole('button', { name: 'Remove this passkey' }).waitFor();
await ben.page.getByRole('button', { name: 'End', exact: true }).click();
await ben.page.getByRole('button', { name: 'Sign in with a passkey' }).click();
await ben.page.getByText('By the passkey').waitFor();
ok((await get('/api/session')).signed_in === false, 'a passkey is added and signs in; the session is in that browser alone');
await act(ben.page, 'Remove this passkey');
await ben.page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
await ben.page.getByRole('button', { name: 'Lock the key' }).click();
ok(true, 'the session ends when the passkey is removed');

// What there is to do, and why a turn fell on whom.
await openKey(ben.page);
await ben.page.getByText('Where you are signed in').waitFor();
const menu = ben.page.getByRole('link', { name: 'My turn' });
if (!(await menu.isVisible())) await ben.page.getByRole('button', { name: 'Menu' }).click();
await menu.click();
await ben.page.getByText('You can stand for election').first().waitFor();
ok(true, 'whoever has opened the key sees what there is to do');
await ben.page.getByText('Why this one?').first().click();
await ben.page.getByText('the most of').first().waitFor();
ok(true, 'the draw of a turn is explained');

// Who holds the record key signs a checkpoint; everybody checks entries in the browser.
await ada.page.goto(at('/record'));
await act(ada.page, 'Sign a checkpoint');
await eva.page.goto(at('/record'));
await eva.page.locator('.timeline > li').first().getByRole('button', { name: 'Check' }).click();
await eva.page.locator('.timeline .badge.good').nth(3).waitFor();
ok((await eva.page.locator('.timeline .badge.short').count()) === 0, 'the last entry holds under a checkpoint that was signed in the browser');

// What is needed, and what was not there: two presses each, then the signature.
await cleo.page.goto(at('/needs'));
await cleo.page.getByRole('button', { name: 'bread', exact: true }).click();
await act(cleo.page, 'Order it');
await cleo.page.getByLabel(/Where it was not there/).fill('Mill Street');
await act(cleo.page, 'It was not there');
await cleo.page.getByText('orders: 1, not there: 1').waitFor();
ok((await get('/api/needs/orders')).total === 1 && (await get('/api/needs/missing')).total === 1, 'a member orders, and says what was not there');

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
ok(execFileSync(plenty, ['audit', join(folder, 'plenty.commons')], { encoding: 'utf8' }).includes('\nverified'), 'the audit verifies everything that five browsers have signed');
end();
