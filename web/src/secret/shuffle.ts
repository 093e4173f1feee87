// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Rankings shuffled with the proof that none was dropped, repeated or changed (Terelius and Wikström 2010 as the protocol writes it), and that proof checked;
// in the letters of src/secret/shuffle.c.
import { toHex } from '../record/bytes';
import type { Election } from './election';
import { challenge, Draw, G, generator, hashOf, Point, power, readPoint, readScalar, Scalar, sumOf, writePoint } from './group';
import type { Rows } from './judge';
import { readCipher, writeCipher, type Cipher } from './proofs';

// Gives the page a moment: long work goes in pieces.
export type Pause = () => Promise<void>;

interface Proof {
  readonly t: readonly Point[]; // t1, t2, t3, t4,1, t4,2
  readonly tHat: readonly Point[];
  readonly s: readonly bigint[]; // s1 .. s4
  readonly sHat: readonly bigint[];
  readonly sPrime: readonly bigint[];
  readonly c: readonly Point[];
  readonly cHat: readonly Point[];
}

const list = (points: readonly Point[]): string => points.map((p) => `${writePoint(p)},`).join('');
const both = (ciphers: readonly Cipher[]): Point[] => ciphers.flatMap((c) => [c.alpha, c.beta]);
const get = <T>(a: readonly T[], i: number): T => a[i] as T;

function statementOf(before: readonly Cipher[], after: readonly Cipher[], c: readonly Point[]): string {
  return list(both(before)) + list(both(after)) + list(c);
}
function challengesOf(e: Election, statement: string, n: number): bigint[] {
  const hash = toHex(hashOf(`shuffle-challenges|${e.fingerprint}|${statement}`));
  return Array.from({ length: n }, (_, i) => challenge(hash + toHex(hashOf(String(i)))));
}
function challengeOf(e: Election, statement: string, p: Pick<Proof, 't' | 'tHat' | 'cHat'>): bigint {
  return challenge(`shuffle-challenge|${e.fingerprint}|${list(p.t)}${list(p.tHat)}${statement}${list(p.cHat)}${writePoint(e.publicKey)}`);
}

function permutation(n: number, draw: Draw): number[] {
  const psi = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i + 1 < n; i++) {
    const k = i + draw.below(n - i);
    [psi[i], psi[k]] = [get(psi, k), get(psi, i)];
  }
  return psi;
}

// The sum of secret powers.
function secretSum(points: readonly Point[], powers: readonly bigint[]): Point {
  return points.reduce((sum, p, i) => sum.add(power(p, get(powers, i))), Point.ZERO);
}

