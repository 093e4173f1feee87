// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The kinds of events and their fields, in the order of docs/formats/record.md and commons.md: field i has the number i + 1 in the body.
import { toHex, type Bytes } from './bytes';
import type { Cbor } from './cbor';
import type { Body } from './event';

export const FIELDS = {
  'commons.created': ['name', 'record_key', 'founders', 'salt'],
  'key.added': ['key', 'proof'],
  'key.revoked': ['key'],
  note: ['text', 'blobs'],
  'constitution.adopted': ['text'],
  'constituency.created': ['name', 'type', 'grant'],
  'council.created': ['name', 'electors', 'seats', 'grant'],
  'vote.cast': ['ballot', 'marks'],
  'vote.sealed': ['ballot', 'paper'],
  'trustee.certified': ['trust', 'certificate'],
  'trustee.shared': ['trust', 'round', 'polynomial'],
  'trustee.agreed': ['trust', 'round', 'output'],
  'trustee.objected': ['trust', 'round', 'against'],
  'ballot.shuffled': ['ballot', 'shuffle'],
  'ballot.opened': ['ballot', 'part'],
  'candidate.stood': ['election', 'statement', 'name'],
  'candidate.withdrew': ['election'],
  'mandate.resigned': ['mandate'],
  'recall.asked': ['mandate', 'reasons'],
  'recall.signed': ['recall'],
  'recall.withdrawn': ['recall'],
  'recall.answered': ['recall', 'text'],
  'member.proposed': ['key', 'proof', 'constituencies', 'commitment'],
  'member.vouched': ['proposal'],
  'member.objected': ['proposal', 'reason'],
  'member.admitted': ['proposal', 'grant'],
  'member.moved': ['constituency', 'joins'],
  'move.objected': ['move', 'reason'],
  'member.left': [],
  'member.recovered': ['member', 'key', 'proof', 'grant'],
  'lot.announced': ['purpose', 'pool', 'wanted'],
  'lot.sealed': ['lot', 'seal'],
  'lot.opened': ['lot', 'part'],
  'grant.asked': ['act', 'hash', 'reason'],
  'grant.approved': ['grant', 'reason'],
  'grant.refused': ['grant', 'reason'],
  'content.hidden': ['position', 'reason', 'grant'],
  'witness.added': ['key', 'grant'],
  'release.published': ['hash', 'name', 'grant'],
  'pay.skilled': ['quarter', 'source', 'grade', 'amounts', 'grant'],
  'pay.entered': ['holder', 'quarter', 'amount', 'source', 'sort', 'grant'],
  'rota.class': ['assembly', 'name', 'weight', 'slots', 'days', 'rung', 'begins', 'grant'],
  'rota.absent': ['percent', 'from', 'until', 'reason'],
  'rota.refused': ['class', 'period', 'slot'],
  'rota.offered': ['class', 'period', 'slot', 'other_class', 'other_slot'],
  'rota.swapped': ['offer'],
  'rota.served': ['class', 'period', 'slot'],
  'motion.tabled': ['assembly', 'sort', 'title', 'text', 'explanation', 'options', 'plans', 'economy', 'mandate', 'executor', 'due_days', 'costs', 'budget'],
  'motion.amended': ['motion', 'text'],
  'motion.urgent': ['motion', 'grant'],
  'motion.point': ['motion', 'side', 'text', 'reply'],
  'amendment.proposed': ['motion', 'text'],
  'amendment.supported': ['motion', 'amendment'],
  'decision.taken': ['motion', 'due_days'],
  'decision.reported': ['motion', 'text', 'blobs'],
  'question.asked': ['mandate', 'text'],
  'question.answered': ['question', 'text'],
  'order.placed': ['good', 'amount', 'from', 'until'],
  'order.withdrawn': ['order'],
  'passkey.added': ['credential', 'algorithm', 'key', 'party'],
  'passkey.removed': ['passkey'],
  'missing.reported': ['good', 'place', 'day', 'amount', 'workplace'],
  'share.announced': ['assembly', 'motion', 'title', 'rules', 'supply', 'people', 'urgency'],
  'share.sealed': ['round', 'seal'],
  'share.opened': ['round', 'salt', 'wants'],
  'share.entered': ['round', 'outcome'],
  'queue.reported': ['assembly', 'source', 'shelf', 'fill', 'instead', 'days', 'hours', 'waiting'],
  'line.watched': ['name', 'workplace', 'planned', 'spread', 'price', 'begins', 'days', 'periods', 'grant'],
  'line.ended': ['line', 'grant'],
  'line.reported': ['line', 'period', 'quantity', 'capability', 'potentiality'],
  'delivery.sent': ['line', 'to', 'amount'],
  'delivery.received': ['delivery', 'amount'],
  'alarm.raised': ['line', 'text'],
  'alarm.answered': ['alarm', 'days', 'text'],
  'alarm.silenced': ['alarm', 'until', 'reason'],
} as const satisfies Record<string, readonly string[]>;

export type Kind = keyof typeof FIELDS;
export type Fields = Readonly<Record<string, Cbor | undefined>>;

export function isKind(kind: string): kind is Kind {
  return Object.hasOwn(FIELDS, kind);
}

// The body with the named fields; throws at a name that the kind does not have.
export function bodyOf(kind: Kind, fields: Fields): Body {
  const names = FIELDS[kind] as readonly string[];
  for (const name of Object.keys(fields)) if (!names.includes(name)) throw new Error(`${kind} has no field ${name}`);
  const body = new Map<number, Cbor>();
  names.forEach((name, i) => {
    const value = fields[name];
    if (value !== undefined) body.set(i + 1, value);
  });
  return body;
}

// The fields of a body by name; those of unknown kinds by number.
export function fieldsOf(kind: string, body: Body): Readonly<Record<string, Cbor>> {
  const names: readonly string[] = isKind(kind) ? FIELDS[kind] : [];
  return Object.fromEntries([...body].map(([k, v]) => [names[k - 1] ?? String(k), v]));
}

// A field as a reader can take it in: texts and numbers as they are, bytes in hexadecimal.
export function plain(value: Cbor): string {
  if (value === null) return '';
  if (value instanceof Uint8Array) return toHex(value as Bytes);
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (value instanceof Map) return [...value].map(([k, v]) => `${k}: ${plain(v as Cbor)}`).join(', ');
  return String(value);
}
