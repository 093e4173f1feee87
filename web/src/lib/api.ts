// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the server answers: fetching, refusals, live changes. The shapes are those of docs/formats/api.md.
import { t } from './i18n';
import { InWords, Refusal } from './load';

interface RefusalBody {
  readonly error?: string | null;
  readonly subject?: string | null;
  readonly message?: string | null;
  readonly why?: string | null;
  readonly hint?: string | null;
  readonly rule?: string | null;
}

// What changes something says so by this header, which no page of another origin can send.
export const CHANGES = { 'plenty-request': '1' } as const;

async function refusal(answer: Response): Promise<Refusal> {
  let body: RefusalBody = {};
  try {
    body = (await answer.json()) as RefusalBody;
  } catch {
    body = {};
  }
  const said = [body.message, body.why].filter((x) => x !== undefined && x !== null && x !== '').join(': ');
  return new Refusal(answer.status, body.error ?? '', body.subject ?? '', said === '' ? `${answer.status} ${answer.statusText}` : said, body.hint ?? '', body.rule ?? '');
}

// Answers that came with the page (src/server/first.c), by what they answer; each is taken once, so that later ones are as they are then.
let known: Record<string, unknown> | null = null;
function taken(path: string): unknown {
  known ??= JSON.parse(document.getElementById('answers')?.textContent ?? '{}') as Record<string, unknown>;
  const found = known[path];
  delete known[path];
  return found;
}

export async function ask(path: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(path, { credentials: 'same-origin', ...init }).catch((e: unknown) => {
    throw e instanceof TypeError ? new InWords(t('no_server')) : e;
  });
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

export async function get<T>(path: string, stop?: AbortSignal): Promise<T> {
  const came = taken(path);
  if (came !== undefined) return came as T;
  const answer = await ask(path, { headers: { accept: 'application/json' }, ...(stop === undefined ? {} : { signal: stop }) });
  return (await answer.json()) as T;
}

export async function getBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await ask(path, {})).arrayBuffer());
}

export async function getText(path: string): Promise<string> {
  return (await ask(path, {})).text();
}

export async function post<T>(path: string, body: BodyInit, type: string): Promise<T> {
  const answer = await ask(path, { method: 'POST', body, headers: { ...CHANGES, 'content-type': type, accept: 'application/json' } });
  return (await answer.json()) as T;
}

export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(values)) if (v !== undefined) q.set(k, String(v));
  const text = q.toString();
  return text === '' ? '' : `?${text}`;
}
