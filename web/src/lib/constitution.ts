// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The text of a constitution (docs/formats/constitution.md), and the parameters that it says. The server reads it by the
// same rules; what is read here is only shown.

export interface Parameter {
  readonly key: string;
  readonly default: number;
  readonly least: number;
  readonly most: number;
  readonly unit: string;
  readonly says: string;
}
export interface Said {
  readonly values: ReadonlyMap<string, number>;
  readonly tiers: readonly string[];
}

// What a text says; lines that say nothing known are left to the server.
export function readConstitution(text: string): Said {
  const values = new Map<string, number>();
  const tiers: string[] = [];
  for (const line of text.split('\n')) {
    const found = /^ *([a-z_.0-9]+) *= *(.*?) *$/.exec(line.split('#')[0] ?? '');
    if (found === null) continue;
    const [, key, value] = found as unknown as [string, string, string];
    if (/^tier\.[1-9]$/.test(key)) tiers[Number(key.slice(5)) - 1] = value;
    else if (/^\d+$/.test(value)) values.set(key, Number(value));
  }
  return { values, tiers };
}

// The text that says these values: only what is not the default, and the tiers.
export function writeConstitution(title: string, parameters: readonly Parameter[], said: Said): string {
  const lines = [`# ${title}`];
  for (const p of parameters) {
    const value = said.values.get(p.key);
    if (value !== undefined && value !== p.default) lines.push(`${p.key} = ${value}`);
  }
  said.tiers.forEach((name, i) => lines.push(`tier.${i + 1} = ${name}`));
  return `${lines.join('\n')}\n`;
}

export function sectionOf(key: string): string {
  return key.slice(0, key.indexOf('.'));
}
