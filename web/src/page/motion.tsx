// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One motion: its text, what speaks for and against it in two columns of equal width, amendments, the vote, the report.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { now } from '../lib/commons';
import { count, day, fromNow, moment } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { me } from '../lib/key';
import { useLoad } from '../lib/load';
import { loadMotion, optionName, type OneMotion, type Point } from '../lib/votes';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Empty, Load, PageHead, Part, Table } from '../ui/basic';
import { Person, person } from '../ui/person';
import { Vote } from '../ui/vote';

export function motionKind(state: string): 'good' | 'short' | 'warn' | 'accent' {
  return state === 'carried' ? 'good' : state === 'rejected' ? 'short' : state === 'no quorum' ? 'warn' : 'accent';
}
export function motionState(state: string): string {
  return t(`motion_${state.replace(' ', '_')}` as WordKey);
}

function Side({ m, side }: { m: OneMotion; side: 'for' | 'against' }): JSX.Element {
  const text = useSignal('');
  const points = m.debate.filter((p) => p.side === side);
  const answered = (p: Point): Point | undefined => (p.reply === null ? undefined : m.debate.find((q) => q.number === p.reply));
  return (
    <section class={`card stack ${side}`}>
      <h3>{t(`side_${side}`)}</h3>
      {points.length === 0 && <p class="soft">{t('no_points')}</p>}
      <ul class="plain">
        {points.map((p) => {
          const to = answered(p);
          return (
            <li key={p.number}>
              <p class="prose" dir="auto">
                {p.text ?? t('hidden_text')}
              </p>
              <p class="small soft row">
                <Person id={p.author} /> · {moment(p.since)}
                {to !== undefined && ` · ${t('replies_to', { who: person(to.author) })}`}
              </p>
            </li>
          );
        })}
      </ul>
      {m.state === 'debate' && (
        <>
          <label class="field">
            <span class="hidden">{t(`add_${side}`)}</span>
            <textarea value={text.value} maxLength={2000} placeholder={t(`add_${side}`)} onInput={(e) => (text.value = e.currentTarget.value)} />
          </label>
          <Act
            kind="motion.point"
            label={t(`add_${side}`)}
            disabled={text.value.trim() === ''}
            fields={() => ({ motion: fromHex(m.motion), side: side === 'for' ? 0 : 1, text: text.value.trim() })}
            says={<blockquote dir="auto">{text.value}</blockquote>}
            done={() => (text.value = '')}
          />
        </>
      )}
    </section>
  );
}

function Amendments({ m }: { m: OneMotion }): JSX.Element | null {
  const last = m.texts.at(-1)?.text ?? '';
  const text = useSignal(last);
  if (m.sort !== 'text' || (m.state !== 'debate' && m.proposed.length === 0)) return null;
  return (
    <Part title={t('amendments')}>
      {m.proposed.map((a) => (
        <article key={a.amendment} class="card stack">
          <p class="prose" dir="auto">
            {a.text ?? t('hidden_text')}
          </p>
          <div class="row small soft">
            <Person id={a.author} /> · {t('supported_by', { n: a.support })}
            {m.state === 'debate' && (
              <Act kind="amendment.supported" look="small" label={t('support')} fields={() => ({ motion: fromHex(m.motion), amendment: fromHex(a.amendment ?? '') })} says={<blockquote dir="auto">{a.text}</blockquote>} />
            )}
          </div>
        </article>
      ))}
      {m.state === 'debate' && (
        <details>
          <summary>{t('propose_amendment')}</summary>
          <div class="stack">
            <label class="field">
              <span>{t('amendment_text')}</span>
              <textarea value={text.value} onInput={(e) => (text.value = e.currentTarget.value)} />
            </label>
            <Act
              kind="amendment.proposed"
              label={t('propose_amendment')}
              disabled={text.value.trim() === '' || text.value === last}
              fields={() => ({ motion: fromHex(m.motion), text: text.value.trim() })}
              says={<blockquote dir="auto">{text.value}</blockquote>}
            />
          </div>
        </details>
      )}
    </Part>
  );
}

