// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Passkeys (WebAuthn) and sessions. A passkey signs in and nothing else: what a member does is signed by the key of the device.
import { fromHex, toHex, type Bytes } from '../record/bytes';
import type { Fields } from '../record/kinds';
import { ask, CHANGES, get, post } from './api';
import { t } from './i18n';
import { InWords } from './load';

export interface Passkey {
  readonly passkey: string;
  readonly member: string;
  readonly party: string;
  readonly since: number;
  readonly removed: number | null;
  readonly credential: string;
}
export interface Session {
  readonly session: string;
  readonly key: string;
  readonly passkey: boolean;
  readonly since: number;
  readonly used: number;
  readonly this: boolean;
}
export interface Who {
  readonly signed_in: boolean;
  readonly member?: string;
}

const ES256 = -7;
const EDDSA = -8;

// Passkeys belong to a name: at an address in numbers, browsers make none.
export function partyOf(host: string): string | null {
  return /^[\d.]+$|^\[/.test(host) ? null : host;
}
export const canPasskey = (): boolean => 'PublicKeyCredential' in window && partyOf(location.hostname) !== null;

export const loadWho = (stop: AbortSignal): Promise<Who> => get<Who>('/api/session', stop);
export const loadSessions = async (stop: AbortSignal): Promise<readonly Session[]> => (await get<{ sessions: readonly Session[] }>('/api/sessions', stop)).sessions;
export const loadPasskeys = async (member: string, stop?: AbortSignal): Promise<readonly Passkey[]> =>
  (await get<{ passkeys: readonly Passkey[] }>(`/api/members/${member}/passkeys`, stop)).passkeys.filter((p) => p.removed === null && p.party === partyOf(location.hostname));

export async function endSession(id: string): Promise<void> {
  await ask(`/api/sessions/${id}`, { method: 'DELETE', headers: CHANGES });
}
export async function endAllSessions(): Promise<void> {
  await ask('/api/session?all=1', { method: 'DELETE', headers: CHANGES });
}

const describe = (p: Passkey): PublicKeyCredentialDescriptor => ({ type: 'public-key', id: fromHex(p.credential) });

// The coordinates or the point at the end of a public key as browsers give it (SubjectPublicKeyInfo).
export function pointOf(spki: Bytes, algorithm: number): Bytes {
  return spki.slice(algorithm === ES256 ? -64 : -32);
}

// What the device does with a passkey; it says why not in words of its own, if at all.
async function byDevice<T>(done: Promise<T>): Promise<NonNullable<T>> {
  const made = await done.catch(() => null);
  if (made === null || made === undefined) throw new InWords(t('passkey_failed'));
  return made;
}

// Lets the browser make a passkey for this server; gives the fields of the event that adds it.
export async function makePasskey(member: string, name: string): Promise<Fields> {
  const party = partyOf(location.hostname) ?? '';
  const made = (await byDevice(navigator.credentials.create({
    publicKey: {
      rp: { id: party, name: 'Plenty' },
      user: { id: fromHex(member), name, displayName: name },
      challenge: crypto.getRandomValues(new Uint8Array(32)), // who it belongs to, the signed event says
      pubKeyCredParams: [EDDSA, ES256].map((alg) => ({ type: 'public-key', alg })),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      excludeCredentials: (await loadPasskeys(member)).map(describe),
    },
  }))) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  const key = response.getPublicKey();
  const algorithm = response.getPublicKeyAlgorithm();
  if (key === null || (algorithm !== ES256 && algorithm !== EDDSA)) throw new InWords(t('passkey_failed'));
  return { credential: new Uint8Array(made.rawId), algorithm, key: pointOf(new Uint8Array(key), algorithm), party };
}

// Signs in with a passkey of that member, or with one that the browser offers.
export async function signInByPasskey(member: string | null): Promise<void> {
  const { challenge } = await post<{ challenge: string }>('/api/session/challenge', '', 'application/json');
  const known = member === null ? [] : await loadPasskeys(member);
  const given = (await byDevice(navigator.credentials.get({
    publicKey: { challenge: fromHex(challenge), rpId: partyOf(location.hostname) ?? '', userVerification: 'required', allowCredentials: known.map(describe) },
  }))) as PublicKeyCredential;
  const response = given.response as AuthenticatorAssertionResponse;
  const hex = (part: ArrayBuffer): string => toHex(new Uint8Array(part));
  const body = { credential: hex(given.rawId), authenticator_data: hex(response.authenticatorData), client_data: hex(response.clientDataJSON), signature: hex(response.signature) };
  await post('/api/session/passkey', JSON.stringify(body), 'application/json');
}
