// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Trustees in the browser: a key that nobody has, made by three of whom two open; what liars are found out by.
import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { toHex } from '../src/record/bytes';
import { credentialOf } from '../src/secret/credential';
import { openElection, type Election } from '../src/secret/election';
import { jointKey } from '../src/secret/expected';
import { Draw, G, generator, hashOf, Scalar, writePoint } from '../src/secret/group';
import { judgeBallot, tallyOf, writeRows } from '../src/secret/judge';
import { afterShuffle, makePart, makeShuffle } from '../src/secret/shuffle';
import { Liar, makeOutput, makePolynomial, ownKeys, partOf } from '../src/secret/trustee';
import { makeBallot } from '../src/secret/vote';

const keys = [1, 2, 3].map((i) => ownKeys(new Uint8Array(32).fill(i)));
const certificates = keys.map((k) => k.certificate);
const polynomials = keys.map((k) => makePolynomial(k.own, certificates, 2));

describe('three trustees, of whom two open', () => {
  test('have certificates that are always the same', () => {
    expect(ownKeys(new Uint8Array(32).fill(1)).certificate).toBe(certificates[0]);
    expect(new Set(certificates).size).toBe(3);
  });
  test('make a key that any two of them hold', () => {
    const outputs = keys.map((k) => makeOutput(k.own, certificates, polynomials, 2));
    const parts = keys.map((k, i) => partOf(k.own, outputs[i] as string));
    const joint = jointKey(certificates, polynomials, 2);
    for (const [i, j] of [[1n, 2n], [1n, 3n], [2n, 3n]] as const) {
      const at = (k: bigint, other: bigint): bigint => Scalar.mul(other, Scalar.inv(Scalar.create(other - k)));
      const secret = Scalar.add(Scalar.mul(parts[Number(i) - 1] as bigint, at(i, j)), Scalar.mul(parts[Number(j) - 1] as bigint, at(j, i)));
      expect(G.multiply(secret).equals(joint)).toBe(true);
    }
    const said = JSON.parse(outputs[0] as string) as { readonly public_key: { readonly public_key: string } };
    expect(said.public_key.public_key).toBe(writePoint(G.multiply(parts[0] as bigint)));
    expect(() => partOf(keys[1]!.own, outputs[0] as string)).toThrow(); // for its owner only
  });
  test('find out who sends what does not fit', () => {
    const other = JSON.parse(makePolynomial(keys[1]!.own, certificates, 2)) as { secrets: string[] };
    const mixed = JSON.stringify({ ...(JSON.parse(polynomials[1] as string) as object), secrets: other.secrets });
    const liar = (list: readonly string[]): number => {
      try {
        makeOutput(keys[0]!.own, certificates, list, 2);
      } catch (e) {
        return e instanceof Liar ? e.number : -1;
      }
      return 0;
    };
    expect(liar([polynomials[0] as string, mixed, polynomials[2] as string])).toBe(2);
    const broken = (polynomials[2] as string).replace(/(\\"data\\":\\")(.)/g, (_, a: string, b: string) => a + (b === '0' ? '1' : '0'));
    expect(liar([polynomials[0] as string, polynomials[1] as string, broken])).toBe(3);
    expect(liar([polynomials[0] as string, polynomials[1] as string, polynomials[1] as string])).toBe(3); // of another
    expect(liar(polynomials)).toBe(0);
  });
  test('take part only with a certificate of their own', () => {
    expect(() => makePolynomial(ownKeys(new Uint8Array(32).fill(9)).own, certificates, 2)).toThrow('none of the certificates');
    expect(() => makePolynomial(keys[0]!.own, [certificates[0] as string, certificates[0] as string], 2)).toThrow('same key');
  });
});

// The election of test/known/secret/ed25519.bel: a tar with a file for each text.
interface Archive {
  readonly files: readonly string[];
  readonly election: Election;
  readonly ballots: readonly string[];
}
function archive(): Archive {
  const tar = readFileSync(new URL('../../test/known/secret/ed25519.bel', import.meta.url));
  const files: string[] = [];
  for (let at = 0; at < tar.length; ) {
    const size = parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    files.push(tar.toString('utf8', at + 512, at + 512 + size));
    at += 512 + 512 * Math.ceil(size / 512);
  }
  const text = files.find((f) => f.startsWith('{"version":1,"description"')) ?? '';
  return { files, election: openElection(text), ballots: files.filter((f) => f.startsWith('{"election_uuid"')) };
}
const seed = (i: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: 32 }, (_, b) => 32 * i + b);
const pause = async (): Promise<void> => undefined;
const hex = (text: string): string => toHex(hashOf(text));

test('an election from seeds has the hashes of docs/formats/secret-ballots.md, from the key to the opening', async () => {
  const x = new Draw(seed(0)).scalar();
  const questions = '[{"answers":["A"],"min":0,"max":1,"question":"Q"},{"type":"NonHomomorphic","value":{"answers":["a","b"],"question":"R"}}]';
  const e = openElection(`{"version":1,"description":"d","name":"n","group":"Ed25519","public_key":"${writePoint(G.multiply(x))}","questions":${questions},"uuid":"33333333333333"}`);
  expect(e.fingerprint).toBe('X0Go6VxM3I09TXeZHLde1cxKrzoz15RDrerhkE7pDBk');
  const { ballot, tracker } = makeBallot(e, credentialOf(seed(1)), [1, 1, 2], seed(2), null);
  expect(tracker).toBe('wb5/fpRCw4dQt2lEg1J5vONZQfHwFNBYZW7BI9bZ/bI');
  const tally = tallyOf(e, [judgeBallot(e, ballot)], 1);
  expect(hex(writeRows(tally))).toBe('026bb873ff4c07e889544ae93831a82a41950f90d57ac17fe2eb842b7b4c8387');
  const stream = seed(3);
  stream[31] = (stream[31] as number) ^ 1; // of the second question
  const shuffle = await makeShuffle(e, tally, pause, new Draw(stream));
  expect(hex(shuffle)).toBe('9d50b15cff9942dbdd1593057b0e3f9bb6acccc97abdd8558cbe5a8511fc26f3');
  const part = await makePart(e, await afterShuffle(e, tally, shuffle, pause), x, pause, new Draw(seed(4)));
  expect(hex(part)).toBe('49e769cc5ba4e05d4055304cc89233fd34ae4425a81c47c084045e0ce43e141d');
});

describe('an election of src/secret', () => {
  const { files, election, ballots } = archive();
  const judged = ballots.map((b) => judgeBallot(election, b));
  const text = files.find((f) => f.startsWith('[[{"alpha"')) ?? '';
  const tally = tallyOf(election, judged, 2);
  test('has the tally of its ballots', () => {
    expect(writeRows(tally)).toBe(text);
    expect(() => tallyOf(election, judged)).toThrow('not opened'); // too few for a commons
    expect(writeRows(tallyOf(election, [...judged, ...judged], 2))).toBe(text); // the last one of each counts
  });
  test('has no ballot with anything changed', () => {
    for (const b of ballots.slice(0, 1)) {
      for (const d of b.matchAll(/"(?:challenge|response|alpha|beta|credential|hash|election_hash)":"([^"]+)"/g)) {
        const at = (d.index as number) + d[0].length - 2;
        expect(() => judgeBallot(election, b.slice(0, at) + (b[at] === '1' ? '2' : '1') + b.slice(at + 1))).toThrow();
      }
      expect(() => judgeBallot(election, b.replace('{"choices"', '{ "choices"'))).toThrow('its form');
    }
  });
  test('has a shuffle that holds, and none with anything changed', async () => {
    const shuffle = files.find((f) => f.startsWith('{"ciphertexts"')) ?? '';
    expect(writeRows(await afterShuffle(election, tally, shuffle, pause))).not.toBe(text);
    const pair = /^\{"ciphertexts":\[\[(\{[^}]+\}),(\{[^}]+\})/;
    const wrong = [shuffle.replace(pair, '{"ciphertexts":[[$2,$1'), shuffle.replace(pair, '{"ciphertexts":[[$1,$1'), ...[...shuffle.matchAll(/"\d{60,}"/g)].map((d) => shuffle.replace(d[0], '"5"'))];
    for (const s of wrong) await expect(afterShuffle(election, tally, s, pause)).rejects.toThrow('does not hold');
    expect(wrong.length).toBe(10);
  });
  test('can be shuffled here, again and again', async () => {
    const many = { ...election, questions: election.questions.slice(1) };
    const rows = [Array.from({ length: 6 }, (_, i) => ({ alpha: G.multiply(BigInt(i + 2)), beta: G.multiply(BigInt(i + 20)) }))];
    const once = await afterShuffle(many, rows, await makeShuffle(many, rows, pause), pause);
    const twice = await afterShuffle(many, once, await makeShuffle(many, once, pause), pause);
    expect(twice[0]?.length).toBe(6);
    expect(new Set([rows, once, twice].map(writeRows)).size).toBe(3);
  });
});

test('generators are those of docs/formats/secret-ballots.md', () => {
  expect([-1, 0, 1].map((i) => writePoint(generator(i)).slice(0, 16))).toEqual(['d6f7c1ea42e2474a', 'c95c81b40c41366b', '8278c9f7f36153e6']);
});
