// SPDX-License-Identifier: AGPL-3.0-or-later
//
// upload.mjs PLENTY SOURCE FOLDER: tables of one's own, given to the Economy page: a good folder becomes a plan; mistakes stand beside their cells; what is
// too large, in another encoding, with semicolons, or a workbook.  FOLDER is a town of town.sh.  TAP.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { end, findings, freePort, launch, ok, PHONE, serve, visitor } from './browser.mjs';

const [plenty, source, town] = process.argv.slice(2);
const folder = join(source, 'examples/bakery');
const port = await freePort();
const { stop } = await serve(plenty, ['--plan', join(town, 'as-it-is'), '--economy', folder], port);
const browser = await launch();
const { page, errors } = await visitor(browser, PHONE);
const text = (name) => readFileSync(join(folder, name), 'utf8');
const names = readdirSync(folder).filter((n) => n.endsWith('.csv'));
const file = (name, buffer) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(buffer) });
const tables = (changed = {}) => names.map((n) => file(n, changed[n] ?? text(n)));
const give = async (files, label = /workbook/) => {
  await page.goto(`http://127.0.0.1:${port}/economy`);
  await page.getByLabel(label).setInputFiles(files);
};

await give(folder, 'Or a whole folder');
await page.getByText('Errors: 0, warnings: 0. Goods: 10, recipes: 9, needs: 5.').waitFor();
await page.getByRole('button', { name: 'Plan it' }).click();
await page.getByRole('link', { name: 'Show the plan' }).click();
await page.getByText('80% of what is needed is met').waitFor();
ok(true, 'a folder of tables is checked and planned, and its plan shown');

const wrong = {
  'needs.csv': text('needs.csv').replace('bread,1,school,200', 'bread,1,school,two hundred').replace('bran,1,animals,100', 'bran,0,animals,100'),
  'resources.csv': text('resources.csv').replace(/(bakers,[^\n]*),75/, '$1,-75'),
};
await give(tables(wrong));
await page.locator('td.wrong').nth(2).waitFor();
const cells = (await page.locator('td.wrong').allInnerTexts()).sort();
ok(cells.join(' | ') === '-75 | 0 | two hundred', 'three wrong cells are marked, each in its table', cells.join(' | '));
const below = await page.locator('tr:has(td.wrong) + tr').allInnerTexts();
ok(below.length === 3 && below.every((b) => /error/.test(b)) && below.some((b) => /two hundred.*is not a finite decimal number/.test(b)), 'and what is wrong stands below each row', below.join('\n'));
ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'within the screen of a telephone');
const found = await findings(page);
ok(found.length === 0, 'axe finds nothing', found.join('\n'));
ok((await page.getByRole('button', { name: 'Plan it' }).count()) === 0, 'what is wrong cannot be planned');

const huge = join(town, 'stocks.csv');
writeFileSync(huge, Buffer.alloc(25 << 20, 'a'));
await give(huge);
await page.getByText('24 MB is the most that can be sent').waitFor();
ok((await page.getByRole('alert').innerText()).includes('plenty check'), 'what is too large is not sent, and it says what to do');

const latin = Buffer.from(text('goods.csv').replace('bread,bread', 'bread,p\u00e2te'), 'latin1');
await give(names.map((n) => (n === 'goods.csv' ? file(n, latin) : file(n, text(n)))));
await page.getByText('goods.csv is not written in UTF-8').waitFor();
await page.getByText('Errors: 0').waitFor();
ok(true, 'another encoding is read, and said');

const german = (csv) => csv.replaceAll(',', ';').replace(/(\d)\.(\d)/g, '$1,$2');
await give([...names.map((n) => file(n.replace('.csv', ' (1).csv'), german(text(n)))), file('photo.jpeg', 'x')]);
await page.getByText('photo.jpeg was left out').waitFor();
await page.getByText('Errors: 0').waitFor();
ok((await page.getByText('separates cells by semicolons').count()) === names.length, 'tables with semicolons, under the names that browsers give copies');
ok(errors.length === 0, 'without errors', errors.join('\n'));
await browser.close();
await stop();
end();
