// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Main flows from where they come to where they go. Widths are conserved; nodes below 2 % are merged into "others".
import type { JSX } from 'preact';
import { sankey, sankeyLinkHorizontal } from 'd3-sankey';
import { language, t } from '../lib/i18n';
import { compact, percent } from '../lib/format';
import { Chart, Table } from '../ui/basic';

export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly value: number;
}
export interface FlowNode {
  readonly id: string;
  readonly name: string;
  readonly column: number; // 0 on the left
  readonly tier?: number;
}

const WIDTH = 960;
const LABELS = 190; // room for the names on the far side
const LEAST = 0.02;

// Joins nodes that carry less than 2 % of the whole to one node for each column.
export function mergeSmall(nodes: readonly FlowNode[], flows: readonly Flow[], others: string): { nodes: FlowNode[]; flows: Flow[] } {
  const size = new Map<string, number>();
  let whole = 0;
  const first = Math.min(...nodes.map((n) => n.column));
  const column = new Map(nodes.map((n) => [n.id, n.column]));
  for (const f of flows) {
    size.set(f.from, (size.get(f.from) ?? 0) + f.value);
    size.set(f.to, (size.get(f.to) ?? 0) + f.value);
    if (column.get(f.from) === first) whole += f.value;
  }
  const through = (n: FlowNode): number => (size.get(n.id) ?? 0) / (n.column > first && n.column < Math.max(...column.values()) ? 2 : 1);
  const target = new Map<string, string>();
  const kept = new Map<string, FlowNode>();
  for (const n of nodes) {
    const small = through(n) < LEAST * whole && n.tier === undefined;
    const id = small ? `others-${n.column}` : n.id;
    target.set(n.id, id);
    if (through(n) > 0) kept.set(id, small ? { id, name: others, column: n.column } : n);
  }
  const joined = new Map<string, Flow>();
  for (const f of flows) {
    const from = target.get(f.from) ?? f.from;
    const to = target.get(f.to) ?? f.to;
    const key = `${from}\n${to}`;
    joined.set(key, { from, to, value: f.value + (joined.get(key)?.value ?? 0) });
  }
  return { nodes: [...kept.values()], flows: [...joined.values()].filter((f) => f.value > 0) };
}

function clip(name: string): string {
  return name.length > 30 ? `${name.slice(0, 29)}…` : name;
}

export function Sankey({ title, says, unit, nodes, flows }: { title: string; says: string; unit: string; nodes: readonly FlowNode[]; flows: readonly Flow[] }): JSX.Element {
  const merged = mergeSmall(nodes, flows, t('others'));
  const most = Math.max(...[0, 1, 2, 3].map((c) => merged.nodes.filter((n) => n.column === c).length));
  const height = Math.max(260, 34 * most);
  const places = new Map(merged.nodes.map((n, i) => [n.id, i]));
  const order = (id: string): number => places.get(id) ?? 0;
  const layout = sankey<FlowNode, { value: number }>()
    .nodeId((d) => d.id)
    .nodeAlign((d) => d.column)
    .nodeSort((a, b) => order(a.id) - order(b.id))
    .nodeWidth(14)
    .nodePadding(14)
    .extent([
      [4, 14],
      [WIDTH - LABELS, height - 8],
    ]);
  const graph = layout({ nodes: merged.nodes.map((n) => ({ ...n })), links: merged.flows.map((f) => ({ source: f.from, target: f.to, value: f.value })) });
  const path = sankeyLinkHorizontal<FlowNode, { value: number }>();
  const names = new Map(merged.nodes.map((n) => [n.id, n.name]));
  const whole = graph.nodes.filter((n) => n.column === 0).reduce((s, n) => s + (n.value ?? 0), 0);
  const mirror = language.value.direction === 'rtl';
  const table = (
    <Table
      caption={title}
      rows={[...merged.flows].sort((a, b) => b.value - a.value)}
      columns={[
        { name: t('flow_from'), cell: (f) => <bdi>{names.get(f.from)}</bdi> },
        { name: t('flow_to'), cell: (f) => <bdi>{names.get(f.to)}</bdi> },
        { name: unit, number: true, cell: (f) => compact(f.value) },
        { name: t('share'), number: true, cell: (f) => percent(f.value / whole) },
      ]}
    />
  );
  return (
    <Chart title={title} says={says} table={table}>
      <svg class="wide" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`${title}. ${says}`} font-size="13" direction="ltr">
        {graph.links.map((l, i) => {
          const tier = (l.target as FlowNode).tier;
          return (
            <path
              key={i}
              d={path(l) ?? ''}
              fill="none"
              stroke={tier === undefined ? 'var(--edge)' : `var(--tier-${Math.min(4, tier)})`}
              stroke-opacity="0.36"
              stroke-width={Math.max(1, l.width ?? 0)}
              transform={mirror ? `translate(${WIDTH} 0) scale(-1 1)` : undefined}
            >
              <title>{`${names.get((l.source as FlowNode).id)} → ${names.get((l.target as FlowNode).id)}: ${compact(l.value)} ${unit}`}</title>
            </path>
          );
        })}
        {graph.nodes.map((n) => {
          const x0 = mirror ? WIDTH - (n.x1 ?? 0) : (n.x0 ?? 0);
          const y = ((n.y0 ?? 0) + (n.y1 ?? 0)) / 2;
          return (
            <g key={n.id}>
              <rect x={x0} y={n.y0} width="14" height={Math.max(2, (n.y1 ?? 0) - (n.y0 ?? 0))} rx="2" fill={n.tier === undefined ? 'var(--accent)' : `var(--tier-${Math.min(4, n.tier)})`} />
              <text x={mirror ? x0 - 7 : x0 + 21} y={y} dy="0.35em" text-anchor={mirror ? 'end' : 'start'} paint-order="stroke" stroke="var(--card)" stroke-width="3.5" stroke-linejoin="round">
                {clip(n.name)} <tspan class="soft">{percent((n.value ?? 0) / whole)}</tspan>
              </text>
            </g>
          );
        })}
      </svg>
    </Chart>
  );
}
