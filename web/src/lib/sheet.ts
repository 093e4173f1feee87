// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What spreadsheets save, as the tables of an economy (CSV, UTF-8, commas): CSV in other encodings and with semicolons, and workbooks (.xlsx), a sheet a table.
import { parseCsv } from './csv';

export const MOST = 24 << 20; // bytes that the server takes

// What was done to a file, or why nothing was.
export interface Note {
  readonly file: string;
  readonly what: 'encoding' | 'separator' | 'unknown';
}
export interface Tables {
  readonly files: ReadonlyMap<string, string>;
  readonly notes: readonly Note[];
}

// The text of bytes: UTF-8; UTF-16 by its mark; what is neither is read as Windows writes in western Europe.
export function decodeText(bytes: Uint8Array): { readonly text: string; readonly sure: boolean } {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  if (utf16 !== null) return { text: new TextDecoder(utf16).decode(bytes), sure: true };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), sure: true };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), sure: false };
  }
}

function writeCsv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((r) => `${r.map(cell).join(',')}\n`).join('');
}

// Commas between cells and points in numbers, where a spreadsheet wrote semicolons (and then commas in numbers) or tabs.
export function withCommas(text: string): string {
  const first = text.slice(0, (text + '\n').search(/[\r\n]/));
  const other = [';', '\t'].find((c) => first.split(c).length > first.split(',').length);
  if (other === undefined) return text;
  return writeCsv(parseCsv(text, other).map((r) => r.cells.map((c) => (/^[-+]?\d+,\d+([eE][-+]?\d+)?$/.test(c.text.trim()) ? c.text.trim().replace(',', '.') : c.text))));
}

// ---- Workbooks: a zip archive of XML (ECMA-376) ---------------------------------------------------

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const out = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(out).arrayBuffer());
}

// The files of an archive that are asked for, as text.
async function unzip(bytes: Uint8Array<ArrayBuffer>, wanted: (name: string) => boolean): Promise<Map<string, string>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Error('zip');
  const files = new Map<string, string>();
  let at = view.getUint32(end + 16, true);
  for (let n = view.getUint16(end + 10, true); n > 0 && view.getUint32(at, true) === 0x02014b50; n--) {
    const [method, size, name, extra, comment, local] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true), view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true), view.getUint32(at + 42, true)];
    const called = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name));
    if (wanted(called)) {
      const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const packed = bytes.subarray(from, from + size);
      files.set(called, new TextDecoder().decode(method === 0 ? packed : await inflate(packed)));
    }
    at += 46 + name + extra + comment;
  }
  return files;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const plain = (xml: string): string => xml.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, name: string) => (name[0] === '#' ? String.fromCodePoint(name[1] === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10)) : (ENTITIES[name] ?? whole)));
const attribute = (tag: string, name: string): string => plain(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
const texts = (xml: string): string => [...xml.matchAll(/<t(?:\s[^>]*)?>([^<]*)<\/t>/g)].map((m) => plain(m[1] ?? '')).join('');
const columnOf = (cell: string): number => [...cell.replace(/\d+$/, '')].reduce((n, c) => 26 * n + c.charCodeAt(0) - 64, 0) - 1;

function sheetRows(xml: string, shared: readonly string[]): string[][] {
  const rows: string[][] = [];
  for (const row of xml.matchAll(/<row(\s[^>]*)?>(.*?)<\/row>/gs)) {
    const cells: string[] = [];
    for (const c of (row[2] ?? '').matchAll(/<c(\s[^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
      const kind = attribute(c[1] ?? '', 't');
      const value = plain(/<v>([^<]*)<\/v>/.exec(c[2] ?? '')?.[1] ?? '');
      const at = columnOf(attribute(c[1] ?? '', 'r'));
      while (cells.length < at) cells.push('');
      cells.push(kind === 's' ? (shared[Number(value)] ?? '') : kind === 'inlineStr' ? texts(c[2] ?? '') : value);
    }
    const line = Number(attribute(row[1] ?? '', 'r'));
    while (line > 0 && rows.length < line - 1) rows.push([]);
    rows.push(cells);
  }
  return rows;
}

// The sheets of a workbook by their names, as CSV; a row of the sheet is a line of the text.
export async function readWorkbook(bytes: Uint8Array<ArrayBuffer>): Promise<Map<string, string>> {
  const files = await unzip(bytes, (name) => /^xl\/(workbook\.xml|_rels\/workbook\.xml\.rels|sharedStrings\.xml|worksheets\/[^/]+\.xml)$/.test(name));
  const target = new Map([...(files.get('xl/_rels/workbook.xml.rels') ?? '').matchAll(/<Relationship\s[^>]*>/g)].map((m) => [attribute(m[0], 'Id'), attribute(m[0], 'Target').replace(/^\/?(xl\/)?/, 'xl/')]));
  const shared = [...(files.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>(.*?)<\/si>/gs)].map((m) => texts(m[1] ?? ''));
  const sheets = new Map<string, string>();
  for (const m of (files.get('xl/workbook.xml') ?? '').matchAll(/<sheet\s[^>]*>/g)) {
    const rows = sheetRows(files.get(target.get(attribute(m[0], 'r:id')) ?? '') ?? '', shared);
    while (rows.length > 0 && (rows.at(-1) as string[]).every((c) => c === '')) rows.pop();
    sheets.set(attribute(m[0], 'name'), writeCsv(rows));
  }
  return sheets;
}

// ---- Files ----------------------------------------------------------------------------------------

// "Goods (1).csv" -> "goods.csv": the name of a table, whatever a browser or a spreadsheet made of it; null for what is none.
export function tableName(file: string): string | null {
  const name = (file.split('/').at(-1) ?? '').toLowerCase().replace(/ ?\(\d+\)(?=\.)/, '').replace(/[ -]/g, '_');
  return name === 'datapackage.json' || /^[a-z_]{1,35}\.csv$/.test(name) ? name : null;
}

// The tables in what somebody chose: CSV files, or one workbook.
export async function readTables(chosen: readonly File[]): Promise<Tables> {
  const files = new Map<string, string>();
  const notes: Note[] = [];
  for (const f of chosen) {
    const bytes = new Uint8Array(await f.arrayBuffer());
    if (/\.xlsx$/i.test(f.name)) {
      for (const [sheet, text] of await readWorkbook(bytes)) {
        const name = tableName(`${sheet}.csv`);
        if (name !== null && text !== '') files.set(name, text);
      }
      continue;
    }
    const name = tableName(f.name);
    if (name === null) {
      if (!/^\.|\.(md|txt)$/i.test(f.name)) notes.push({ file: f.name, what: 'unknown' });
      continue;
    }
    const { text, sure } = decodeText(bytes);
    const commas = name.endsWith('.csv') ? withCommas(text) : text;
    if (!sure) notes.push({ file: f.name, what: 'encoding' });
    if (commas !== text) notes.push({ file: f.name, what: 'separator' });
    files.set(name, commas);
  }
  return { files, notes };
}
