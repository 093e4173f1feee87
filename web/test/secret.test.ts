// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Ballots made by the code of the pages, byte for byte those of test/known/secret/votes.json (src/secret makes the same).
import { afterEach, describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { fromHex, toHex, utf8 } from '../src/record/bytes';
import { signerOf, useNative } from '../src/record/ed25519';
import { choiceOf, marksOf, readCode, writeCode } from '../src/lib/sealed';
import { credentialOf, publicCredential, secretOf } from '../src/secret/credential';
import { openElection, OtherGroup } from '../src/secret/election';
import { Draw, encodeRanks, G, Point, readPoint, readScalar, Scalar, writePoint } from '../src/secret/group';
import { expectedText, jointKey } from '../src/secret/expected';
import { knows, proveKnown } from '../src/secret/proofs';
import { makeBallot, openedOf, trackerOf } from '../src/secret/vote';

interface Vector {
  readonly group: string;
  readonly election: string;
  readonly credential: string;
  readonly public: string;
  readonly choices: readonly number[];
  readonly seed: string;
  readonly ballot: string;
  readonly tracker: string;
}
const vectors = JSON.parse(readFileSync(new URL('../../test/known/secret/votes.json', import.meta.url), 'utf8')) as Vector[];
const ours = vectors.filter((v) => v.group === 'Ed25519');

test('there are vectors for yes or no, rankings, blank votes and several questions', () => {
  const kinds = new Set(ours.flatMap((v) => openElection(v.election).questions.map((q) => (q.ranked ? 'ranked' : q.blank ? 'blank' : 'sums'))));
  expect([...kinds].sort()).toEqual(['blank', 'ranked', 'sums']);
});

const i = (v: Vector): number => vectors.indexOf(v);

describe.each(ours.map((v, i) => [i + 1, v] as const))('vector %i', (_, v) => {
  test('gives the ballot and its tracker', () => {
    const made = makeBallot(openElection(v.election), v.credential, v.choices, fromHex(v.seed), null);
    expect(made.ballot).toBe(v.ballot);
    expect(made.tracker).toBe(v.tracker);
  });
  test('comes from its credential', () => {
    const seed = Uint8Array.from({ length: 32 }, (_, b) => i(v) + 64 + b);
    expect(credentialOf(seed)).toBe(v.credential);
    expect(publicCredential(secretOf(openElection(v.election).uuid, v.credential))).toBe(v.public);
  });
  test('is made again from what is opened, and from nothing else', () => {
    const election = openElection(v.election);
    const seed = fromHex(v.seed);
    const made = makeBallot(election, v.credential, v.choices, seed);
    const opened = openedOf(made, v.choices, seed);
    expect(made.tracker).not.toBe(v.tracker); // another signature
    expect(trackerOf(election, opened)).toBe(made.tracker);
    const code = readCode(writeCode('ab'.repeat(32), opened));
    expect(trackerOf(election, code)).toBe(made.tracker);
    seed[0] = (seed[0] as number) ^ 1;
    expect(trackerOf(election, { ...opened, seed })).not.toBe(made.tracker);
  });
  test('does not give the credential away when it is opened', () => {
    const election = openElection(v.election);
    const opened = openedOf(makeBallot(election, v.credential, v.choices, fromHex(v.seed)), v.choices, fromHex(v.seed));
    const secret = secretOf(election.uuid, v.credential);
    const inverse = Scalar.inv(readScalar(opened.challenge));
    const guess = (w: bigint): bigint => Scalar.mul(Scalar.sub(w, readScalar(opened.response)), inverse);
    const draw = new Draw(fromHex(v.seed));
    expect(Array.from({ length: 60 }, () => guess(draw.scalar()))).not.toContain(secret);
  });
});

// By belenios-tool 2.0: the first 14 characters are divisible by 53, so that the check character stands for 53, not for 0.
test('a credential whose check character is the last one', () => {
  expect(() => secretOf('kG16qmJ8bjJHTM', 'bVh-qNS-y2X-7cm-i8v')).not.toThrow();
  expect(() => secretOf('kG16qmJ8bjJHTM', 'bVh-qNS-y2X-7cm-i81')).toThrow('not a credential');
});

describe('a ballot', () => {
  const yesNo = openElection(vectors[0]!.election);
  const blank = openElection(ours.find((v) => v.election.includes('"blank":true'))!.election);
  const make = (e: typeof yesNo, choice: readonly number[]) => makeBallot(e, vectors[0]!.credential, choice, new Uint8Array(32));
  test('that breaks the rules of its question is not made', () => {
    expect(() => make(yesNo, [1, 1])).toThrow('rules');
    expect(() => make(yesNo, [2, 0])).toThrow('0 or 1');
    expect(() => make(yesNo, [1])).toThrow('numbers');
    expect(() => make(blank, [0, 0, 0, 0])).toThrow('rules'); // fewer than min
    expect(() => make(blank, [0, 1, 1, 1])).toThrow('rules'); // more than max
    expect(() => make(blank, [1, 1, 0, 0])).toThrow('rules'); // blank, and yet not
  });
  test('needs a credential without a typing error', () => {
    expect(() => secretOf(yesNo.uuid, vectors[0]!.credential.replace('y', 'z'))).toThrow('credential');
    expect(() => secretOf(yesNo.uuid, 'abc')).toThrow('credential');
  });
  test('in another group is refused by its name', () => {
    for (const v of vectors.filter((x) => x.group !== 'Ed25519')) expect(() => openElection(v.election)).toThrow(OtherGroup);
  });
});

describe('the group', () => {
  test('takes members only, in their one form', () => {
    const g = writePoint(G);
    expect(readPoint(g).equals(G)).toBe(true);
    for (const bad of [`${'0'.repeat(63)}1`, writePoint(G.double()).toUpperCase(), g.slice(1), '0'.repeat(64), `7${'f'.repeat(61)}ec`, `7${'f'.repeat(61)}ee`, 'f'.repeat(64)]) expect(() => readPoint(bad)).toThrow();
    const order = Point.fromBytes(fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')); // of order 8
    expect(() => readPoint(writePoint(order))).toThrow();
    expect(() => readPoint(writePoint(order.add(G)))).toThrow();
  });
  test('takes numbers below its order only', () => {
    expect(readScalar('0')).toBe(0n);
    for (const bad of ['', '-1', '01', '1e3', ' 1', String(Scalar.ORDER)]) expect(() => readScalar(bad)).toThrow();
  });
  test('holds a ranking as docs/formats/secret-ballots.md writes it', () => {
    expect(writePoint(encodeRanks([1, 2, 255]))).toBe('0000000000000000000000000000000000000000000000000000000040bfc00d');
    expect(() => encodeRanks([256])).toThrow();
  });
  test('a proof of knowledge holds, and no changed one', () => {
    const proof = proveKnown('x|', 5n, new Draw(new Uint8Array(32)));
    const x = G.multiply(5n);
    expect(knows('x|', x, proof)).toBe(true);
    expect(knows('y|', x, proof)).toBe(false);
    expect(knows('x|', x.add(G), proof)).toBe(false);
    expect(knows('x|', x, { ...proof, response: proof.response + 1n })).toBe(false);
  });
});

describe('marks', () => {
  test('become choices and come back', () => {
    expect(choiceOf('stv', 4, [2, 0])).toEqual([2, 0, 1, 0]);
    expect(marksOf('stv', [2, 0, 1, 0])).toEqual([2, 0]);
    expect(choiceOf('approval', 3, [2, 0])).toEqual([1, 0, 1]);
    expect(marksOf('approval', [1, 0, 1])).toEqual([0, 2]);
    expect(choiceOf('yes-no', 2, [])).toEqual([0, 0]);
    expect(choiceOf('shares', 3, [2, 0])).toEqual([1, 0, 1]);
    expect(marksOf('shares', [1, 0, 1])).toEqual([0, 2]);
  });
  test('a code that is none is refused', () => {
    for (const bad of ['', 'x', btoa('[1]'), btoa('{"a":1}'), btoa(JSON.stringify([1, 'x', 'y', [1], 'z', '1', '2']))]) expect(() => readCode(bad)).toThrow();
  });
});

describe.each([['WebCrypto', true], ['@noble/curves', false]] as const)('with %s', (_, native) => {
  afterEach(() => useNative(undefined));
  test('a key derives what else a device keeps secret (hashlib.blake2b gives the same)', async () => {
    useNative(native);
    const signer = await signerOf(fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'));
    expect(toHex(await signer.derive('credential', utf8('44444444444444')))).toBe('a71a50ee566a1a7fd8fb627a8c3c7cd0b51c7d5b7dfa3a3574e982e2776774e0');
  });
});

// A message in the form of the protocol, signed with the secret of a certificate.
function signed(message: string, secret: bigint): string {
  const p = proveKnown(`sigmsg|${message}|`, secret, new Draw());
  return `{"message":${JSON.stringify(message)},"signature":{"challenge":"${p.challenge}","response":"${p.response}"}}`;
}

describe('the key of an election', () => {
  const secrets = [11n, 12n, 13n];
  const certificates = secrets.map((s) => signed(`{"verification":"${writePoint(G.multiply(s))}","encryption":"${writePoint(G.multiply(s + 100n))}"}`, s));
  const points = (first: bigint, n: number): string => Array.from({ length: n }, (_, k) => `"${writePoint(G.multiply(first + BigInt(k)))}"`).join(',');
  const polynomial = (s: bigint, first: bigint, n = 2): string => `{"polynomial":"","secrets":[],"coefexps":${signed(`{"coefexps":[${points(first, n)}]}`, s)}}`;
  const polynomials = secrets.map((s, k) => polynomial(s, BigInt(100 * (k + 1))));
  test('is that of all polynomials together', () => {
    expect(jointKey(certificates, polynomials, 2).equals(G.multiply(600n))).toBe(true);
  });
  test('cannot be that of others', () => {
    const [a, b, c] = polynomials as [string, string, string];
    expect(() => jointKey(certificates, [a, c, b], 2)).toThrow('not signed'); // of another trustee
    expect(() => jointKey(certificates, [a, b, polynomial(99n, 300n)], 2)).toThrow('not signed');
    expect(() => jointKey(certificates, [a, b, polynomial(13n, 300n, 3)], 2)).toThrow('threshold');
    expect(() => jointKey([...certificates.slice(0, 2), (certificates[2] as string).replace('encryption', 'encryptiom')], polynomials, 2)).toThrow('certificate is not signed');
    expect(() => jointKey(certificates.slice(0, 1), [a], 2)).toThrow('too few');
    expect(() => jointKey(certificates, polynomials, 1)).toThrow('too few');
  });
  test('stands in a text that can be read, names and all', async () => {
    const answers = ['Ada', 'Cléo "C"', 'a\\b\n\x7f'];
    const text = await expectedText({ ballot: 'ab'.repeat(32), attempt: 1, rule: 'stv', answers }, G);
    expect(openElection(text).questions[0]).toMatchObject({ ranked: true, answers });
    expect(text).toContain('"Cléo \\"C\\"","a\\\\b\\n\\u007f"],"question":"Held again"');
    const sums = await expectedText({ ballot: 'ab'.repeat(32), attempt: 0, rule: 'yes-no', answers: ['yes', 'no'] }, G);
    expect(sums).toContain('{"answers":["yes","no"],"min":0,"max":1,"question":""}');
  });
});
