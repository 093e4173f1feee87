// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Credentials and ballots of the pages' code, at random and many, judged by the program; and those of the program by the pages' code.  Values that meet an edge once in a hundred times show here.
import { expect, test } from 'vitest';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bytes } from '../src/record/bytes';
import { credentialOf, publicCredential, secretOf } from '../src/secret/credential';
import { openElection, type Election, type Question } from '../src/secret/election';
import { Draw } from '../src/secret/group';
import { judgeBallot, tallyOf, writeRows } from '../src/secret/judge';
import { makeBallot } from '../src/secret/vote';

const QUESTIONS = [
  { answers: ['yes'], min: 0, max: 1, question: '"q" \\ é 🍞\u2028' },
  { answers: ['a', 'b', 'c'], blank: true, min: 2, max: 3, question: '' },
  { type: 'NonHomomorphic', value: { answers: ['x', 'y', 'z', ''], question: 'rank' } },
  { answers: ['all', 'of', 'them'], min: 3, max: 3, question: 'x'.repeat(2000) },
];
const VOTERS = 160;
const BALLOTS = 8;

function drawn<T>(list: readonly T[], draw: Draw): T {
  return list[draw.below(list.length)] as T;
}

function answer(q: Question, draw: Draw): number[] {
  if (q.ranked) return q.answers.map(() => drawn([0, 1, 2, 3, 4, 128, 255], draw));
  const none = q.blank && draw.below(3) === 0;
  const order = q.answers.map((_, i) => ({ i, at: draw.below(1 << 20) })).sort((a, b) => a.at - b.at);
  const chosen = new Set(none ? [] : order.slice(0, q.least + draw.below(q.most - q.least + 1)).map((o) => o.i));
  return [...(q.blank ? [none ? 1 : 0] : []), ...q.answers.map((_, i) => (chosen.has(i) ? 1 : 0))];
}

// The data of an archive, in their order.
function entries(archive: Buffer): { name: string; text: string }[] {
  const out = [];
  for (let at = 0; at < archive.length; ) {
    const size = parseInt(archive.toString('latin1', at + 124, at + 135), 8);
    out.push({ name: archive.toString('latin1', at, at + 100).replace(/\0+$/, ''), text: archive.toString('utf8', at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return out;
}

const program = process.env['PLENTY'] ?? new URL('../../build/release/plenty', import.meta.url).pathname;
test.skipIf(!existsSync(program))(
  'credentials, ballots and tallies of the pages are those of the program',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'plenty-web-'));
    const run = (...args: string[]): string => execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    const draw = new Draw(Uint8Array.from({ length: 32 }, (_, i) => i));
    try {
      const uuid = 'abcdefghijkmno';
      const seed = (): Bytes => Uint8Array.from({ length: 32 }, () => draw.below(256));
      const voters = Array.from({ length: VOTERS }, () => credentialOf(seed()));
      const open = voters.map((v) => publicCredential(secretOf(uuid, v)));
      run('secret', 'trustee', '-o', 'a');
      writeFileSync(join(folder, 'credentials'), JSON.stringify([...open].sort()));
      const begin = (name: string, questions: readonly unknown[]): Election => {
        writeFileSync(join(folder, 'questions'), JSON.stringify({ description: '', name: 'n', questions }));
        run('secret', 'setup', name, '--uuid', uuid, '--questions', 'questions', '--credentials', 'credentials', '--trustee', 'a.pubkey');
        return openElection((entries(readFileSync(join(folder, name)))[1] as { text: string }).text);
      };
      const vote = (name: string, election: Election, who: readonly string[]): string[] => {
        writeFileSync(join(folder, 'votes'), who.map((v) => `${v} ${JSON.stringify(election.questions.map((q) => answer(q, draw)))}\n`).join(''));
        run('secret', 'vote', name, '--votes', 'votes', '--cast');
        return entries(readFileSync(join(folder, name))).flatMap((e) => (e.text.startsWith('{"election_uuid"') ? [e.text] : []));
      };

      // The program works out the same public key of every credential.
      const many = vote('many.bel', begin('many.bel', QUESTIONS.slice(0, 1)), voters);
      expect(many.map((b) => (JSON.parse(b) as { credential: string }).credential)).toEqual(open);

      // The pages judge its ballots; it takes theirs, some of them votes of the same people once more; and both come to one tally.
      const election = begin('e.bel', QUESTIONS);
      const theirs = vote('e.bel', election, voters.slice(0, BALLOTS));
      const ours = voters.slice(BALLOTS / 2, 2 * BALLOTS).map((v) => makeBallot(election, v, election.questions.flatMap((q) => answer(q, draw)), seed()).ballot);
      ours.forEach((b) => {
        writeFileSync(join(folder, 'ballot'), b);
        run('secret', 'cast', 'e.bel', 'ballot');
      });
      run('secret', 'close', 'e.bel', '--quiet');
      expect(run('verify', 'e.bel')).toContain('\nverified\n');
      const tally = entries(readFileSync(join(folder, 'e.bel'))).find((e) => e.text.startsWith('[[{"alpha"')) as { text: string };
      expect(writeRows(tallyOf(election, [...theirs, ...ours].map((b) => judgeBallot(election, b))))).toBe(tally.text);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  240000,
);
