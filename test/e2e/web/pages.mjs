// SPDX-License-Identifier: AGPL-3.0-or-later
//
// pages.mjs PLENTY TOWN: every page of a town and of a plan, on a telephone and a desktop, light and dark, in a language
// from the right to the left: it shows itself without errors and within the screen, and axe finds nothing.  TAP.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DESKTOP, end, findings, freePort, launch, ok, PHONE, serve, settled, visitor } from './browser.mjs';

const [plenty, town] = process.argv.slice(2);
const port = await freePort();
writeFileSync(join(town, 'ledger.csv'), 'date,entry,name,epsilon,delta,clip,cells\n2027-01-02,budget,2027,4,0,,\n');
const { stop } = await serve(plenty, [join(town, 'town.commons'), '--ledger', join(town, 'ledger.csv'), '--plan', join(town, 'as-it-is'), '--economy', join(town, 'economy'), '--needs', join(town, 'forecast')], port, 95);
const at = (path) => `http://127.0.0.1:${port}${path}`;
const get = async (path) => (await fetch(at(path))).json();
const { elections } = await get('/api/elections?past=1');
const { motions } = await get('/api/motions');
const { recalls } = await get('/api/recalls');
const { plans } = await get('/api/plans');
const debated = motions.find((m) => m.state === 'debate');
const chosen = motions.find((m) => m.sort === 'plans');
const paths = [
  '/', '/plan?why=good:cake', '/compare', '/what-if', '/economy', '/needs', '/councils', '/turn', '/lights', '/record', '/start', '/grants', '/key', '/check', '/nothing',
  `/councils/election/${elections.find((e) => e.state === 'decided').election}`, `/councils/motion/${debated.motion}`, `/councils/motion/${chosen.motion}`, `/councils/recall/${recalls[0].recall}`,
];
ok(plans.map((p) => p.title).sort().join() === 'as-it-is,longer-hours', 'the plan in force and the one that lost can be compared, though nobody has looked at them yet; each is listed once');
// And a table at which nobody sits yet.
const empty = join(town, 'empty');
mkdirSync(empty);
const tablePort = await freePort();
const { stop: stopTable, code } = await serve(plenty, [empty], tablePort);
const table = (path) => `http://127.0.0.1:${tablePort}${path}`;
const browser = await launch();
const ways = [
  ['telephone, light', PHONE, { colorScheme: 'light' }],
  ['desktop, dark', DESKTOP, { colorScheme: 'dark', reducedMotion: 'reduce' }],
  ['telephone, Arabic', PHONE, { locale: 'ar', colorScheme: 'dark' }],
];
for (const [way, viewport, options] of ways) {
  const { context, page, errors } = await visitor(browser, viewport, options);
  for (const url of [...paths.map(at), table('/start'), table(`/start?code=${code}`), table('/start?code=1')]) {
    const path = url.replace(/^http:\/\/[^/]*/, '').replace(code, 'CODE');
    await page.goto(url);
    await page.locator('h1').first().waitFor();
    await settled(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    const found = await findings(page);
    ok(wide <= 0, `${way}: ${path} fits the screen`, `${wide} pixels too wide`);
    ok(found.length === 0, `${way}: ${path}: axe finds nothing`, found.join('\n'));
  }
  ok(errors.length === 0, `${way}: no errors, no violations of the policy`, errors.join('\n'));
  await context.close();
}

// What goes wrong is said in the language of the reader; the exact words of the program come second.
const german = await visitor(browser, PHONE, { locale: 'de' });
await german.page.goto(at('/plan?plan=nonsense'));
const alert = german.page.getByRole('alert');
await alert.getByText('Diesen Plan gibt es hier nicht mehr.').waitFor();
ok((await alert.locator('[lang=en]').textContent()).includes("there is no plan 'nonsense'"), 'a refusal is said in German, and in the words of the program below');
await german.page.goto(at('/check'));
await german.page.locator('textarea').fill('nonsense');
await german.page.getByRole('button', { name: 'Prüfen' }).click();
ok((await alert.innerText()).includes('Das ist kein Link oder Code eines Stimmzettels'), 'so is a code that is none', await alert.innerText());
await german.context.close();

const { page, context } = await visitor(browser, DESKTOP);
await page.goto(at('/'));
await page.locator('button.figure').first().waitFor();
const bytes = await page.evaluate(() => performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation')).filter((e) => !e.name.includes('/api')).reduce((s, e) => s + (e.transferSize ?? 0), 0));
ok(bytes > 10000 && bytes < 100000, `the first page takes ${bytes} bytes, less than 100 kB`);
await page.keyboard.press('Tab');
ok(await page.evaluate(() => document.activeElement?.classList.contains('skip')), 'the first thing that the keyboard reaches skips to the content');
await page.locator('button.figure').first().focus();
await page.keyboard.press('Enter');
await page.getByRole('dialog').getByText('What it rests on').waitFor();
ok(true, 'a figure opens its "why?" by keyboard');
await page.keyboard.press('Escape');
await page.getByRole('dialog').waitFor({ state: 'detached' });
ok(await page.evaluate(() => document.activeElement?.classList.contains('figure')), 'and closes by Escape, the focus back where it was');
// What will be needed: the figure, its doubt, and where it comes from.
await page.goto(at('/needs'));
await page.getByRole('group', { name: 'In the next 4 weeks' }).getByRole('button', { name: 'bread' }).click();
const whence = page.locator('details', { hasText: 'Where does this figure come from?' });
await whence.getByText('Wanted and not there').waitFor();
const said = await whence.innerText();
ok(/between January 1, 2024 and March 25, 2024/.test(said) && /Ordered for this time: 56 \(orders: 1\)/.test(said) && /is chance/.test(said), 'a forecast says where it comes from: sales, what was not there, orders, chance', said);
await page.getByText('The same as a table').first().click();
ok((await page.getByRole('table', { name: 'bread' }).locator('tbody tr').count()) === 4, 'and is a table of four weeks too');
await page.goto(at('/record'));
await page.locator('.timeline > li').nth(2).getByRole('button', { name: 'Check' }).click();
await page.locator('.timeline .badge.good').nth(3).waitFor();
ok((await page.locator('.timeline .badge.short').count()) === 0, 'the browser checks bytes, signature, place and checkpoint of an entry');
await page.reload();
await page.getByText('Checked here: the record continues').waitFor();
ok(true, 'and at the second visit that the record has only grown');

// Somebody between the server and the browser changes one letter of an entry.
await page.route('**/api/record/30', async (route) => {
  const answer = await (await route.fetch()).json();
  answer.bytes = answer.bytes.replace(/6d6f6e746873/, '6d6f6e746874');
  await route.fulfill({ json: answer });
});
await page.locator('#e30').getByRole('button', { name: 'Check' }).click();
await page.locator('#e30 .badge.short').first().waitFor();
ok((await page.locator('#e30 .badge.short').count()) >= 2, 'a changed entry does not hold');
await context.close();

// A hundred thousand goods: only the rows in view are in the page.
const large = join(town, 'large');
execFileSync(plenty, ['generate', large, '--goods', '100000', '--inputs', '4', '--capped', '0'], { stdio: 'ignore' });
execFileSync(plenty, ['plan', large, '-o', `${large}-plan`, '--quiet'], { stdio: 'ignore' });
const second = await freePort();
const { stop: stopLarge } = await serve(plenty, ['--plan', `${large}-plan`, '--economy', large], second);
const many = await visitor(browser, DESKTOP);
await many.page.goto(`http://127.0.0.1:${second}/`);
await many.page.locator('.windowed tbody tr').nth(5).waitFor({ timeout: 60000 });
const rows = await many.page.evaluate(() => ({ all: document.querySelector('.windowed table').getAttribute('aria-rowcount'), here: document.querySelectorAll('.windowed tbody tr').length }));
ok(Number(rows.all) > 100000 && rows.here < 60, `of ${rows.all} rows ${rows.here} are in the page`);
const begin = Date.now();
await many.page.locator('input[type=search]').fill('99');
await many.page.waitForFunction(() => Number(document.querySelector('.windowed table').getAttribute('aria-rowcount')) < 50000);
ok(Date.now() - begin < 1500, `a search through all of them is answered in ${Date.now() - begin} ms`);
await many.page.locator('.windowed').evaluate((box) => box.scrollTo(0, box.scrollHeight));
await many.page.locator('.windowed tbody tr:not(.spacer) th', { hasNotText: '…' }).last().waitFor();
ok(true, 'the end of the table comes when it is scrolled to');
await many.page.evaluate(() => dispatchEvent(new Event('beforeprint')));
await many.page.getByText(/The first 1,000 of [\d,]+ rows/).waitFor();
await many.page.evaluate(() => dispatchEvent(new Event('afterprint')));
await many.page.waitForFunction(() => document.querySelectorAll('.windowed tbody tr').length < 60);
ok(true, 'on paper is what there is room for, and how many there are');
ok(many.errors.length === 0, 'without errors', many.errors.join('\n'));
await browser.close();
await stopLarge();
await stopTable();
await stop();
end();
