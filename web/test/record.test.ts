// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The worked example of docs/formats/record.md, made and checked by the code of the pages.
import { afterEach, describe, expect, test } from 'vitest';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBase64, fromHex, toHex, utf8, type Bytes } from '../src/record/bytes';
import { decode, encode, type Cbor, type Key } from '../src/record/cbor';
import { signerOf, useNative, verify } from '../src/record/ed25519';
import { commonsId, keyId, parseEvent, signEvent, verifyEvent } from '../src/record/event';
import { newKeyFile, openKeyFile, parseKeyFile } from '../src/record/keyfile';
import { leafHash, rootFromInclusion, rootOf, verifyConsistency, verifyInclusion } from '../src/record/merkle';
import { parseCheckpoint, parseProof, signedByRecord, witnessedAt } from '../src/record/note';

const SEED = fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
const PUBLIC = fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
const WITNESS = fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
const doc = readFileSync(new URL('../../docs/formats/record.md', import.meta.url), 'utf8');
const founding = new Map<number, Cbor>([
  [1, 'The bakery'],
  [2, PUBLIC],
  [3, [PUBLIC]],
  [4, fromHex('000102030405060708090a0b0c0d0e0f')],
]);

async function example(): Promise<{ first: Bytes; second: Bytes }> {
  const signer = await signerOf(SEED);
  const commons = await commonsId(founding);
  const first = await signEvent({ commons, counter: 1, time: 1790000000, kind: 'commons.created', body: founding }, signer);
  const follows = { size: 1, root: await leafHash(first) };
  const body = new Map<number, Cbor>([[1, 'Bread for all.']]);
  const second = await signEvent({ commons, counter: 2, time: 1790000060, kind: 'note', body, follows }, signer);
  return { first, second };
}

afterEach(() => useNative(undefined));

describe.each([['WebCrypto', true], ['@noble/curves', false]] as const)('the worked example with %s', (_, native) => {
  test('keys, ids, events and roots are those of the document', async () => {
    useNative(native);
    expect(toHex((await signerOf(SEED)).publicKey)).toBe(toHex(PUBLIC));
    expect(toHex(await keyId(PUBLIC))).toBe('866eefbd6718c8846cd7ddfe43fc74ab1daac4538ff8514ea2ec2d410a415743');
    expect(toHex(await commonsId(founding))).toBe('89a46f5c744b1d7bdbbae03bc1444bb0baf9ac5a790890fb473e2f1d19e67a23');
    const { first, second } = await example();
    expect(first.length).toBe(291);
    expect(second.length).toBe(232);
    expect(toHex(await leafHash(first))).toBe('c559ebd5e1830ec35266f73361b4f3f5a11a2411541e72a33ce3e95b6862968d');
    const leaves = [await leafHash(first), await leafHash(second)];
    expect(toHex(leaves[1] as Bytes)).toBe('8e4e6e6992f3867ae3470e9c299f3b729a7f32daa4892b6d878921c744a77e31');
    expect(toHex(await rootOf(leaves))).toBe('e324fb2444aee8773a4b7b6f24467614fc0ed3bcb8c3e93babf88dc754297f8a');
  });
  test('a changed event does not verify', async () => {
    useNative(native);
    const event = parseEvent((await example()).second);
    expect(event.kind).toBe('note');
    expect(event.follows?.size).toBe(1);
    expect(await verifyEvent(event, PUBLIC)).toBe(true);
    expect(await verifyEvent(event, WITNESS)).toBe(false);
    const forged = event.signed.slice();
    forged[forged.length - 1] = (forged[forged.length - 1] as number) ^ 1;
    expect(await verify(PUBLIC, forged, event.signature)).toBe(false);
  });
  test('the checkpoint is signed by the record and seen by the witness', async () => {
    useNative(native);
    const note = doc.split('\n').filter((l) => /^ {4}/.test(l) || l === '').join('\n');
    const begin = note.indexOf('    plenty/');
    const lines = note.slice(begin).split('\n').map((l) => l.trim());
    const c = parseCheckpoint([...lines.slice(0, 3), '', ...lines.slice(4, 6), ''].join('\n'));
    expect(c.size).toBe(2);
    expect(await signedByRecord(c, PUBLIC)).toBe(true);
    expect(await signedByRecord(c, WITNESS)).toBe(false);
    expect(await witnessedAt(c, 'witness.example/w1', WITNESS)).toBe(1790000100);
    expect(await witnessedAt(c, 'witness.example/w2', WITNESS)).toBe(null);
    expect(await signedByRecord({ ...c, text: c.text.replace('\n2\n', '\n3\n') }, PUBLIC)).toBe(false);
  });
});