function Report({ m }: { m: OneMotion }): JSX.Element | null {
  const text = useSignal('');
  if (m.executor === null) return null;
  const late = m.reported === null && m.due !== null && m.due < now();
  return (
    <Part title={t('carrying_out')}>
      <p class="row">
        <Person id={m.executor} />
        {m.due !== null && <span class="soft">{t('report_due', { when: day(m.due) })}</span>}
        {late && <Badge kind="short">{t('overdue')}</Badge>}
      </p>
      {m.report !== null && (
        <p class="prose" dir="auto">
          {m.report}
        </p>
      )}
      {m.report === null && m.executor === me.value && (
        <div class="stack">
          <label class="field">
            <span>{t('report_text')}</span>
            <textarea value={text.value} onInput={(e) => (text.value = e.currentTarget.value)} />
          </label>
          <Act kind="decision.reported" label={t('report')} disabled={text.value.trim() === ''} fields={() => ({ motion: fromHex(m.motion), text: text.value.trim() })} says={<blockquote dir="auto">{text.value}</blockquote>} />
        </div>
      )}
    </Part>
  );
}

function Shown({ m }: { m: OneMotion }): JSX.Element {
  const text = m.texts.at(-1);
  const plans = m.choices.filter((c) => c.plan !== null);
  return (
    <>
      <PageHead title={m.title ?? t('hidden_text')}>
        <span class="row">
          <Badge kind={motionKind(m.state)}>{motionState(m.state)}</Badge>
          {m.state === 'debate' && m.freezes !== null && t('debate_until', { when: moment(m.freezes), left: fromNow(m.freezes, now()) })}
          {m.decided !== null && day(m.decided)}
        </span>
      </PageHead>
      <p class="small soft">
        {t('tabled_by')} <Person id={m.author} /> · {day(m.since)} · {t('decided_by', { assembly: m.assembly_name === 'everyone' ? t('everybody') : m.assembly_name })}
      </p>
      <p class="prose card" dir="auto">
        {text?.text ?? t('hidden_text')}
      </p>
      {m.explanation !== null && m.explanation !== '' && (
        <details>
          <summary>{t('explanation')}</summary>
          <p class="prose" dir="auto">
            {m.explanation}
          </p>
        </details>
      )}
      {plans.length > 0 && (
        <Part title={t('plans_to_choose')}>
          <ul>
            {plans.map((c) => (
              <li key={c.option}>
                <a href={`/plan?plan=${c.plan}`}>
                  <bdi>{optionName(c.name)}</bdi>
                </a>
              </li>
            ))}
          </ul>
          {plans.length > 1 && (
            <a class="button" href={`/compare?a=${plans[0]?.plan}&b=${plans[1]?.plan}`}>
              {t('compare_them')}
            </a>
          )}
        </Part>
      )}
      {m.sort === 'projects' && (
        <Part title={t('projects')} note={t('projects_note', { budget: count(m.budget ?? 0) })}>
          <Table
            caption={t('projects')}
            rows={m.choices}
            columns={[
              { name: t('option'), cell: (c) => <bdi>{optionName(c.name)}</bdi> },
              { name: t('project_cost'), number: true, cell: (c) => count(c.cost ?? 0) },
            ]}
          />
        </Part>
      )}
      {m.vote !== null && (
        <Part title={t('the_vote')}>
          <Vote ballot={m.vote} notes={m.sort === 'projects' ? Object.fromEntries(m.choices.map((c) => [String(c.option), count(c.cost ?? 0)])) : {}} />
        </Part>
      )}
      <Part title={t('debate')}>
        <div class="sides">
          <Side m={m} side="for" />
          <Side m={m} side="against" />
        </div>
      </Part>
      <Amendments m={m} />
      <Report m={m} />
    </>
  );
}

export function MotionPage({ id }: { id: string }): JSX.Element {
  const loaded = useLoad((stop) => loadMotion(id, stop));
  return <Load from={loaded}>{(m) => (m.texts.length === 0 ? <Empty>{t('hidden_text')}</Empty> : <Shown m={m} />)}</Load>;
}
