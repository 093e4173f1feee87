// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Start: what a commons needs to begin, step by step, each with what is done already; and how new members come in.
import type { ComponentChildren, JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { get } from '../lib/api';
import { about, moved, now } from '../lib/commons';
import { count, day, fromNow } from '../lib/format';
import { t } from '../lib/i18n';
import { hasKey, me } from '../lib/key';
import { useLoad } from '../lib/load';
import { loadPlans } from '../lib/plan';
import type { RecordPage } from '../lib/record';
import { loadAssemblies, type Assembly } from '../lib/votes';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Load, PageHead, Part } from '../ui/basic';
import { Person, givenName, nameMember } from '../ui/person';
import { assemblyName } from './councils';

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
    planned: plans.now !== null,
  };
}

function Step({ n, title, done, children }: { n: number; title: string; done: boolean; children: ComponentChildren }): JSX.Element {
  return (
    <li class="card stack">
      <h2 class="row minor">
        <span class="rank" aria-hidden="true">
          {done ? '✓' : count(n)}
        </span>
        {title} {done && <Badge kind="good">{t('done')}</Badge>}
      </h2>
      {children}
    </li>
  );
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
      <Act
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
      <Act
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

function Constitution({ s }: { s: State }): JSX.Element {
  const proposed = s.adopted[0]?.text;
  const text = useSignal(`# ${s.commons.name}\nmandate.term_days = 365\nelection.nomination_days = 14\ntier.1 = ${t('tier_1_example')}\ntier.2 = ${t('tier_2_example')}\n`);
  const mine = s.adopted.some((a) => a.member === me.value && a.text === proposed);
  if (s.commons.in_force) return <p>{t('constitution_since', { when: day(s.commons.constitution_since ?? 0) })}</p>;
  const adopt = (what: string, label: string): JSX.Element => (
    <Act
      kind="constitution.adopted"
      look="primary"
      label={label}
      fields={() => ({ text: what })}
      says={
        <>
          <p>{t('adopt_says')}</p>
          <pre class="small">{what}</pre>
        </>
      }
    />
  );
  if (proposed !== undefined) {
    return (
      <div class="stack">
        <p>{t('adopted_by', { n: s.adopted.filter((a) => a.text === proposed).length, of: s.members.filter((m) => m.founder).length })}</p>
        <pre class="small">{proposed}</pre>
        {mine ? <p class="soft">{t('adopted_mine')}</p> : adopt(proposed, t('adopt_this'))}
      </div>
    );
  }
  return (
    <div class="stack">
      <label class="field">
        <span>{t('constitution_text')}</span>
        <textarea class="mono" rows={8} value={text.value} onInput={(e) => (text.value = e.currentTarget.value)} />
        <p class="field-help">{t('constitution_help')}</p>
      </label>
      {adopt(text.value, t('adopt_this'))}
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
        <Step n={2} title={t('step_members', { n: s.commons.members })} done={s.commons.members >= 3}>
          <Members s={s} />
        </Step>
        <Step n={3} title={t('step_council')} done={councils > 0}>
          {s.commons.in_force ? <p class="soft small">{t('needs_grant')}</p> : <NewCouncil s={s} />}
        </Step>
        <Step n={4} title={t('step_rota')} done={s.rotas > 0}>
          {s.commons.in_force ? <p class="soft small">{t('needs_grant')}</p> : <NewRota s={s} />}
        </Step>
        <Step n={5} title={t('step_constitution')} done={s.commons.in_force}>
          <Constitution s={s} />
        </Step>
        <Step n={6} title={t('step_plan')} done={s.planned}>
          <p>{t('step_plan_text')}</p>
          <pre class="small">{'plenty plan ECONOMY -o A\nplenty plan ECONOMY --set labour=+10% -o B\nplenty motion plans COMMONS A B --economy ECONOMY --title ... --key ...'}</pre>
          <a class="button" href="/economy">
            {t('page_economy')}
          </a>
        </Step>
      </ol>
      <Part title={t('new_members')}>
        <Proposals s={s} />
      </Part>
    </>
  );
}

function Found(): JSX.Element {
  return (
    <ol class="steps">
      <Step n={1} title={t('found_key')} done={hasKey.value}>
        <p>{t('found_key_text')}</p>
        <a class="button" href="/key">
          {t('page_key')}
        </a>
      </Step>
      <Step n={2} title={t('found_init')} done={false}>
        <p>{t('found_init_text')}</p>
        <pre class="small">{"plenty init town.commons --name 'The town' --key ada.key --founder ben.key --founder cleo.key"}</pre>
      </Step>
      <Step n={3} title={t('found_serve')} done={false}>
        <p>{t('found_serve_text')}</p>
        <pre class="small">plenty serve town.commons</pre>
      </Step>
    </ol>
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
      {about.value?.commons_id == null ? <Found /> : <Existing />}
    </>
  );
}
