// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Grants: a privileged act is asked for, members drawn by lot decide, and who asked does it once. What was asked for is pinned by its hash,
// and stays on the device that asked.
import { fromHex, sha256, toHex } from '../record/bytes';
import { decode, encode, type Cbor } from '../record/cbor';
import { bodyOf, fieldsOf, isKind, type Fields, type Kind } from '../record/kinds';
import type { Body } from '../record/event';
import { get } from './api';

export interface Grant {
  readonly grant: string;
  readonly author: string;
  readonly act: string;
  readonly hash: string;
  readonly since: number;
  readonly state: 'drawing' | 'deciding' | 'approved' | 'used' | 'refused' | 'lapsed';
  readonly approvers: number;
  readonly needed: number;
  readonly approvals: number;
  readonly refusals: number;
  readonly approve_by: number | null;
  readonly execute_by: number | null;
  readonly reason: string | null;
  readonly drawn: readonly string[]; // who decides
}

export async function loadGrants(stop: AbortSignal): Promise<readonly Grant[]> {
  const { grants } = await get<{ grants: readonly Omit<Grant, 'drawn'>[] }>('/api/grants', stop);
  const all = await Promise.all(
    grants.map(async (g): Promise<Grant> => {
      const open = g.state === 'deciding';
      const lot = open ? await get<{ drawn: readonly { member: string }[] }>(`/api/lots/${g.grant}`, stop) : null;
      return { ...g, drawn: lot?.drawn.map((d) => d.member) ?? [] };
    }),
  );
  return all.sort((a, b) => b.since - a.since);
}

const KEPT = 'plenty.acts'; // by hash: the body, as it will be without its grant

function kept(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

// The hash that a grant pins, of an act that this device keeps until it is done.
export async function pin(kind: Kind, fields: Fields): Promise<Uint8Array<ArrayBuffer>> {
  const body = encode(bodyOf(kind, fields));
  const hash = await sha256(body);
  localStorage.setItem(KEPT, JSON.stringify({ ...kept(), [toHex(hash)]: toHex(body) }));
  return hash;
}

// The act that was asked for here, with its grant; null when another device asked.
export function pinned(g: Grant): { readonly kind: Kind; readonly fields: Fields } | null {
  const hex = kept()[g.hash];
  if (hex === undefined || !isKind(g.act)) return null;
  const fields = fieldsOf(g.act, decode(fromHex(hex)) as Body) as Record<string, Cbor>;
  return { kind: g.act, fields: { ...fields, grant: fromHex(g.grant) } };
}
