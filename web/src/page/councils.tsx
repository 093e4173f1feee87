// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Councils: what can be voted on now, who holds which mandate, elections, motions, recalls, questions.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { about, now } from '../lib/commons';
import { count, day, fromNow, moment } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { path } from '../lib/route';
import { linkOf, loadAssemblies, loadBallots, loadCouncils, loadElections, loadMotions, loadQuestions, loadRecalls, type Assembly, type Council, type Election, type Mandate, type Motion } from '../lib/votes';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Empty, Load, PageHead, Part } from '../ui/basic';
import { Person, person } from '../ui/person';
import { ElectionPage } from './election';
import { MotionPage, motionKind, motionState } from './motion';
import { AskRecall, RecallPage, recallState, Signatures } from './recall';

export function assemblyName(name: string): string {
  return name === 'everyone' ? t('everybody') : name;
}

function Now(): JSX.Element {
  const loaded = useLoad(loadBallots);
  return (
    <Load from={loaded}>
      {({ ballots }) => {
        const open = ballots.filter((b) => b.opens <= now() && now() < b.closes);
        return open.length === 0 ? (
          <p class="soft">{t('nothing_to_vote')}</p>
        ) : (
          <div class="cards">
            {open.map((b) => (
              <article key={b.ballot} class="card stack">
                <h3>{t(`about_${b.about}`)}</h3>
                <p class="small soft">
                  {t('vote_until', { when: moment(b.closes) })} · {t('of_roll', { votes: count(b.votes), roll: count(b.roll) })}
                </p>
                <a class="button primary" href={linkOf(b)}>
                  {t('vote_now')}
                </a>
              </article>
            ))}
          </div>
        );
      }}
    </Load>
  );
}

function Ask({ m }: { m: Mandate }): JSX.Element {
  const text = useSignal('');
  return (
    <Act
      kind="question.asked"
      look="small"
      label={t('ask')}
      fields={() => ({ mandate: fromHex(m.mandate), text: text.value.trim() })}
      says={
        <label class="field">
          <span>{t('question_to', { who: person(m.holder) })}</span>
          <textarea value={text.value} maxLength={2000} required onInput={(e) => (text.value = e.currentTarget.value)} />
        </label>
      }
    />
  );
}

function Delegate({ m, council }: { m: Mandate; council: string }): JSX.Element {
  return (
    <li class="row between">
      <div>
        <Person id={m.holder} />
        <div class="small soft">
          {t('seat_n', { seat: m.seat })} · {t('since_until', { since: day(m.from), until: day(m.until) })}
        </div>
      </div>
      <div class="row">
        <Ask m={m} />
        <AskRecall mandate={m.mandate} holder={m.holder} council={council} />
      </div>
    </li>
  );
}

function CouncilCard({ c }: { c: Council }): JSX.Element {
  return (
    <article class="card stack">
      <h3>
        <bdi>{c.name}</bdi>
      </h3>
      {c.groups.map((g) => {
        const here = c.mandates.filter((m) => m.group === g.group && m.ended === null).sort((x, y) => x.seat - y.seat);
        return (
          <div key={g.group}>
            <p class="small soft">
              {t('group_of', { seats: count(g.seats), electors: assemblyName(g.electors_name) })}
              {g.election !== null && (
                <>
                  {' '}
                  · <a href={`/councils/election/${g.election}`}>{t('next_election')}</a>
                </>
              )}
            </p>
            <ul class="plain lines">
              {here.map((m) => (
                <Delegate key={m.mandate} m={m} council={c.name} />
              ))}
            </ul>
            {here.length < g.seats && <p class="small">{t('seats_empty', { n: g.seats - here.length })}</p>}
          </div>
        );
      })}
    </article>
  );
}

function Mandates(): JSX.Element {
  const loaded = useLoad(loadCouncils);
  return <Load from={loaded}>{(list) => (list.length === 0 ? <Empty>{t('no_councils')}</Empty> : <div class="cards two">{list.map((c) => <CouncilCard key={c.id} c={c} />)}</div>)}</Load>;
}

function ElectionItem({ e }: { e: Election }): JSX.Element {
  const when = e.state === 'coming' ? e.opens : e.state === 'standing' ? e.nominated : e.state === 'voting' ? e.closes : e.decided;
  return (
    <li class="row between">
      <div>
        <a href={`/councils/election/${e.election}`}>
          <bdi>{e.council_name}</bdi>
        </a>
        <div class="soft small">
          {t('seats_n', { n: e.seats })} · {t('candidates_n', { n: e.candidates })}
        </div>
      </div>
      <span class="row small">
        {when !== null && <span class="soft">{fromNow(when, now())}</span>}
        <Badge kind={e.state === 'decided' ? 'good' : e.state === 'dropped' ? 'warn' : 'accent'}>{t(`election_${e.state}` as WordKey)}</Badge>
      </span>
    </li>
  );
}

function Elections(): JSX.Element {
  const loaded = useLoad(loadElections);
  const order = ['voting', 'standing', 'coming', 'decided', 'dropped'];
  return (
    <Load from={loaded}>
      {({ elections }) =>
        elections.length === 0 ? (
          <Empty>{t('no_elections')}</Empty>
        ) : (
          <ul class="card plain lines">
            {[...elections]
              .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
              .map((e) => (
                <ElectionItem key={e.election} e={e} />
              ))}
          </ul>
        )
      }
    </Load>
  );
}

