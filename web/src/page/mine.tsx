// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What sharing, watching and permissions ask of me: wants to say or to open, reports that are due, alarms to answer, deliveries to sign for, what I was drawn to decide.
import type { JSX } from 'preact';
import { about, now } from '../lib/commons';
import { fromNow } from '../lib/format';
import { loadGrants } from '../lib/grants';
import { t } from '../lib/i18n';
import { me } from '../lib/key';
import { useLoad } from '../lib/load';
import { loadBelonging } from '../lib/member';
import { loadRounds, loadSealed } from '../lib/share';
import { begins, loadAlarms, loadDeliveries, loadLines } from '../lib/watch';
import { Load, Part } from '../ui/basic';

interface Task {
  readonly to: string;
  readonly what: string;
  readonly until: number | null;
}

async function loadTasks(member: string, stop: AbortSignal): Promise<readonly Task[]> {
  const [{ assemblies: mine }, rounds, lines, alarms, deliveries, grants] = await Promise.all([loadBelonging(member, stop), loadRounds(stop), loadLines(stop), loadAlarms(stop), loadDeliveries(stop), loadGrants(stop)]);
  const at = now();
  const tasks: Task[] = [];
  for (const r of rounds.filter((x) => x.state === 'sealing' || x.state === 'opening')) {
    const sealed = await loadSealed(r.round, member, stop);
    const title = r.title ?? '';
    if (r.state === 'sealing' && sealed === null) tasks.push({ to: `/sharing/${r.round}`, what: t('todo_seal', { title }), until: r.seals });
    if (r.state === 'opening' && sealed?.position === null) tasks.push({ to: `/sharing/${r.round}`, what: t('todo_open', { title }), until: r.opens });
  }
  for (const a of alarms.alarms.filter((x) => x.state === 'open' && mine.has(x.at))) tasks.push({ to: `/watching/${a.line}`, what: t('todo_answer', { name: a.name }), until: a.due });
  for (const l of lines.lines.filter((x) => mine.has(x.workplace))) {
    const next = (l.last ?? -1) + 1;
    if (next < l.periods && begins(l, next + 1) <= at) tasks.push({ to: `/watching/${l.line}`, what: t('todo_report', { name: l.name, period: next + 1 }), until: null });
  }
  for (const d of deliveries.deliveries.filter((x) => mine.has(x.to) && x.sender !== member)) tasks.push({ to: `/watching/${d.line}`, what: t('todo_sign', { name: d.line_name ?? '' }), until: null });
  for (const g of grants.filter((x) => x.state === 'deciding' && x.drawn.includes(member))) tasks.push({ to: '/grants', what: t('todo_grant'), until: g.approve_by });
  for (const g of grants.filter((x) => x.state === 'approved' && x.author === member)) tasks.push({ to: '/grants', what: t('todo_granted'), until: g.execute_by });
  return tasks;
}

// Nothing where there is nothing to do, or nobody is known here.
export function FlowTasks(): JSX.Element {
  const member = me.value;
  const loaded = useLoad((stop) => (member === null || about.value?.commons_id == null ? Promise.resolve<readonly Task[]>([]) : loadTasks(member, stop)));
  return (
    <Load from={loaded}>
      {(tasks) =>
        tasks.length === 0 ? null : (
          <Part title={t('todo_flows')}>
            <ul class="card plain lines">
              {tasks.map((x) => (
                <li key={x.to + x.what} class="row between">
                  <a href={x.to}>{x.what}</a>
                  {x.until !== null && <span class="soft small">{fromNow(x.until, now())}</span>}
                </li>
              ))}
            </ul>
          </Part>
        )
      }
    </Load>
  );
}
