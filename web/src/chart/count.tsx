// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A count, stage by stage, as a picture: who had how many votes, where the quota was, whose papers went on. It is drawn from
// the transcript (docs/formats/ballots.md), whose hash stands in the record.
import type { JSX } from 'preact';
import { scaleLinear } from 'd3-scale';
import { amount, count, exact, list } from '../lib/format';
import { optionName } from '../lib/votes';
import { t, type WordKey } from '../lib/i18n';
import { Badge, Chart, Table } from '../ui/basic';

export interface CountStage {
  readonly stage: number;
  readonly action: string;
  readonly candidate?: number;
  readonly excluded?: readonly number[];
  readonly quota?: number;
  readonly surplus?: number;
  readonly papers_moved?: number;
  readonly votes: readonly number[];
  readonly lost: number;
  readonly elected: readonly number[];
  readonly last_seats: boolean;
  readonly tie?: unknown;
}
export interface Transcript {
  readonly format: string;
  readonly rule: string;
  readonly candidates: readonly { readonly number: number; readonly name: string; readonly withdrawn?: boolean }[];
  readonly ballots: { readonly papers: number; readonly blank: number; readonly valid: number };
  readonly seats?: number;
  readonly quota?: number;
  readonly winners: readonly number[];
  readonly stages?: readonly CountStage[];
  readonly votes?: readonly number[];
  readonly preferred?: readonly (readonly number[])[];
  readonly has_quorum?: boolean;
}

const nameOf = (tr: Transcript, n: number | undefined): string => optionName(tr.candidates.find((c) => c.number === n)?.name ?? '');

// What happened in a stage, in a sentence.
function sentence(tr: Transcript, s: CountStage): string {
  const names = list(s.elected.map((n) => nameOf(tr, n)));
  const first = t(`stage_${s.action}` as WordKey, { name: nameOf(tr, s.candidate), n: s.papers_moved ?? 0, surplus: exact(s.surplus ?? 0) });
  return s.elected.length === 0 ? first : `${first} ${t(s.last_seats ? 'stage_last_seats' : 'stage_elected', { names })}`;
}

function Stage({ tr, s, most, before }: { tr: Transcript; s: CountStage; most: number; before: ReadonlySet<number> }): JSX.Element {
  const x = scaleLinear().domain([0, most]).range([0, 100]);
  const standing = tr.candidates.filter((c) => c.withdrawn !== true);
  const quota = s.quota ?? tr.quota;
  return (
    <li class="card">
      <h4 class="row">
        {t('stage_n', { stage: s.stage })} {s.tie !== undefined && s.tie !== null && <Badge kind="warn">{t('a_tie')}</Badge>}
      </h4>
      <p class="small">{sentence(tr, s)}</p>
      <ul class="count" aria-hidden="true">
        {standing.map((c) => {
          const votes = s.votes[c.number - 1] ?? 0;
          const won = before.has(c.number) || s.elected.includes(c.number);
          return (
            <li key={c.number} class={won ? 'won' : votes === 0 ? 'out' : ''}>
              <span class="count-name">
                <bdi>{optionName(c.name)}</bdi>
              </span>
              <span class="count-track">
                <span class="count-bar" style={{ width: `${x(votes)}%` }} />
                {quota !== undefined && <span class="count-quota" style={{ insetInlineStart: `${x(quota)}%` }} />}
              </span>
              <span class="number small">
                {amount(votes)} {won ? '✓' : ''}
              </span>
            </li>
          );
        })}
      </ul>
    </li>
  );
}

function Stages({ tr, stages }: { tr: Transcript; stages: readonly CountStage[] }): JSX.Element {
  const most = Math.max(1, ...stages.flatMap((s) => [...s.votes, s.quota ?? tr.quota ?? 0])) * 1.04;
  const winners = stages.map((_, i) => new Set(stages.slice(0, i).flatMap((s) => s.elected)));
  const table = (
    <Table
      caption={t('count_title')}
      rows={tr.candidates}
      columns={[
        { name: t('candidate'), cell: (c) => <bdi>{optionName(c.name)}</bdi> },
        ...stages.map((s) => ({ name: t('stage_n', { stage: s.stage }), number: true, cell: (c: Transcript['candidates'][number]) => exact(s.votes[c.number - 1] ?? 0) })),
        { name: t('result'), cell: (c) => (tr.winners.includes(c.number) ? t('elected_as', { place: 1 + tr.winners.indexOf(c.number) }) : '') },
      ]}
    />
  );
  return (
    <Chart title={t('count_title')} says={t('count_says', { papers: count(tr.ballots.valid), seats: count(tr.seats ?? 1), quota: exact(tr.quota ?? 0) })} table={table}>
      <ol class="stages">
        {stages.map((s, i) => (
          <Stage key={s.stage} tr={tr} s={s} most={most} before={winners[i] as Set<number>} />
        ))}
      </ol>
    </Chart>
  );
}

// Pairs: how many prefer the row to the column (Schulze).
function Pairs({ tr, preferred }: { tr: Transcript; preferred: readonly (readonly number[])[] }): JSX.Element {
  return (
    <Table
      caption={t('pairs_title')}
      rows={tr.candidates}
      columns={[
        { name: t('prefer_to'), cell: (c) => <bdi>{optionName(c.name)}</bdi> },
        ...tr.candidates.map((d) => ({
          name: d.name,
          number: true,
          cell: (c: Transcript['candidates'][number]) => {
            if (c.number === d.number) return '–';
            const mine = preferred[c.number - 1]?.[d.number - 1] ?? 0;
            const theirs = preferred[d.number - 1]?.[c.number - 1] ?? 0;
            return mine > theirs ? <strong>{count(mine)}</strong> : count(mine);
          },
        })),
      ]}
    />
  );
}

function Votes({ tr, votes }: { tr: Transcript; votes: readonly number[] }): JSX.Element {
  return (
    <Table
      caption={t('count_title')}
      rows={tr.candidates}
      columns={[
        { name: t('option'), cell: (c) => <bdi>{optionName(c.name)}</bdi> },
        { name: t('votes'), number: true, cell: (c) => count(votes[c.number - 1] ?? 0) },
      ]}
    />
  );
}

export function Count({ transcript }: { transcript: Transcript }): JSX.Element {
  if (transcript.stages !== undefined) return <Stages tr={transcript} stages={transcript.stages} />;
  if (transcript.preferred !== undefined) return <Pairs tr={transcript} preferred={transcript.preferred} />;
  return <Votes tr={transcript} votes={transcript.votes ?? []} />;
}
