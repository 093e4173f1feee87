// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Plans that are put to the vote: the server verifies and keeps them; the motion that names them is signed here.
import { fromHex } from '../record/bytes';
import type { Fields } from '../record/kinds';
import { asMember } from './act';
import { post } from './api';

export interface Variant {
  readonly plan: string;
  readonly name: string; // on the ballot paper
}
interface Choice {
  readonly economy: string;
  readonly plans: readonly { readonly plan: string; readonly hash: string }[];
}

export const NAME_MOST = 100; // bytes of a name on the ballot paper

// The fields of the motion; plans stand in the order of their hashes, each with its name.
export async function choiceFields(variants: readonly Variant[], assembly: string, title: string, text: string): Promise<Fields> {
  const kept = await asMember(() => post<Choice>('/api/choices', JSON.stringify({ plans: variants.map((v) => v.plan) }), 'application/json'));
  const rows = kept.plans.map((p, i) => ({ hash: p.hash, name: variants[i]?.name ?? '' })).sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return { assembly: fromHex(assembly), sort: 1, title, text, options: rows.map((r) => r.name), plans: rows.map((r) => fromHex(r.hash)), economy: [fromHex(kept.economy)] };
}