function MotionItem({ m }: { m: Motion }): JSX.Element {
  return (
    <li class="row between">
      <div>
        <a href={`/councils/motion/${m.motion}`}>
          <bdi>{m.title ?? t('hidden_text')}</bdi>
        </a>
        <div class="soft small">
          {assemblyName(m.assembly_name)} · {t('points_n', { n: m.points })}
        </div>
      </div>
      <span class="row small">
        {m.state === 'debate' && m.freezes !== null && <span class="soft">{fromNow(m.freezes, now())}</span>}
        <Badge kind={motionKind(m.state)}>{motionState(m.state)}</Badge>
      </span>
    </li>
  );
}

function TableMotion({ assemblies }: { assemblies: readonly Assembly[] }): JSX.Element {
  const everyone = assemblies.find((a) => a.sort === 'everyone');
  const title = useSignal('');
  const text = useSignal('');
  const assembly = useSignal(everyone?.assembly ?? about.value?.commons_id ?? '');
  return (
    <details class="card">
      <summary>{t('table_motion')}</summary>
      <div class="stack">
        <label class="field">
          <span>{t('motion_title')}</span>
          <input value={title.value} maxLength={200} onInput={(e) => (title.value = e.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{t('motion_text')}</span>
          <textarea value={text.value} maxLength={20000} onInput={(e) => (text.value = e.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{t('motion_assembly')}</span>
          <select value={assembly.value} onChange={(e) => (assembly.value = e.currentTarget.value)}>
            {assemblies.map((a) => (
              <option key={a.assembly} value={a.assembly}>
                {assemblyName(a.name)}
              </option>
            ))}
          </select>
        </label>
        <Act
          kind="motion.tabled"
          look="primary"
          label={t('table_motion')}
          disabled={title.value.trim() === '' || text.value.trim() === ''}
          fields={() => ({ assembly: fromHex(assembly.value), sort: 0, title: title.value.trim(), text: text.value.trim() })}
          says={
            <blockquote dir="auto">
              <strong>{title.value}</strong>
              <br />
              {text.value}
            </blockquote>
          }
          done={() => {
            title.value = '';
            text.value = '';
          }}
        />
      </div>
    </details>
  );
}

function Motions(): JSX.Element {
  const loaded = useLoad(async (stop) => {
    const [motions, assemblies] = await Promise.all([loadMotions(stop), loadAssemblies(stop)]);
    return { motions: motions.motions, assemblies: assemblies.assemblies };
  });
  return (
    <Load from={loaded}>
      {({ motions, assemblies }) => (
        <div class="stack">
          {motions.length === 0 ? (
            <Empty>{t('no_motions')}</Empty>
          ) : (
            <ul class="card plain lines">
              {[...motions]
                .sort((a, b) => Number(a.decided !== null) - Number(b.decided !== null) || b.since - a.since)
                .map((m) => (
                  <MotionItem key={m.motion} m={m} />
                ))}
            </ul>
          )}
          <TableMotion assemblies={assemblies} />
        </div>
      )}
    </Load>
  );
}

function Recalls(): JSX.Element {
  const loaded = useLoad(loadRecalls);
  return (
    <Load from={loaded}>
      {({ recalls }) =>
        recalls.length === 0 ? (
          <p class="soft">{t('no_recalls')}</p>
        ) : (
          <div class="cards">
            {recalls.map((r) => (
              <article key={r.recall} class="card stack">
                <h3>
                  <a href={`/councils/recall/${r.recall}`}>{t('recall_of', { who: person(r.holder), council: r.council_name })}</a>
                </h3>
                <p>{recallState(r)}</p>
                <Signatures r={r} />
              </article>
            ))}
          </div>
        )
      }
    </Load>
  );
}

function Questions(): JSX.Element {
  const loaded = useLoad(loadQuestions);
  return (
    <Load from={loaded}>
      {({ questions }) =>
        questions.length === 0 ? (
          <p class="soft">{t('no_questions')}</p>
        ) : (
          <ul class="plain">
            {questions.map((q) => (
              <li key={q.question} class="card stack">
                <p dir="auto">
                  <strong>{q.text ?? t('hidden_text')}</strong>
                </p>
                {q.answer !== null ? (
                  <p class="prose" dir="auto">
                    {q.answer}
                  </p>
                ) : (
                  <Badge kind={q.due < now() ? 'short' : 'warn'}>{q.due < now() ? t('answer_overdue', { when: day(q.due) }) : t('answer_due', { when: day(q.due) })}</Badge>
                )}
              </li>
            ))}
          </ul>
        )
      }
    </Load>
  );
}

function Overview(): JSX.Element {
  return (
    <>
      <PageHead title={t('page_councils')}>{t('councils_lead')}</PageHead>
      <Part title={t('vote_part')}>
        <Now />
      </Part>
      <Part title={t('who_sits')}>
        <Mandates />
      </Part>
      <Part title={t('motions')}>
        <Motions />
      </Part>
      <Part title={t('elections')}>
        <Elections />
      </Part>
      <Part title={t('recalls')}>
        <Recalls />
      </Part>
      <Part title={t('questions')}>
        <Questions />
      </Part>
    </>
  );
}

export function CouncilsPage(): JSX.Element {
  const [, , what, id] = path.value.split('/');
  if (about.value?.commons_id == null) {
    return (
      <>
        <PageHead title={t('page_councils')} />
        <Empty>{t('no_commons')}</Empty>
      </>
    );
  }
  if (id === undefined) return <Overview />;
  const back = (
    <p class="small no-print">
      <a href="/councils">← {t('page_councils')}</a>
    </p>
  );
  return (
    <>
      {back}
      {what === 'election' ? <ElectionPage key={id} id={id} /> : what === 'motion' ? <MotionPage key={id} id={id} /> : what === 'recall' ? <RecallPage key={id} id={id} /> : <Empty>{t('not_found')}</Empty>}
    </>
  );
}
