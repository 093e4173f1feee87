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

// What only the one who shuffles knows: after[i] is before[psi[i]] re-encrypted; numbers by ballot before, and by place after.
interface Mixed {
  readonly psi: readonly number[];
  readonly h: readonly Point[];
  readonly after: readonly Cipher[];
  readonly c: readonly Point[];
  readonly again: readonly bigint[];
  readonly commit: readonly bigint[];
  readonly chain: readonly bigint[];
  readonly wHat: readonly bigint[];
  readonly wPrime: readonly bigint[];
}

async function mix(e: Election, before: readonly Cipher[], seed: Draw, pause: Pause): Promise<Mixed> {
  const n = before.length;
  const psi = permutation(n, seed.item(0));
  const after: Cipher[] = [];
  const [h, chain, wHat, wPrime] = [[] as Point[], [] as bigint[], [] as bigint[], [] as bigint[]];
  const [c, again, commit] = [new Array<Point>(n), new Array<bigint>(n), new Array<bigint>(n)];
  for (let i = 0; i < n; i++) {
    const j = get(psi, i);
    const draw = seed.item(i + 1);
    const r = (again[j] = draw.scalar());
    const to = (commit[j] = draw.scalar());
    chain.push(draw.scalar());
    wHat.push(draw.scalar());
    wPrime.push(draw.scalar());
    h.push(generator(i));
    after.push({ alpha: get(before, j).alpha.add(G.multiply(r)), beta: get(before, j).beta.add(e.publicKey.multiply(r)) });
    c[j] = get(h, i).add(G.multiply(to));
    await pause();
  }
  return { psi, h, after, c, again, commit, chain, wHat, wPrime };
}

// c_hat_i = G^(R_i) h^(U_i) with R_i = r_hat_i + u'_i R_(i-1), U_i = u'_i U_(i-1), h the secondary generator; last: R_n.
async function chainOf(m: Mixed, uAfter: readonly bigint[], pause: Pause): Promise<{ tHat: Point[]; cHat: Point[]; last: bigint }> {
  const h = generator(-1);
  const [tHat, cHat] = [[] as Point[], [] as Point[]];
  let r = 0n;
  let product = 1n;
  for (const [i, u] of uAfter.entries()) {
    const w = get(m.wPrime, i);
    tHat.push(power(G, Scalar.add(Scalar.mul(r, w), get(m.wHat, i))).add(power(h, Scalar.mul(product, w))));
    r = Scalar.add(Scalar.mul(u, r), get(m.chain, i));
    product = Scalar.mul(product, u);
    cHat.push(power(G, r).add(power(h, product)));
    await pause();
  }
  return { tHat, cHat, last: r };
}

async function shuffleOne(e: Election, before: readonly Cipher[], seed: Draw, pause: Pause): Promise<{ after: readonly Cipher[]; proof: Proof }> {
  const n = before.length;
  const m = await mix(e, before, seed, pause);
  const statement = statementOf(before, m.after, m.c);
  const u = challengesOf(e, statement, n);
  const uAfter = m.psi.map((j) => get(u, j));
  const { tHat, cHat, last } = await chainOf(m, uAfter, pause);
  const rest = seed.item(n + 1);
  const w = [rest.scalar(), rest.scalar(), rest.scalar(), rest.scalar()] as const;
  const t = [
    G.multiply(w[0]),
    G.multiply(w[1]),
    secretSum(m.h, m.wPrime).add(G.multiply(w[2])),
    secretSum(m.after.map((x) => x.beta), m.wPrime).subtract(e.publicKey.multiply(w[3])),
    secretSum(m.after.map((x) => x.alpha), m.wPrime).subtract(G.multiply(w[3])),
  ];
  const x = challengeOf(e, statement, { t, tHat, cHat });
  const respond = (mask: bigint, secret: bigint): bigint => Scalar.add(mask, Scalar.mul(x, secret));
  const weighted = (a: readonly bigint[]): bigint => a.reduce((sum, v, i) => Scalar.add(sum, Scalar.mul(v, get(u, i))), 0n);
  const s = [respond(w[0], m.commit.reduce((a, b) => Scalar.add(a, b), 0n)), respond(w[1], last), respond(w[2], weighted(m.commit)), respond(w[3], weighted(m.again))];
  return { after: m.after, proof: { t, tHat, s, sHat: m.wHat.map((k, i) => respond(k, get(m.chain, i))), sPrime: m.wPrime.map((k, i) => respond(k, get(uAfter, i))), c: m.c, cHat } };
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
