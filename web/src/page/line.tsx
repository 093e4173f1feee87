// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One line of the plan: its reports as a picture, what it could do, its alarms, deliveries; and what members of its workplace say of it.
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { Reports } from '../chart/reports';
import { now } from '../lib/commons';
import { amount, count, day, moment, percent } from '../lib/format';
import { t } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { loadAssemblies } from '../lib/votes';
import { begins, judge, LIMIT, loadLine, MILLION, millionths, nextPeriod, type Delivery, type Index, type Line, type OneLine } from '../lib/watch';
import { fromHex } from '../record/bytes';
import { Act } from '../ui/act';
import { Badge, Chart, Load, PageHead, Part, Table } from '../ui/basic';
import { Person } from '../ui/person';
import { AlarmHistory } from './alarm';
import { EndWatch, Joining } from './beginwatch';

const part = (x: number | null): string => (x === null ? '–' : percent(x));

export function Ratios({ index }: { index: Index }): JSX.Element {
  return (
    <dl class="ratios">
      {(['productivity', 'latency', 'performance'] as const).map((r) => (
        <div key={r} title={t(`watch_${r}_is`)}>
          <dt>{t(`watch_${r}`)}</dt>
          <dd class="number">{part(index[r])}</dd>
        </div>
      ))}
    </dl>
  );
}

// ---- What was reported ----

function Picture({ line }: { line: OneLine }): JSX.Element {
  const judged = new Map(judge(line, line.reports).map((j) => [j.period, j]));
  const title = t('watch_reports_of', { name: line.name });
  return (
    <Chart
      title={title}
      says={t('watch_reports_says')}
      table={
        <Table
          caption={title}
          rows={line.reports}
          columns={[
            { name: t('watch_period'), number: true, cell: (r) => count(r.period + 1) },
            { name: t('watch_begins'), cell: (r) => day(begins(line, r.period)) },
            { name: t('watch_planned'), number: true, cell: () => amount(line.planned / MILLION) },
            { name: t('watch_actuality'), number: true, cell: (r) => amount(r.quantity / MILLION) },
            { name: t('watch_capability'), number: true, cell: (r) => (r.capability === null ? '–' : amount(r.capability / MILLION)) },
            { name: t('watch_potentiality'), number: true, cell: (r) => (r.potentiality === null ? '–' : amount(r.potentiality / MILLION)) },
            { name: t('watch_below'), number: true, cell: (r) => amount((judged.get(r.period)?.below ?? 0) / 1000) },
            { name: t('watch_sum'), number: true, cell: (r) => amount((judged.get(r.period)?.sum ?? 0) / 1000) },
            { name: t('watch_by'), cell: (r) => <Person id={r.by} /> },
            { name: t('watch_corrected'), number: true, cell: (r) => count(r.corrections) },
          ]}
        />
      }
    >
      <Reports
        title={title}
        planned={line.planned / MILLION}
        spread={line.spread / MILLION}
        periods={line.periods}
        points={line.reports.map((r) => ({ period: r.period, value: r.quantity / MILLION, capability: r.capability === null ? null : r.capability / MILLION, alarm: judged.get(r.period)?.alarm === true }))}
      />
    </Chart>
  );
}

function Rule({ line }: { line: OneLine }): JSX.Element {
  const sum = judge(line, line.reports).at(-1)?.sum ?? 0;
  return (
    <details>
      <summary>
        <Badge kind={sum === line.sum ? 'good' : 'short'}>{sum === line.sum ? '✓' : '✗'}</Badge> {t('watch_rule_how')}
      </summary>
      <p class="small">
        {t('watch_rule_says', { sum: amount(sum / 1000), limit: amount(LIMIT / 1000) })}
        {line.ratio !== null && ` ${t('watch_ratio_says', { period: line.ratio.since + 1, shape: t(`watch_shape_${line.ratio.hint}`) })}`}
      </p>
    </details>
  );
}

function Indices({ line }: { line: OneLine }): JSX.Element {
  const i = line.index;
  const row = (key: 'actuality' | 'capability' | 'potentiality') => ({ name: t(`watch_${key}`), value: i[key], is: t(`watch_${key}_is`) });
  return (
    <>
      <Ratios index={i} />
      <Table
        caption={t('watch_indices')}
        rows={[row('actuality'), row('capability'), row('potentiality')]}
        columns={[
          { name: t('watch_index'), cell: (r) => r.name },
          { name: t('watch_amount'), number: true, cell: (r) => (r.value === null ? '–' : amount(r.value)) },
          { name: t('watch_means'), cell: (r) => r.is },
        ]}
      />
      <ul class="small soft">
        {(['productivity', 'latency', 'performance'] as const).map((r) => (
          <li key={r}>
            <strong>{t(`watch_${r}`)}</strong>: {t(`watch_${r}_is`)}
          </li>
        ))}
      </ul>
    </>
  );
}

