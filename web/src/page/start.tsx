// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Start: what a commons needs to begin, step by step, each with what is done already; and how new members come in.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { asMember } from '../lib/act';
import { get, post } from '../lib/api';
import { about, moved, now } from '../lib/commons';
import { fromNow, percent } from '../lib/format';
import { t } from '../lib/i18n';
import { hasKey, me } from '../lib/key';
import { useLoad } from '../lib/load';
import { loadPlans, planMade, type Job } from '../lib/plan';
import type { RecordPage } from '../lib/record';
import { loadAssemblies, type Assembly } from '../lib/votes';
import { fromHex } from '../record/bytes';
import { Act, Opened } from '../ui/act';
import { Empty, Failure, Load, PageHead, Part } from '../ui/basic';
import { Person, givenName, nameMember } from '../ui/person';
import { Privileged } from '../ui/privileged';
import { Constitution } from './adopt';
import { assemblyName } from './councils';
import { FoundingSteps, Step } from './founding';

interface State {
  readonly commons: { readonly name: string; readonly members: number; readonly in_force: boolean; readonly constitution_since: number | null };
  readonly members: readonly { readonly member: string; readonly since: number; readonly left: number | null; readonly founder: boolean }[];
  readonly assemblies: readonly Assembly[];
  readonly adopted: readonly { readonly member: string | null; readonly text: string }[];
  readonly proposals: readonly { readonly proposal: string; readonly author: string; readonly until: number; readonly vouchers: number; readonly objections: number; readonly state: string }[];
  readonly tiers: readonly string[];
  readonly rotas: number;
  readonly planned: boolean;
}

async function load(stop: AbortSignal): Promise<State> {
  void moved.value;
  const [commons, members, assemblies, adopted, proposals, constitution, rotas, plans] = await Promise.all([
    get<State['commons']>('/api/commons', stop),
    get<{ members: State['members'] }>('/api/members?most=1000', stop),
    loadAssemblies(stop),
    get<RecordPage>('/api/record?kind=constitution.adopted&most=100', stop),
    get<{ proposals: State['proposals'] }>('/api/proposals', stop),
    get<{ tiers: readonly string[] }>('/api/constitution', stop),
    get<{ rotas: readonly unknown[] }>('/api/rotas', stop),
    loadPlans(stop),
  ]);
  return {
    commons,
    members: members.members,
    assemblies: assemblies.assemblies,
    adopted: adopted.events.map((e) => ({ member: e.member, text: String(e.body?.['text'] ?? '') })),
    proposals: proposals.proposals,
    tiers: constitution.tiers,
    rotas: rotas.rotas.length,
    planned: plans.plans.length > 0 || plans.now !== null,
  };
}

function Members({ s }: { s: State }): JSX.Element {
  return (
    <ul class="plain">
      {s.members
        .filter((m) => m.left === null)
        .map((m) => (
          <li key={m.member} class="row between">
            <Person id={m.member} />
            <label class="row small">
              <span class="soft">{t('your_name_for')}</span>
              <input class="name-input" value={givenName(m.member)} maxLength={60} onChange={(e) => nameMember(m.member, e.currentTarget.value)} />
            </label>
          </li>
        ))}
    </ul>
  );
}

