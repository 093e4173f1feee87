// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where a member belongs, and what that allows.
import { get } from './api';
import { about, moved, now } from './commons';

export interface Belonging {
  readonly assemblies: ReadonlySet<string>; // by roll or mandate, the councils included
  readonly mandate: boolean; // sits in a council
}

export async function loadBelonging(member: string, stop: AbortSignal): Promise<Belonging> {
  void moved.value;
  const m = await get<{ constituencies: readonly { constituency: string; until: number | null }[]; mandates: readonly { council: string; ended: number | null }[] }>(`/api/members/${member}`, stop);
  const at = now();
  const held = m.mandates.filter((x) => x.ended === null);
  const assemblies = [about.value?.commons_id ?? '', ...m.constituencies.filter((c) => c.until === null || c.until > at).map((c) => c.constituency), ...held.map((x) => x.council)];
  return { assemblies: new Set(assemblies), mandate: held.length > 0 };
}