// ---- What the workplace says ----

function Reporting({ line }: { line: OneLine }): JSX.Element {
  const at = now();
  const next = nextPeriod(line, line.reports, at);
  const period = useSignal(next ?? line.last ?? 0);
  const quantity = useSignal('');
  const capability = useSignal('');
  const potentiality = useSignal('');
  const begun = Array.from({ length: line.periods }, (_, i) => i).filter((i) => begins(line, i) <= at);
  if (begun.length === 0) return <p class="soft">{t('watch_not_begun', { when: day(line.begins) })}</p>;
  const known = line.reports.some((r) => r.period === period.value);
  return (
    <div class="card stack">
      <label class="field">
        <span>{t('watch_period')}</span>
        <select value={period.value} onChange={(e) => (period.value = Number(e.currentTarget.value))}>
          {begun.map((i) => (
            <option key={i} value={i}>
              {i + 1}: {day(begins(line, i))} {line.reports.some((r) => r.period === i) ? '✓' : ''}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t('watch_how_much', { planned: amount(line.planned / MILLION) })}</span>
        <input type="number" inputMode="decimal" min={0} step="any" value={quantity.value} onInput={(e) => (quantity.value = e.currentTarget.value)} />
      </label>
      <details>
        <summary>{t('watch_could')}</summary>
        <div class="stack">
          <label class="field">
            <span>{t('watch_capability_is')}</span>
            <input type="number" min={0} step="any" value={capability.value} onInput={(e) => (capability.value = e.currentTarget.value)} />
          </label>
          <label class="field">
            <span>{t('watch_potentiality_is')}</span>
            <input type="number" min={0} step="any" value={potentiality.value} onInput={(e) => (potentiality.value = e.currentTarget.value)} />
          </label>
        </div>
      </details>
      <Act
        kind="line.reported"
        look="primary"
        label={t(known ? 'watch_correct' : 'watch_report')}
        disabled={quantity.value.trim() === '' || !(Number(quantity.value) >= 0)}
        fields={() => ({
          line: fromHex(line.line),
          period: period.value,
          quantity: millionths(quantity.value),
          capability: capability.value === '' ? undefined : millionths(capability.value),
          potentiality: potentiality.value === '' ? undefined : millionths(potentiality.value),
        })}
        says={<p>{t('watch_report_says', { name: line.name, period: period.value + 1, amount: amount(Number(quantity.value)) })}</p>}
        done={() => (quantity.value = capability.value = potentiality.value = '')}
      />
      <p class="soft small">{t('watch_report_note')}</p>
    </div>
  );
}

function Raise({ line }: { line: Line }): JSX.Element {
  const text = useSignal('');
  return (
    <details>
      <summary>{t('watch_raise')}</summary>
      <div class="stack">
        <label class="field">
          <span>{t('watch_raise_text')}</span>
          <textarea value={text.value} maxLength={2000} onInput={(e) => (text.value = e.currentTarget.value)} />
        </label>
        <Act kind="alarm.raised" label={t('watch_raise')} disabled={text.value.trim() === ''} fields={() => ({ line: fromHex(line.line), text: text.value.trim() })} says={<blockquote dir="auto">{text.value}</blockquote>} />
      </div>
    </details>
  );
}

// ---- Deliveries ----

function state(d: Delivery): { readonly kind: 'good' | 'short' | 'warn'; readonly text: string } {
  if (d.received !== null) return d.received === d.sent ? { kind: 'good', text: t('delivery_both') } : { kind: 'warn', text: t('delivery_differ') };
  return d.late ? { kind: 'short', text: t('delivery_late') } : { kind: 'warn', text: t('delivery_open') };
}

export function DeliveryRow({ d }: { d: Delivery }): JSX.Element {
  const came = useSignal(String(d.sent / MILLION));
  const s = state(d);
  return (
    <li class="stack">
      <p class="row between">
        <span>
          {d.line_name !== undefined && (
            <>
              <bdi>{d.line_name}</bdi> →{' '}
            </>
          )}
          <bdi>{d.to_name === 'everyone' ? t('everybody') : d.to_name}</bdi> · {day(d.since)}
        </span>
        <Badge kind={s.kind}>{s.text}</Badge>
      </p>
      <p class="row small">
        {t('delivery_sent', { amount: amount(d.sent / MILLION) })} <Person id={d.sender} />
        {d.received !== null && (
          <>
            {' · '}
            {t('delivery_came', { amount: amount(d.received / MILLION) })} <Person id={d.receiver} />
          </>
        )}
      </p>
      {d.received === null && (
        <div class="row">
          <label class="row small">
            <span>{t('delivery_how_much_came')}</span>
            <input type="number" min={0} step="any" value={came.value} onInput={(e) => (came.value = e.currentTarget.value)} />
          </label>
          <Act
            kind="delivery.received"
            look="small"
            label={t('delivery_sign')}
            disabled={came.value.trim() === ''}
            fields={() => ({ delivery: fromHex(d.delivery), amount: millionths(came.value) })}
            says={<p>{t('delivery_sign_says', { sent: amount(d.sent / MILLION), came: amount(Number(came.value)) })}</p>}
          />
        </div>
      )}
    </li>
  );
}

function Sending({ line }: { line: Line }): JSX.Element {
  const to = useSignal('');
  const much = useSignal('');
  const loaded = useLoad(loadAssemblies);
  return (
    <Load from={loaded}>
      {({ assemblies }) => (
        <details>
          <summary>{t('delivery_send')}</summary>
          <div class="stack">
            <label class="field">
              <span>{t('delivery_to')}</span>
              <select value={to.value} onChange={(e) => (to.value = e.currentTarget.value)}>
                <option value="">–</option>
                {assemblies
                  .filter((a) => a.assembly !== line.workplace)
                  .map((a) => (
                    <option key={a.assembly} value={a.assembly}>
                      {a.name === 'everyone' ? t('everybody') : a.name}
                    </option>
                  ))}
              </select>
            </label>
            <label class="field">
              <span>{t('watch_amount')}</span>
              <input type="number" min={0} step="any" value={much.value} onInput={(e) => (much.value = e.currentTarget.value)} />
            </label>
            <Act
              kind="delivery.sent"
              label={t('delivery_send')}
              disabled={to.value === '' || !(Number(much.value) > 0)}
              fields={() => ({ line: fromHex(line.line), to: fromHex(to.value), amount: millionths(much.value) })}
              says={<p>{t('delivery_send_says', { amount: amount(Number(much.value)), name: line.name })}</p>}
            />
          </div>
        </details>
      )}
    </Load>
  );
}

// ---- The page ----

function Shown({ line }: { line: OneLine }): JSX.Element {
  const alarms = [...line.alarms].sort((a, b) => b.since - a.since);
  return (
    <>
      <PageHead title={line.name}>
        {t('watch_line_lead', { workplace: line.workplace_name, planned: amount(line.planned / MILLION), days: count(line.days) })}{' '}
        <Badge kind={line.ended !== null ? 'accent' : line.alarm === null ? 'good' : 'short'}>{line.ended !== null ? t('watch_ended', { when: moment(line.ended) }) : t(line.alarm === null ? 'watch_as_planned' : 'watch_in_alarm')}</Badge>
      </PageHead>
      <Part title={t('watch_reports')}>
        <Picture line={line} />
        <Rule line={line} />
      </Part>
      {line.ended === null && (
        <Part title={t('watch_say')} note={t('watch_say_note', { workplace: line.workplace_name })}>
          <Joining line={line} />
          <Reporting line={line} />
          {line.alarm === null && <Raise line={line} />}
        </Part>
      )}
      <Part title={t('watch_alarms')}>
        {alarms.length === 0 ? <p class="soft">{t('watch_never_alarm')}</p> : alarms.map((a) => <AlarmHistory key={a.alarm} id={a.alarm} />)}
      </Part>
      <Part title={t('deliveries')} note={t('deliveries_note')}>
        {line.deliveries.length > 0 && (
          <p class="small">
            {t('delivery_against', {
              done: amount(line.reports.reduce((s, r) => s + r.quantity, 0) / MILLION),
              sent: amount(line.deliveries.reduce((s, d) => s + d.sent, 0) / MILLION),
              came: amount(line.deliveries.reduce((s, d) => s + (d.received ?? 0), 0) / MILLION),
            })}
          </p>
        )}
        {line.deliveries.length > 0 && (
          <ul class="card plain lines">
            {[...line.deliveries]
              .sort((a, b) => b.since - a.since)
              .map((d) => (
                <DeliveryRow key={d.delivery} d={d} />
              ))}
          </ul>
        )}
        {line.ended === null && <Sending line={line} />}
      </Part>
      <Part title={t('watch_indices')} note={t('watch_indices_note')}>
        <Indices line={line} />
      </Part>
      {line.ended === null && <EndWatch line={line} />}
    </>
  );
}

export function LinePage({ id }: { id: string }): JSX.Element {
  const loaded = useLoad((stop) => loadLine(id, stop));
  return <Load from={loaded}>{(line) => <Shown line={line} />}</Load>;
}