describe('CBOR', () => {
  const values: readonly Cbor[] = [0, 23, 24, 255, 256, 65535, 65536, 4294967295, 4294967296, Number.MAX_SAFE_INTEGER, -1, -24, -25, -257, '', 'é', 'اب', true, false, null, [], [1, [2, ['x']]], new Uint8Array(300)];
  test.each(values.map((v) => [v]))('%o there and back', (v) => {
    expect(decode(encode(v))).toEqual(v);
  });
  test('keys of maps are sorted by their bytes', () => {
    const map = new Map<Key, Cbor>([[100, 1], ['a', 2], [-1, 3], [10, 4]]);
    expect(toHex(encode(map))).toBe('a40a0418640120036161' + '02');
  });
  test.each([
    ['1801', 'not the shortest form'],
    ['190010', 'not the shortest form'],
    ['1b0000000000000001', 'not the shortest form'],
    ['9f01ff', 'definite'],
    ['a2020001', 'ascend|early'],
    ['a201000100', 'ascend'],
    ['0101', 'behind the item'],
    ['61ff', ''],
    ['81'.repeat(17) + '00', 'levels'],
    ['9b001fffffffffffff', 'early'],
    ['1b0020000000000000', 'too large'],
    ['fb3ff0000000000000', 'kind of value'],
    ['', 'early'],
  ])('%s is refused', (hex, why) => {
    expect(() => decode(fromHex(hex))).toThrow(new RegExp(why));
  });
  test('half a number is no number of an event', () => {
    expect(() => encode(0.5)).toThrow('whole');
  });
});

describe('Merkle trees', () => {
  // A proof as RFC 6962, 2.1.1 makes it, from all leaves.
  async function path(m: number, leaves: readonly Bytes[]): Promise<Bytes[]> {
    if (leaves.length <= 1) return [];
    let k = 1;
    while (2 * k < leaves.length) k *= 2;
    return m < k
      ? [...(await path(m, leaves.slice(0, k))), await rootOf(leaves.slice(k))]
      : [...(await path(m - k, leaves.slice(k))), await rootOf(leaves.slice(0, k))];
  }
  async function consistency(m: number, leaves: readonly Bytes[], whole: boolean): Promise<Bytes[]> {
    if (m === leaves.length) return whole ? [] : [await rootOf(leaves)];
    let k = 1;
    while (2 * k < leaves.length) k *= 2;
    return m <= k
      ? [...(await consistency(m, leaves.slice(0, k), whole)), await rootOf(leaves.slice(k))]
      : [...(await consistency(m - k, leaves.slice(k), false)), await rootOf(leaves.slice(0, k))];
  }
  test('every leaf of every tree up to 20 is proved, and no other', async () => {
    const all: Bytes[] = [];
    for (let i = 0; i < 20; i++) all.push(await leafHash(utf8(`event ${i}`)));
    for (let n = 1; n <= 20; n++) {
      const leaves = all.slice(0, n);
      const root = await rootOf(leaves);
      for (let i = 0; i < n; i++) {
        const proof = await path(i, leaves);
        expect(await verifyInclusion(leaves[i] as Bytes, i, n, proof, root)).toBe(true);
        expect(await verifyInclusion(all[(i + 1) % 20] as Bytes, i, n, proof, root)).toBe(false);
        expect(await rootFromInclusion(leaves[i] as Bytes, i, n, [...proof, root])).toBe(null);
        if (proof.length > 0) expect(await rootFromInclusion(leaves[i] as Bytes, i, n, proof.slice(1))).not.toEqual(root);
      }
      for (let m = 1; m <= n; m++) {
        const proof = await consistency(m, leaves, true);
        const old = await rootOf(all.slice(0, m));
        expect(await verifyConsistency(m, old, n, root, proof)).toBe(true);
        if (m < n) expect(await verifyConsistency(m, root, n, root, proof)).toBe(false);
      }
    }
    expect(await rootFromInclusion(all[0] as Bytes, 1, 1, [])).toBe(null);
  });
});