function NewCouncil({ s }: { s: State }): JSX.Element {
  const name = useSignal('');
  const seats = useSignal(2);
  const from = useSignal(s.assemblies.find((a) => a.sort === 'everyone')?.assembly ?? '');
  return (
    <div class="stack">
      <label class="field">
        <span>{t('council_name')}</span>
        <input value={name.value} maxLength={100} onInput={(e) => (name.value = e.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{t('council_seats')}</span>
        <input type="number" min={1} max={999} value={seats.value} onInput={(e) => (seats.value = Number(e.currentTarget.value))} />
      </label>
      <label class="field">
        <span>{t('council_electors')}</span>
        <select value={from.value} onChange={(e) => (from.value = e.currentTarget.value)}>
          {s.assemblies.map((a) => (
            <option key={a.assembly} value={a.assembly}>
              {assemblyName(a.name)}
            </option>
          ))}
        </select>
      </label>
      <Privileged
        granted={s.commons.in_force}
        kind="council.created"
        label={t('create_council')}
        disabled={name.value.trim() === ''}
        fields={() => ({ name: name.value.trim(), electors: [fromHex(from.value)], seats: [seats.value] })}
        says={<p>{t('council_says', { name: name.value, seats: seats.value })}</p>}
        done={() => (name.value = '')}
      />
    </div>
  );
}

function NewRota({ s }: { s: State }): JSX.Element {
  const name = useSignal('');
  const days = useSignal(28);
  const everyone = s.assemblies.find((a) => a.sort === 'everyone')?.assembly ?? '';
  return (
    <div class="stack">
      <label class="field">
        <span>{t('rota_task')}</span>
        <input value={name.value} maxLength={100} onInput={(e) => (name.value = e.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{t('rota_days')}</span>
        <input type="number" min={1} max={366} value={days.value} onInput={(e) => (days.value = Number(e.currentTarget.value))} />
      </label>
      <Privileged
        granted={s.commons.in_force}
        kind="rota.class"
        label={t('create_rota')}
        disabled={name.value.trim() === ''}
        fields={() => ({ assembly: fromHex(everyone), name: name.value.trim(), weight: 1, slots: 1, days: days.value, rung: 0 })}
        says={<p>{t('rota_says', { name: name.value, days: days.value })}</p>}
        done={() => (name.value = '')}
      />
    </div>
  );
}

// The first plan: of the example, or of tables of one's own; made by the server as a job.
function FirstPlan(): JSX.Element {
  const job = useSignal<Job | null>(null);
  const plan = useSignal<string | null>(null);
  const error = useSignal<Error | null>(null);
  const make = async (): Promise<void> => {
    error.value = null;
    const { BAKERY } = await import('../lib/example');
    const begun = await asMember(() => post<Job>('/api/economy/plan', JSON.stringify({ files: BAKERY, title: t('example_plan') }), 'application/json'));
    plan.value = await planMade(begun, new AbortController().signal, (j) => (job.value = j));
  };
  const start = (): void => {
    make()
      .catch((e: unknown) => (error.value = e instanceof Error ? e : new Error(String(e))))
      .finally(() => (job.value = null));
  };
  return (
    <div class="stack">
      <p>{t('first_plan_text')}</p>
      <Opened>
        <div class="row">
          <button type="button" class="primary" disabled={job.value !== null} onClick={start}>
            {t('plan_example')}
          </button>
          <a class="button" href="/economy">
            {t('own_tables')}
          </a>
        </div>
      </Opened>
      {job.value !== null && (
        <div class="stack" role="status">
          <p>{t('planning_now', { done: percent(job.value.fraction) })}</p>
          <progress max={1} value={job.value.fraction} aria-label={t('working')} />
        </div>
      )}
      {error.value !== null && <Failure error={error.value} />}
      {plan.value !== null && (
        <p class="row">
          <a class="button primary" href={`/plan?plan=${plan.value}`}>
            {t('show_plan')}
          </a>
          <a class="button" href={`/what-if?plan=${plan.value}`}>
            {t('page_what_if')}
          </a>
        </p>
      )}
      <p class="soft small">{t('first_plan_next')}</p>
    </div>
  );
}

function Proposals({ s }: { s: State }): JSX.Element {
  const key = useSignal('');
  const proof = useSignal('');
  const reason = useSignal('');
  const open = s.proposals.filter((p) => p.state === 'open' || p.state === 'waiting');
  return (
    <div class="stack">
      {open.map((p) => (
        <article key={p.proposal} class="card stack">
          <p class="row">
            {t('proposed_by')} <Person id={p.author} /> · {t('vouchers_n', { n: p.vouchers })} · {t('objections_n', { n: p.objections })} · {fromNow(p.until, now())}
          </p>
          <div class="row">
            <Act kind="member.vouched" look="small" label={t('vouch')} fields={() => ({ proposal: fromHex(p.proposal) })} says={<p>{t('vouch_says')}</p>} />
            <Act
              kind="member.objected"
              look="small"
              label={t('object')}
              fields={() => ({ proposal: fromHex(p.proposal), reason: reason.value.trim() })}
              says={
                <label class="field">
                  <span>{t('why_object')}</span>
                  <textarea value={reason.value} required onInput={(e) => (reason.value = e.currentTarget.value)} />
                </label>
              }
            />
          </div>
        </article>
      ))}
      <details>
        <summary>{t('propose_member')}</summary>
        <div class="stack">
          <p class="soft small">{t('propose_note')}</p>
          {me.value !== null && (
            <p class="small">
              {t('your_member_id')} <code>{me.value}</code>
            </p>
          )}
          <label class="field">
            <span>{t('public_key')}</span>
            <input value={key.value} onInput={(e) => (key.value = e.currentTarget.value.trim())} />
          </label>
          <label class="field">
            <span>{t('proof')}</span>
            <input value={proof.value} onInput={(e) => (proof.value = e.currentTarget.value.trim())} />
          </label>
          <Act
            kind="member.proposed"
            label={t('propose_member')}
            disabled={!/^[0-9a-f]{64}$/.test(key.value) || !/^[0-9a-f]{128}$/.test(proof.value)}
            fields={() => ({ key: fromHex(key.value), proof: fromHex(proof.value) })}
            says={<p>{t('propose_says')}</p>}
            done={() => {
              key.value = '';
              proof.value = '';
            }}
          />
        </div>
      </details>
    </div>
  );
}

function Steps({ s }: { s: State }): JSX.Element {
  const councils = s.assemblies.filter((a) => a.sort === 'council').length;
  return (
    <>
      <ol class="steps">
        <Step n={1} title={t('step_key')} done={hasKey.value}>
          <a class="button" href="/key">
            {t('page_key')}
          </a>
        </Step>
        <Step n={2} title={t('step_members', { n: s.commons.members })} done={s.commons.members >= 3} folds>
          <Members s={s} />
        </Step>
        <Step n={3} title={t('step_council')} done={councils > 0} folds>
          <NewCouncil s={s} />
        </Step>
        <Step n={4} title={t('step_rota')} done={s.rotas > 0} folds>
          <NewRota s={s} />
        </Step>
        <Step n={5} title={t('step_constitution')} done={s.commons.in_force}>
          <Constitution name={s.commons.name} since={s.commons.in_force ? (s.commons.constitution_since ?? 0) : null} adopted={s.adopted} founders={s.members.filter((m) => m.founder).length} />
        </Step>
        <Step n={6} title={t('step_plan')} done={s.planned}>
          <FirstPlan />
        </Step>
      </ol>
      <Part title={t('new_members')}>
        <Proposals s={s} />
      </Part>
    </>
  );
}

function Existing(): JSX.Element {
  const loaded = useLoad(load);
  return <Load from={loaded}>{(s) => <Steps s={s} />}</Load>;
}

export function StartPage(): JSX.Element {
  return (
    <>
      <PageHead title={t('page_start')}>{t('start_lead')}</PageHead>
      {about.value?.commons_id != null ? <Existing /> : about.value?.founding === true ? <FoundingSteps /> : <Empty>{t('found_elsewhere')}</Empty>}
    </>
  );
}
