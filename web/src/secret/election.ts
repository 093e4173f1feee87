// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The text of an election of the protocol, as voters need it.
import { GROUP, readPoint, tracker, type Point } from './group';

export interface Question {
  readonly ranked: boolean; // each answer gets a number; else each is chosen or not
  readonly answers: readonly string[];
  readonly blank: boolean; // one value more in front: none of all this
  readonly least: number;
  readonly most: number;
}
export interface Election {
  readonly text: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly uuid: string;
  readonly publicKey: Point;
  readonly questions: readonly Question[];
}

// An election in a group that this page does not know.
export class OtherGroup extends Error {
  constructor(readonly group: string) {
    super(`this page does not encrypt in the group ${group}`);
  }
}

type Json = Readonly<Record<string, unknown>>;

function answersOf(from: Json): readonly string[] {
  const { answers } = from;
  if (!Array.isArray(answers) || answers.length === 0 || !answers.every((a) => typeof a === 'string')) throw new Error('a question has answers');
  return answers;
}

function questionOf(from: Json): Question {
  if (from['type'] === 'NonHomomorphic') return { ranked: true, answers: answersOf(from['value'] as Json), blank: false, least: 0, most: 0 };
  const answers = answersOf(from);
  const { min, max } = from;
  if (from['type'] !== undefined || typeof min !== 'number' || typeof max !== 'number' || !(min >= 0 && min <= max && max <= answers.length)) throw new Error('a question of another kind');
  return { ranked: false, answers, blank: from['blank'] === true, least: min, most: max };
}

// Throws at what is no election of version 1 in this group.
export function openElection(text: string): Election {
  const from = JSON.parse(text) as Json;
  const { version, group, uuid, name, public_key: key, questions } = from;
  if (version !== 1 || typeof uuid !== 'string' || typeof name !== 'string' || typeof group !== 'string' || typeof key !== 'string' || !Array.isArray(questions)) throw new Error('not an election of version 1');
  if (group !== GROUP) throw new OtherGroup(group);
  return { text, fingerprint: tracker(text), name, uuid, publicKey: readPoint(key), questions: questions.map((q) => questionOf(q as Json)) };
}
