// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Checkpoints: signed notes of C2SP (signed-note, tlog-checkpoint, tlog-cosignature), and tlog-proofs.
import { concat, equal, fromBase64, sha256, toBase64, utf8, type Bytes } from './bytes';
import { verify, type Signer } from './ed25519';

export interface Signature {
  readonly name: string;
  readonly id: Bytes;
  readonly bytes: Bytes;
}
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
  readonly text: string; // what is signed
  readonly signatures: readonly Signature[];
}

function parseSignature(line: string): Signature {
  const parts = /^\u2014 (\S+) (\S+)$/.exec(line);
  if (parts === null) throw new Error('not a line of a signature');
  const blob = fromBase64(parts[2] as string);
  if (blob.length < 5) throw new Error('a signature is too short');
  return { name: parts[1] as string, id: blob.slice(0, 4), bytes: blob.slice(4) };
}

export function parseCheckpoint(note: string): Checkpoint {
  const end = note.indexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new Error('not a signed note');
  const text = note.slice(0, end + 1);
  const [origin, size, root, ...more] = text.slice(0, -1).split('\n');
  if (origin === undefined || size === undefined || root === undefined || more.length > 0 || !/^(0|[1-9]\d{0,15})$/.test(size)) {
    throw new Error('not a checkpoint');
  }
  const hash = fromBase64(root);
  if (hash.length !== 32) throw new Error('the root of a checkpoint has 32 bytes');
  const signatures = note.slice(end + 2, -1).split('\n').map(parseSignature);
  return { origin, size: Number(size), root: hash, text, signatures };
}

async function noteKeyId(name: string, type: number, publicKey: Bytes): Promise<Bytes> {
  return (await sha256(concat(utf8(name + '\n'), new Uint8Array([type]), publicKey))).slice(0, 4);
}

// Whether the record key signed the checkpoint.
export async function signedByRecord(c: Checkpoint, recordKey: Bytes): Promise<boolean> {
  const id = await noteKeyId(c.origin, 1, recordKey);
  const found = c.signatures.find((s) => s.name === c.origin && equal(s.id, id));
  return found !== undefined && verify(recordKey, utf8(c.text), found.bytes);
}

// A checkpoint signed with the record key.
export async function signNote(origin: string, size: number, root: Bytes, signer: Signer): Promise<string> {
  const text = `${origin}\n${size}\n${toBase64(root)}\n`;
  const id = await noteKeyId(origin, 1, signer.publicKey);
  return `${text}\n\u2014 ${origin} ${toBase64(concat(id, await signer.sign(utf8(text))))}\n`;
}

// When a witness with that name and key saw the checkpoint, in seconds; null when it did not.
export async function witnessedAt(c: Checkpoint, name: string, publicKey: Bytes): Promise<number | null> {
  const id = await noteKeyId(name, 4, publicKey);
  const found = c.signatures.find((s) => s.name === name && equal(s.id, id));
  if (found === undefined || found.bytes.length !== 72) return null;
  const time = Number(new DataView(found.bytes.buffer).getBigUint64(0));
  const message = utf8(`cosignature/v1\ntime ${time}\n${c.text}`);
  return (await verify(publicKey, message, found.bytes.slice(8))) ? time : null;
}

export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Bytes[];
  readonly checkpoint: Checkpoint;
}

// A C2SP tlog-proof without `extra`.
export function parseProof(text: string): TlogProof {
  const end = text.indexOf('\n\n');
  const [first, index, ...hashes] = text.slice(0, end).split('\n');
  const at = /^index (0|[1-9]\d{0,15})$/.exec(index ?? '');
  if (end < 0 || first !== 'c2sp.org/tlog-proof@v1' || at === null) throw new Error('not a tlog-proof');
  return { index: Number(at[1]), hashes: hashes.map(fromBase64), checkpoint: parseCheckpoint(text.slice(end + 2)) };
}
