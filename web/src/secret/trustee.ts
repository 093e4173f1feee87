// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a trustee's device does to make a key that nobody has: certificate, polynomial, part (Pedersen's protocol as src/secret/threshold.c does it), and its
// part again when votes are to be opened.
import { cbc, ctr } from '@noble/ciphers/aes.js';
import { concat, equal, fromHex, toHex, utf8, type Bytes } from '../record/bytes';
import { LETTERS } from './credential';
import { challenge, Draw, G, hashOf, Point, readPoint, Scalar, writePoint } from './group';
import { certificatesOf, commitmentsOf, quoted, signedBy, signMessage, type Certificate, type Json } from './message';
import { proveKnown, writeProof } from './proofs';

// ---- AES-256-CCM with a tag of 8 bytes ----

const TAG = 8;

function ccm(key: Bytes, iv: Bytes, n: number): { tag: (text: Uint8Array) => Uint8Array; stream: (bytes: Uint8Array) => Uint8Array } {
  const length = n < 65536 ? 2 : 3;
  const block = (flags: number, number: number): Uint8Array => {
    const b = new Uint8Array(16);
    b[0] = flags | (length - 1);
    b.set(iv.subarray(0, 15 - length), 1);
    for (let i = 0; i < length; i++) b[15 - i] = (number >>> (8 * i)) & 255;
    return b;
  };
  const padded = (text: Uint8Array): Uint8Array => concat(text, new Uint8Array((16 - (text.length % 16)) % 16));
  return {
    tag: (text) => cbc(key, new Uint8Array(16), { disablePadding: true }).encrypt(concat(block(((TAG - 2) / 2) << 3, n), padded(text))).slice(-16),
    stream: (bytes) => ctr(key, block(0, 0)).encrypt(bytes), // the first block is the tag's
  };
}

function ccmEncrypt(key: Bytes, iv: Bytes, text: Bytes): Bytes {
  const c = ccm(key, iv, text.length);
  const out = c.stream(concat(c.tag(text), text));
  return concat(out.subarray(16), out.subarray(0, TAG));
}

function ccmDecrypt(key: Bytes, iv: Bytes, data: Bytes): Bytes {
  if (data.length < TAG) throw new Error('an encrypted message is too short');
  const c = ccm(key, iv, data.length - TAG);
  const out = c.stream(concat(data.subarray(-TAG), new Uint8Array(16 - TAG), data.subarray(0, -TAG)));
  const text = concat(out.subarray(16));
  if (!equal(concat(c.tag(text).subarray(0, TAG)), concat(out.subarray(0, TAG)))) throw new Error('an encrypted message cannot be opened');
  return text;
}

// ---- Keys, and messages that only one can read ----

export interface Own {
  readonly sign: bigint;
  readonly decrypt: bigint;
}

const WORD = 22;

// The keys of a trustee from the seed of its device, and the certificate, which is always the same.
export function ownKeys(seed: Bytes): { own: Own; certificate: string } {
  const draw = new Draw(seed);
  const word = Array.from({ length: WORD }, () => LETTERS[draw.below(LETTERS.length)]).join('');
  const own = { sign: challenge(`sk|${word}`), decrypt: challenge(`dk|${word}`) };
  const keys = `{"verification":"${writePoint(G.multiply(own.sign))}","encryption":"${writePoint(G.multiply(own.decrypt))}"}`;
  return { own, certificate: signMessage(keys, own.sign, draw) };
}

function send(own: Own, to: Point, message: string, draw: Draw): string {
  const outer = utf8(signMessage(`{"recipient":"${writePoint(to)}","message":${quoted(message)}}`, own.sign, draw));
  const r = draw.scalar();
  const shared = G.multiply(draw.scalar());
  const alpha = G.multiply(r);
  const data = ccmEncrypt(hashOf(`key|${writePoint(shared)}`), hashOf(`iv|${writePoint(alpha)}`), outer);
  return quoted(`{"alpha":"${writePoint(alpha)}","beta":"${writePoint(to.multiply(r).add(shared))}","data":"${toHex(data)}"}`);
}

