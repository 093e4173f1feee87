// SPDX-License-Identifier: AGPL-3.0-or-later
//
// CSV (RFC 4180) as far as it takes to show a checker's message beside the cell that it is about.

export interface Cell {
  readonly text: string;
  readonly column: number; // of its first character in its line, from 1
}
export interface Row {
  readonly line: number; // of its first line in the file, from 1
  readonly cells: readonly Cell[];
}

// The rows of a text; quotes may hold separators and line breaks.
export function parseCsv(text: string, separator = ','): Row[] {
  const rows: Row[] = [];
  let cells: Cell[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let begun = 1; // line of the row
  let column = 1;
  let start = 1; // column of the cell
  const endCell = (): void => {
    cells.push({ text: cell, column: start });
    cell = '';
    start = column + 1;
  };
  const endRow = (): void => {
    if (cells.length > 0 || cell !== '') {
      endCell();
      rows.push({ line: begun, cells });
    }
    cells = [];
    cell = '';
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (quoted && c === '"' && text[i + 1] === '"') {
      cell += c;
      i++;
      column++;
    } else if (c === '"') {
      quoted = !quoted;
    } else if (c === '\n' && !quoted) {
      endRow();
      line++;
      begun = line;
      column = 0;
      start = 1;
    } else if (c === separator && !quoted) {
      endCell();
    } else if (c !== '\r' || quoted) {
      cell += c;
      if (c === '\n') line++;
    }
    column++;
  }
  endRow();
  return rows;
}

// The row that holds a line of the file, and the cell at a column of it (-1: none).
export function cellAt(rows: readonly Row[], line: number, column: number): { readonly row: number; readonly cell: number } | null {
  let row = -1;
  for (let i = 0; i < rows.length && (rows[i] as Row).line <= line; i++) row = i;
  if (row < 0) return null;
  const cells = (rows[row] as Row).cells;
  let cell = -1;
  for (let i = 0; i < cells.length && column > 0 && (cells[i] as Cell).column <= column; i++) cell = i;
  return { row, cell };
}
