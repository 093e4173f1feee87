// SPDX-License-Identifier: AGPL-3.0-or-later
//
// An alarm: with whom it stands and until when, what was said about it, and what can be done now.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { now } from '../lib/commons';
import { amount, fromNow, moment } from '../lib/format';
import { t, type WordKey } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { loadAlarm, type Alarm, type AlarmStep } from '../lib/watch';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Load } from '../ui/basic';
import { Person } from '../ui/person';

export const withWhom = (name: string): string => (name === 'everyone' ? t('everybody') : name);
export const alarmSort = (sort: string): string => t(`alarm_${sort.replace(' ', '_')}` as WordKey);

// What happens next if nobody does anything: the clock does it.
export function Next({ a }: { a: Alarm }): JSX.Element {
  const at = now();
  const who = withWhom(a.at_name);
  if (a.state === 'over' || a.due === null) return <p class="small soft">{t('alarm_is_over', { when: a.over === null ? '' : moment(a.over) })}</p>;
  const when = { when: moment(a.due), left: fromNow(a.due, at) };
  return (
    <p class="small">
      {a.state === 'answered' ? t('alarm_mend_until', { who, ...when }) : a.silent !== null ? t('alarm_silent_until', { who, ...when }) : t(a.at_name === 'everyone' ? 'alarm_everybody' : 'alarm_answer_until', { who, ...when })}
    </p>
  );
}

function step(s: AlarmStep): string {
  return t(`alarm_step_${s.what.replace(' ', '_')}` as WordKey, { who: withWhom(s.at_name) });
}

function History({ steps }: { steps: readonly AlarmStep[] }): JSX.Element {
  return (
    <ol class="timeline">
      {steps.map((s) => (
        <li key={s.number}>
          <p class="small soft row">
            {moment(s.time)} {s.by !== null && <Person id={s.by} />} {s.position === null && t('alarm_by_clock')}
          </p>
          <p>{s.position === null ? step(s) : <a href={`/record#e${s.position}`}>{step(s)}</a>}</p>
          {s.text !== null && <blockquote dir="auto">{s.text}</blockquote>}
        </li>
      ))}
    </ol>
  );
}

const DAY = 86400;

export function Answering({ a }: { a: Alarm }): JSX.Element | null {
  const text = useSignal('');
  const days = useSignal(7);
  const reason = useSignal('');
  const quiet = useSignal(3);
  if (a.state !== 'open') return null;
  return (
    <div class="stack">
      <details>
        <summary>{t('alarm_answer')}</summary>
        <div class="stack">
          <label class="field">
            <span>{t('alarm_what_is_done')}</span>
            <textarea value={text.value} maxLength={5000} onInput={(e) => (text.value = e.currentTarget.value)} />
          </label>
          <label class="field">
            <span>{t('alarm_days')}</span>
            <input type="number" min={1} max={90} value={days.value} onInput={(e) => (days.value = Number(e.currentTarget.value))} />
          </label>
          <Act
            kind="alarm.answered"
            look="primary"
            label={t('alarm_answer')}
            disabled={text.value.trim() === '' || !(days.value >= 1)}
            fields={() => ({ alarm: fromHex(a.alarm), days: Math.round(days.value), text: text.value.trim() })}
            says={
              <>
                <blockquote dir="auto">{text.value}</blockquote>
                <p>{t('alarm_answer_says', { days: days.value })}</p>
              </>
            }
          />
        </div>
      </details>
      {a.silencer === null && (
        <details>
          <summary>{t('alarm_silence')}</summary>
          <div class="stack">
            <label class="field">
              <span>{t('alarm_reason')}</span>
              <input value={reason.value} maxLength={500} onInput={(e) => (reason.value = e.currentTarget.value)} />
            </label>
            <label class="field">
              <span>{t('alarm_quiet_days')}</span>
              <input type="number" min={1} max={60} value={quiet.value} onInput={(e) => (quiet.value = Number(e.currentTarget.value))} />
            </label>
            <Act
              kind="alarm.silenced"
              label={t('alarm_silence')}
              disabled={reason.value.trim() === '' || !(quiet.value >= 1)}
              fields={() => ({ alarm: fromHex(a.alarm), until: now() + Math.round(quiet.value) * DAY, reason: reason.value.trim() })}
              says={<p>{t('alarm_silence_says', { days: quiet.value, reason: reason.value })}</p>}
            />
          </div>
        </details>
      )}
    </div>
  );
}

export function AlarmHistory({ id }: { id: string }): JSX.Element {
  const loaded = useLoad((stop) => loadAlarm(id, stop));
  return (
    <Load from={loaded}>
      {(a) => (
        <details class="card" open={a.state !== 'over'}>
          <summary>
            {alarmSort(a.sort)} <Badge kind={a.state === 'over' ? 'good' : a.state === 'answered' ? 'warn' : 'short'}>{t(`alarm_state_${a.state}`)}</Badge>
          </summary>
          {a.state !== 'over' && a.damage > 0 && <p class="small soft">{t('alarm_damage', { damage: amount(a.damage / 1000) })}</p>}
          <Next a={a} />
          <History steps={a.steps} />
          <Answering a={a} />
        </details>
      )}
    </Load>
  );
}