async function shuffleOne(e: Election, before: readonly Cipher[], seed: Draw, pause: Pause): Promise<{ after: Cipher[]; proof: Proof }> {
  const n = before.length;
  const y = e.publicKey;
  const h0 = generator(-1);
  const psi = permutation(n, seed.item(0));
  const h: Point[] = [];
  const after: Cipher[] = [];
  const c = new Array<Point>(n);
  const again = new Array<bigint>(n);
  const commit = new Array<bigint>(n);
  const chain: bigint[] = [];
  const wHat: bigint[] = [];
  const wPrime: bigint[] = [];
  for (let i = 0; i < n; i++) h.push(generator(i));
  for (let i = 0; i < n; i++) {
    const j = get(psi, i);
    const draw = seed.item(i + 1);
    again[j] = draw.scalar();
    commit[j] = draw.scalar();
    chain.push(draw.scalar());
    wHat.push(draw.scalar());
    wPrime.push(draw.scalar());
    const { alpha, beta } = get(before, j);
    after.push({ alpha: alpha.add(G.multiply(again[j])), beta: beta.add(y.multiply(again[j])) });
    c[j] = get(h, i).add(G.multiply(commit[j]));
    await pause();
  }
  const statement = statementOf(before, after, c);
  const u = challengesOf(e, statement, n);
  // c_hat_i = G^(R_i) h0^(U_i) with R_i = r_hat_i + u'_i R_(i-1), U_i = u'_i U_(i-1).
  const uAfter = psi.map((j) => get(u, j));
  const r = [0n];
  const product = [1n];
  const tHat: Point[] = [];
  const cHat: Point[] = [];
  for (let i = 0; i < n; i++) {
    r.push(Scalar.add(Scalar.mul(get(uAfter, i), get(r, i)), get(chain, i)));
    product.push(Scalar.mul(get(product, i), get(uAfter, i)));
    cHat.push(power(G, get(r, i + 1)).add(power(h0, get(product, i + 1))));
    tHat.push(power(G, Scalar.add(Scalar.mul(get(r, i), get(wPrime, i)), get(wHat, i))).add(power(h0, Scalar.mul(get(product, i), get(wPrime, i)))));
    await pause();
  }
  const rest = seed.item(n + 1);
  const w = [rest.scalar(), rest.scalar(), rest.scalar(), rest.scalar()] as const;
  const t = [
    G.multiply(w[0]),
    G.multiply(w[1]),
    secretSum(h, wPrime).add(G.multiply(w[2])),
    secretSum(after.map((x) => x.beta), wPrime).subtract(y.multiply(w[3])),
    secretSum(after.map((x) => x.alpha), wPrime).subtract(G.multiply(w[3])),
  ];
  const x = challengeOf(e, statement, { t, tHat, cHat });
  const respond = (mask: bigint, secret: bigint): bigint => Scalar.add(mask, Scalar.mul(x, secret));
  const weighted = (a: readonly bigint[]): bigint => a.reduce((sum, v, i) => Scalar.add(sum, Scalar.mul(v, get(u, i))), 0n);
  const s = [respond(w[0], commit.reduce((a, b) => Scalar.add(a, b), 0n)), respond(w[1], get(r, n)), respond(w[2], weighted(commit)), respond(w[3], weighted(again))];
  return { after, proof: { t, tHat, s, sHat: wHat.map((m, i) => respond(m, get(chain, i))), sPrime: wPrime.map((m, i) => respond(m, get(uAfter, i))), c, cHat } };
}

const quote = (x: string | bigint): string => `"${x}"`;
const points = (a: readonly Point[]): string => a.map((p) => quote(writePoint(p))).join(',');
const numbers = (a: readonly bigint[]): string => a.map(quote).join(',');

function writeProof(p: Proof): string {
  const t = `[${points(p.t.slice(0, 3))},[${points(p.t.slice(3))}],[${points(p.tHat)}]]`;
  return `[${t},[${numbers(p.s)},[${numbers(p.sHat)}],[${numbers(p.sPrime)}]],[${points(p.c)}],[${points(p.cHat)}]]`;
}

// All rankings of a tally, shuffled.
export async function makeShuffle(e: Election, tally: Rows, pause: Pause, seed = new Draw()): Promise<string> {
  const made = [];
  for (const [i, q] of e.questions.entries()) if (q.ranked) made.push(await shuffleOne(e, get(tally, i), seed, pause));
  return `{"ciphertexts":[${made.map((m) => `[${m.after.map(writeCipher).join(',')}]`).join(',')}],"proofs":[${made.map((m) => writeProof(m.proof)).join(',')}]}`;
}

// ---- Checking ----

function readProof(from: unknown): Proof {
  const [ts, ss, c, cHat] = from as [[string, string, string, string[], string[]], [string, string, string, string, string[], string[]], string[], string[]];
  const [t1, t2, t3, t4, tHat] = ts;
  const [s1, s2, s3, s4, sHat, sPrime] = ss;
  return {
    t: [t1, t2, t3, ...t4].map(readPoint),
    tHat: tHat.map(readPoint),
    s: [s1, s2, s3, s4].map(readScalar),
    sHat: sHat.map(readScalar),
    sPrime: sPrime.map(readScalar),
    c: c.map(readPoint),
    cHat: cHat.map(readPoint),
  };
}

function publicSum(all: readonly Point[], powers: readonly bigint[]): Point {
  return all.reduce((sum, p, i) => sum.add(p.multiplyUnsafe(get(powers, i))), Point.ZERO);
}

