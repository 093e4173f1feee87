// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Watching: which lines of the plan are behind by more than chance, the most damage first; who was told, until when it must answer.
import type { JSX } from 'preact';
import { Reports } from '../chart/reports';
import { about } from '../lib/commons';
import { amount, count } from '../lib/format';
import { t } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { path } from '../lib/route';
import { judge, loadAlarms, loadDeliveries, loadLine, loadLines, MILLION, type Alarm, type Line } from '../lib/watch';
import { Badge, Empty, Load, PageHead, Part } from '../ui/basic';
import { alarmSort, Answering, Next, withWhom } from './alarm';
import { BeginWatch } from './beginwatch';
import { FoundParts } from './found';
import { DeliveryRow, LinePage, Ratios } from './line';
import { SkillNotice } from './skill';

// ---- Alarms ----

function AlarmCard({ a }: { a: Alarm }): JSX.Element {
  return (
    <li class={`card stack ${a.state === 'answered' ? '' : 'light-red'}`}>
      <h3>
        <a href={`/watching/${a.line}`}>
          <bdi>{a.name}</bdi>
        </a>
      </h3>
      <p class="row small">
        <Badge kind="short">{alarmSort(a.sort)}</Badge>
        <Badge kind={a.state === 'answered' ? 'good' : 'warn'}>{t(`alarm_state_${a.state}`)}</Badge>
        <span class="soft">{t('alarm_from', { workplace: a.workplace_name, who: withWhom(a.at_name), steps: a.level })}</span>
      </p>
      {a.damage > 0 && <p>{t('alarm_damage', { damage: amount(a.damage / 1000) })}</p>}
      <Next a={a} />
      <Answering a={a} />
    </li>
  );
}

function Alarms(): JSX.Element {
  const loaded = useLoad(loadAlarms);
  return (
    <Load from={loaded}>
      {({ alarms, attention }) => {
        const beyond = alarms.filter((a) => !a.shown);
        return (
          <>
            <div class={`notice ${alarms.length === 0 ? 'good' : 'short'}`}>{alarms.length === 0 ? t('watch_no_alarm') : t('watch_alarms_n', { n: alarms.length })}</div>
            <ul class="cards plain">
              {alarms
                .filter((a) => a.shown)
                .map((a) => (
                  <AlarmCard key={a.alarm} a={a} />
                ))}
            </ul>
            {beyond.length > 0 && (
              <details>
                <summary>{t('watch_beyond', { n: beyond.length, attention: count(attention) })}</summary>
                <ul class="cards plain">
                  {beyond.map((a) => (
                    <AlarmCard key={a.alarm} a={a} />
                  ))}
                </ul>
              </details>
            )}
          </>
        );
      }}
    </Load>
  );
}

// ---- Lines ----

function Small({ line }: { line: Line }): JSX.Element {
  const loaded = useLoad((stop) => loadLine(line.line, stop));
  return (
    <Load from={loaded}>
      {(l) => {
        const judged = new Map(judge(l, l.reports).map((j) => [j.period, j.alarm]));
        return (
          <Reports
            small
            title={t('watch_small_says', { name: l.name, reported: l.reports.length, periods: l.periods })}
            planned={l.planned / MILLION}
            spread={l.spread / MILLION}
            periods={l.periods}
            points={l.reports.map((r) => ({ period: r.period, value: r.quantity / MILLION, capability: null, alarm: judged.get(r.period) === true }))}
          />
        );
      }}
    </Load>
  );
}

const SMALL_MOST = 24; // lines with a picture of their own

function LineCard({ l, drawn }: { l: Line; drawn: boolean }): JSX.Element {
  return (
    <li class="card">
      <h3 class="row between">
        <a href={`/watching/${l.line}`}>
          <bdi>{l.name}</bdi>
        </a>
        <Badge kind={l.alarm === null ? 'good' : 'short'}>{t(l.alarm === null ? 'watch_as_planned' : 'watch_in_alarm')}</Badge>
      </h3>
      <p class="small soft">
        <bdi>{l.workplace_name}</bdi> · {t('watch_fulfilled', { done: amount(l.index.actuality ?? 0), planned: amount(l.index.planned ?? 0) })}
      </p>
      {drawn && <Small line={l} />}
      <Ratios index={l.index} />
    </li>
  );
}

function Lines(): JSX.Element {
  const loaded = useLoad(loadLines);
  return (
    <Load from={loaded}>
      {({ lines, total }) => (
        <>
          {lines.length === 0 ? (
            <Empty>{t('watch_no_lines')}</Empty>
          ) : (
            <ul class="cards plain">
              {[...lines]
                .sort((a, b) => Number(a.alarm === null) - Number(b.alarm === null) || b.sum - a.sum || (a.name < b.name ? -1 : 1))
                .map((l, i) => (
                  <LineCard key={l.line} l={l} drawn={i < SMALL_MOST} />
                ))}
            </ul>
          )}
          {lines.length < total && <p class="soft small">{t('watch_more_lines', { n: total - lines.length })}</p>}
          <BeginWatch first={lines.length === 0} />
        </>
      )}
    </Load>
  );
}

function Deliveries(): JSX.Element {
  const loaded = useLoad(loadDeliveries);
  return (
    <Load from={loaded}>
      {({ deliveries }) =>
        deliveries.length === 0 ? (
          <p class="soft">{t('delivery_none')}</p>
        ) : (
          <ul class="card plain lines">
            {deliveries.map((d) => (
              <DeliveryRow key={d.delivery} d={d} />
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
      <PageHead title={t('page_watching')}>{t('watch_lead')}</PageHead>
      <SkillNotice />
      <Part title={t('watch_alarms')} note={t('watch_alarms_note')}>
        <Alarms />
      </Part>
      <Part title={t('watch_lines')} note={t('watch_lines_note')}>
        <Lines />
      </Part>
      <Part title={t('delivery_to_sign')} note={t('deliveries_note')}>
        <Deliveries />
      </Part>
      <FoundParts />
    </>
  );
}

export function WatchingPage(): JSX.Element {
  const id = path.value.split('/')[2];
  if (about.value?.commons_id == null) {
    return (
      <>
        <PageHead title={t('page_watching')}>{t('watch_lead')}</PageHead>
        {about.value?.watch === true ? <FoundParts /> : <Empty>{t('no_commons')}</Empty>}
      </>
    );
  }
  if (id === undefined || id === '') return <Overview />;
  return (
    <>
      <p class="small no-print">
        <a href="/watching">← {t('page_watching')}</a>
      </p>
      <LinePage key={id} id={id} />
    </>
  );
}
