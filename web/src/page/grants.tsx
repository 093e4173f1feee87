// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Permissions: what needs several people. Who asked for what, who was drawn to decide, how it ended.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { moved, now } from '../lib/commons';
import { fromNow } from '../lib/format';
import { loadGrants, pinned, type Grant } from '../lib/grants';
import { t, type WordKey } from '../lib/i18n';
import { me } from '../lib/key';
import { useLoad } from '../lib/load';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Empty, Load, PageHead } from '../ui/basic';
import { Person } from '../ui/person';

const ACTS: Readonly<Record<string, WordKey>> = { 'council.created': 'create_council', 'rota.class': 'create_rota', 'constituency.created': 'workplace_create', 'line.watched': 'watch_begin_act', 'line.ended': 'watch_end' };
const LOOKS: Readonly<Record<Grant['state'], 'good' | 'short' | 'warn' | 'accent'>> = { drawing: 'accent', deciding: 'accent', approved: 'good', used: 'good', refused: 'short', lapsed: 'warn' };

function Decide({ g }: { g: Grant }): JSX.Element {
  const reason = useSignal('');
  const why = (
    <label class="field">
      <span>{t('grant_reason')}</span>
      <textarea value={reason.value} onInput={(e) => (reason.value = e.currentTarget.value)} />
    </label>
  );
  return (
    <div class="row">
      <Act kind="grant.approved" look="primary" label={t('grant_approve')} says={<p>{t('grant_approve_says')}</p>} fields={() => ({ grant: fromHex(g.grant) })} />
      <Act kind="grant.refused" label={t('grant_refuse')} says={why} fields={() => ({ grant: fromHex(g.grant), reason: reason.value.trim() })} />
    </div>
  );
}

function CarryOut({ g }: { g: Grant }): JSX.Element {
  const act = pinned(g);
  if (act === null) return <p class="soft small">{t('grant_elsewhere')}</p>;
  return <Act kind={act.kind} look="primary" label={t('grant_carry_out')} says={<p>{t('grant_once')}</p>} fields={() => act.fields} />;
}

function One({ g }: { g: Grant }): JSX.Element {
  const word = ACTS[g.act];
  const until = g.state === 'deciding' ? g.approve_by : g.state === 'approved' ? g.execute_by : null;
  return (
    <li class="card stack">
      <div class="row between">
        <strong>{word === undefined ? <code>{g.act}</code> : t(word)}</strong>
        <Badge kind={LOOKS[g.state]}>{t(`grant_${g.state}`)}</Badge>
      </div>
      {g.reason !== null && <p>{g.reason}</p>}
      <p class="soft small row">
        <Person id={g.author} /> · {t('grant_votes', { yes: g.approvals, no: g.refusals, needed: g.needed })}
        {until !== null && <> · {fromNow(until, now())}</>}
      </p>
      {g.drawn.length > 0 && (
        <p class="small row">
          {t('grant_drawn')} {g.drawn.map((m) => <Person key={m} id={m} />)}
        </p>
      )}
      {g.state === 'deciding' && g.drawn.includes(me.value ?? '') && <Decide g={g} />}
      {g.state === 'approved' && g.author === me.value && <CarryOut g={g} />}
    </li>
  );
}

export function GrantsPage(): JSX.Element {
  const loaded = useLoad((stop) => {
    void moved.value;
    return loadGrants(stop);
  });
  return (
    <>
      <PageHead title={t('page_grants')}>{t('grants_lead')}</PageHead>
      <Load from={loaded}>
        {(all) =>
          all.length === 0 ? (
            <Empty>{t('grants_none')}</Empty>
          ) : (
            <ul class="plain stack">
              {all.map((g) => (
                <One key={g.grant} g={g} />
              ))}
            </ul>
          )
        }
      </Load>
    </>
  );
}