async function holds(e: Election, before: readonly Cipher[], after: readonly Cipher[], p: Proof, pause: Pause): Promise<boolean> {
  const n = before.length;
  if ([after, p.tHat, p.sHat, p.sPrime, p.c, p.cHat].some((a) => a.length !== n) || p.t.length !== 5 || n === 0) return false;
  const statement = statementOf(before, after, p.c);
  const u = challengesOf(e, statement, n);
  const minus = Scalar.neg(challengeOf(e, statement, p));
  const [s1, s2, s3, s4] = p.s as [bigint, bigint, bigint, bigint];
  const h = Array.from({ length: n }, (_, i) => generator(i));
  const y = e.publicKey;
  let chain = generator(-1);
  const end = chain.multiplyUnsafe(u.reduce((a, b) => Scalar.mul(a, b), 1n));
  const sum = (all: readonly Point[]): Point => all.reduce((a, b) => a.add(b), Point.ZERO);
  const equations: (() => readonly [Point, Point])[] = [
    () => [get(p.t, 0), sumOf([G, s1], [sum(p.c).subtract(sum(h)), minus])],
    () => [get(p.t, 1), sumOf([G, s2], [get(p.cHat, n - 1).subtract(end), minus])],
    () => [get(p.t, 2), sumOf([G, s3], [publicSum(p.c, u), minus]).add(publicSum(h, p.sPrime))],
    () => [get(p.t, 3), sumOf([y, Scalar.neg(s4)], [publicSum(before.map((x) => x.beta), u), minus]).add(publicSum(after.map((x) => x.beta), p.sPrime))],
    () => [get(p.t, 4), sumOf([G, Scalar.neg(s4)], [publicSum(before.map((x) => x.alpha), u), minus]).add(publicSum(after.map((x) => x.alpha), p.sPrime))],
  ];
  for (const equation of equations) {
    const [left, right] = equation();
    if (!left.equals(right)) return false;
    await pause();
  }
  for (let i = 0; i < n; i++) {
    if (!get(p.tHat, i).equals(sumOf([G, get(p.sHat, i)], [chain, get(p.sPrime, i)], [get(p.cHat, i), minus]))) return false;
    chain = get(p.cHat, i);
    await pause();
  }
  return true;
}

// The tally as it is after a shuffle whose proof holds; throws otherwise.
export async function afterShuffle(e: Election, tally: Rows, shuffle: string, pause: Pause): Promise<Rows> {
  const { ciphertexts, proofs } = JSON.parse(shuffle) as { readonly ciphertexts: readonly (readonly unknown[])[]; readonly proofs: readonly unknown[] };
  const ranked = e.questions.filter((q) => q.ranked).length;
  if (ciphertexts.length !== ranked || proofs.length !== ranked) throw new Error('a shuffle of another election');
  const out: (readonly Cipher[])[] = [];
  for (const [i, q] of e.questions.entries()) {
    const before = get(tally, i);
    const k = e.questions.slice(0, i).filter((x) => x.ranked).length;
    const after = q.ranked ? get(ciphertexts, k).map(readCipher) : before;
    if (q.ranked && !(await holds(e, before, after, readProof(get(proofs, k)), pause))) throw new Error('the proof of a shuffle does not hold');
    out.push(after);
  }
  return out;
}

// ---- Opening ----

// A trustee's part of the opening: alpha^x of each ciphertext, with the proof that x is that of its key (Chaum, Pedersen).
export async function makePart(e: Election, tally: Rows, x: bigint, pause: Pause, seed = new Draw()): Promise<string> {
  const key = writePoint(G.multiply(x));
  const factors: string[][] = [];
  const proofs: string[][] = [];
  let item = 0;
  for (const row of tally) {
    const f: string[] = [];
    const p: string[] = [];
    for (const { alpha } of row) {
      const w = seed.item(item++).scalar();
      const c = challenge(`decrypt|${e.fingerprint}|${key}|${writePoint(G.multiply(w))},${writePoint(power(alpha, w))}`);
      f.push(quote(writePoint(power(alpha, x))));
      p.push(`{"challenge":"${c}","response":"${Scalar.sub(w, Scalar.mul(x, c))}"}`);
      await pause();
    }
    factors.push(f);
    proofs.push(p);
  }
  const rows = (a: readonly (readonly string[])[]): string => `[${a.map((r) => `[${r.join(',')}]`).join(',')}]`;
  return `{"decryption_factors":${rows(factors)},"decryption_proofs":${rows(proofs)}}`;
}