describe('texts', () => {
  test('base64 and hexadecimal are strict', () => {
    expect(() => fromBase64('AB==')).toThrow();
    expect(() => fromHex('abc')).toThrow();
    expect(() => fromHex('zz')).toThrow();
  });
  test('what is no checkpoint and no proof is refused', () => {
    for (const bad of ['', 'a\n1\n\n', 'a\nx\nAAAA\n\n— a AAAAAAAA\n', 'a\n01\nAAAA\n\n— a AAAAAAAA\n']) expect(() => parseCheckpoint(bad)).toThrow();
    expect(() => parseProof('c2sp.org/tlog-proof@v2\nindex 0\n\n')).toThrow();
  });
});

describe('key files', () => {
  test('made here, opened here, refused with another passphrase', async () => {
    const { text, signer } = await newKeyFile('alice', 'correct horse battery', SEED);
    expect(parseKeyFile(text).name).toBe('alice');
    expect(await openKeyFile(text, 'wrong')).toBe(null);
    expect(toHex((await openKeyFile(text, 'correct horse battery'))?.publicKey ?? new Uint8Array())).toBe(toHex(signer.publicKey));
    expect(() => parseKeyFile(text.replace('67108864', '2147483648'))).toThrow('not allowed');
    expect(() => parseKeyFile(text.replace('end\n', ''))).toThrow('not a key file');
  }, 60000);

  const program = process.env['PLENTY'] ?? new URL('../../build/release/plenty', import.meta.url).pathname;
  test.skipIf(!existsSync(program))('the program opens a key of the browser, the browser one of the program, and both read one record', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plenty-web-'));
    const run = (...args: string[]): string => execFileSync(program, args, { cwd: folder, encoding: 'utf8' });
    try {
      writeFileSync(join(folder, 'pass'), 'correct horse battery\n');
      writeFileSync(join(folder, 'alice.key'), (await newKeyFile('alice', 'correct horse battery')).text, { mode: 0o600 });
      run('init', 'town.commons', '--name', 'The town', '--key', 'alice.key', '--passphrase-file', 'pass');
      for (let i = 0; i < 4; i++) run('record', 'append', 'town.commons', 'note', '--text', `Note ${i}`, '--key', 'alice.key', '--passphrase-file', 'pass');
      run('key', 'new', 'bob.key', '--passphrase-file', 'pass');
      const bob = await openKeyFile(readFileSync(join(folder, 'bob.key'), 'utf8'), 'correct horse battery');
      expect(bob?.publicKey.length).toBe(32);
      run('record', 'export', 'town.commons', 'files');
      const blob = readFileSync(join(folder, 'files/tile/entries/000.p/5'));
      const events: Bytes[] = [];
      for (let at = 0; at < blob.length; ) {
        const n = blob.readUInt16BE(at);
        events.push(new Uint8Array(blob.subarray(at + 2, at + 2 + n)));
        at += 2 + n;
      }
      const checkpoint = parseCheckpoint(readFileSync(join(folder, 'files/checkpoint'), 'utf8'));
      const leaves = await Promise.all(events.map(leafHash));
      expect(toHex(await rootOf(leaves))).toBe(toHex(checkpoint.root));
      const recordKey = parseEvent(events[0] as Bytes).body.get(2) as Bytes;
      expect(await signedByRecord(checkpoint, recordKey)).toBe(true);
      for (const bytes of events) {
        const event = parseEvent(bytes);
        expect(await verifyEvent(event, recordKey)).toBe(true);
        const again = await signEvent(event, (await openKeyFile(readFileSync(join(folder, 'alice.key'), 'utf8'), 'correct horse battery'))!);
        expect(toHex(again)).toBe(toHex(bytes));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 120000);
});