function receive(own: Own, from: Point, text: string): Json {
  const { alpha, beta, data } = JSON.parse(text) as { readonly alpha: string; readonly beta: string; readonly data: string };
  const shared = readPoint(beta).subtract(readPoint(alpha).multiply(own.decrypt));
  const outer = ccmDecrypt(hashOf(`key|${writePoint(shared)}`), hashOf(`iv|${alpha}`), fromHex(data));
  const inner = signedBy(from, JSON.parse(new TextDecoder().decode(outer)), 'a message between trustees');
  if (!readPoint(inner['recipient'] as string).equals(G.multiply(own.decrypt))) throw new Error('a message was meant for somebody else');
  return JSON.parse(inner['message'] as string) as Json;
}

// What trustees send each other need not be reduced.
function numberIn(value: unknown): bigint {
  if (typeof value !== 'string' || !/^\d{1,160}$/.test(value)) throw new Error('a trustee sent no number');
  return Scalar.create(BigInt(value));
}

function seatOf(all: readonly Certificate[], own: Own): number {
  const me = all.findIndex((c) => c.verification.equals(G.multiply(own.sign)) && c.encryption.equals(G.multiply(own.decrypt)));
  if (me < 0) throw new Error('none of the certificates is of this key');
  return me;
}

// ---- The rounds ----

export function makePolynomial(own: Own, certificates: readonly string[], needed: number, draw = new Draw()): string {
  const all = certificatesOf(certificates);
  const me = all[seatOf(all, own)] as Certificate;
  const a = Array.from({ length: needed }, () => draw.scalar());
  const at = (x: bigint): bigint => a.reduceRight((sum, c) => Scalar.add(Scalar.mul(sum, x), c), 0n);
  const mine = send(own, me.encryption, `{"polynomial":[${a.map((c) => `"${c}"`).join(',')}]}`, draw);
  const secrets = all.map((c, j) => send(own, c.encryption, `{"secret":"${at(BigInt(j + 1))}"}`, draw));
  const commitments = `{"coefexps":[${a.map((c) => `"${writePoint(G.multiply(c))}"`).join(',')}]}`;
  return `{"polynomial":${mine},"secrets":[${secrets.join(',')}],"coefexps":${signMessage(commitments, own.sign, draw)}}`;
}

// Somebody (from 1) sent a value that does not fit what was committed to.
export class Liar extends Error {
  constructor(
    readonly number: number,
    why: string,
  ) {
    super(why);
  }
}

function valueFrom(own: Own, me: number, from: Certificate, polynomial: string, needed: number): bigint {
  const commitments = commitmentsOf(polynomial, from, needed);
  const secrets = (JSON.parse(polynomial) as { readonly secrets: readonly string[] }).secrets;
  const x = numberIn(receive(own, from.verification, secrets[me] as string)['secret']);
  const j = BigInt(me + 1);
  const expected = commitments.reduceRight((sum, c) => sum.multiplyUnsafe(j).add(c), Point.ZERO);
  if (!G.multiply(x).equals(expected)) throw new Error('a value does not fit what was committed to');
  return x;
}

// The trustee's part of the key, encrypted for itself, and its public key. Throws Liar.
export function makeOutput(own: Own, certificates: readonly string[], polynomials: readonly string[], needed: number, draw = new Draw()): string {
  const all = certificatesOf(certificates);
  const me = seatOf(all, own);
  const part = all.reduce((sum, from, i) => {
    try {
      return Scalar.add(sum, valueFrom(own, me, from, polynomials[i] as string, needed));
    } catch (e) {
      throw new Liar(i + 1, e instanceof Error ? e.message : String(e));
    }
  }, 0n);
  const mine = send(own, (all[me] as Certificate).encryption, `{"decryption_key":"${part}"}`, draw);
  const key = writePoint(G.multiply(part));
  return `{"private_key":${mine},"public_key":{"pok":${writeProof(proveKnown(`pok|Ed25519|${key}|`, part, draw))},"public_key":"${key}"}}`;
}

// The part again, out of what was sent in the third round.
export function partOf(own: Own, output: string): bigint {
  const { private_key: mine } = JSON.parse(output) as { readonly private_key: string };
  return numberIn(receive(own, G.multiply(own.sign), mine)['decryption_key']);
}
