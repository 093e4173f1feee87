// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Main flows from where they come to where they go, in columns. Widths are conserved.
import type { JSX } from 'preact';
import { sankey, sankeyLinkHorizontal } from 'd3-sankey';
import { t } from '../lib/i18n';
import { compact, percent } from '../lib/format';
import { Chart, Table } from '../ui/basic';

export interface Flow {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}
export interface FlowNode {
  readonly name: string;
  readonly column: number; // 0 on the left
  readonly kind: string;
}

const WIDTH = 960;
const LABELS = 190; // room for the names on the far side
const LETTERS = 26;

function clip(name: string): string {
  return name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name;
}

function colour(kind: string): string {
  if (kind === 'group') return 'var(--tier-2)';
  if (kind === 'exports' || kind === 'imports') return 'var(--tier-4)';
  return kind === 'scarce' ? 'var(--less)' : kind === 'work' ? 'var(--tier-3)' : 'var(--tier-1)';
}

interface Place extends FlowNode {
  readonly at: number;
}

function Picture({ label, unit, nodes, flows }: { label: string; unit: string; nodes: readonly FlowNode[]; flows: readonly Flow[] }): JSX.Element {
  const columns = new Map<number, number>();
  for (const n of nodes) columns.set(n.column, 1 + (columns.get(n.column) ?? 0));
  const height = Math.max(280, 40 * Math.max(...columns.values()));
  const layout = sankey<Place, { value: number }>()
    .nodeId((d) => String(d.at))
    .nodeAlign((d) => d.column)
    .nodeWidth(14)
    .nodePadding(16)
    .extent([
      [4, 14],
      [WIDTH - LABELS, height - 10],
    ]);
  const graph = layout({ nodes: nodes.map((n, at) => ({ ...n, at })), links: flows.map((f) => ({ source: String(f.from), target: String(f.to), value: f.value })) });
  const path = sankeyLinkHorizontal<Place, { value: number }>();
  const mirror = document.documentElement.dir === 'rtl';
  return (
    <svg class="wide" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label} font-size="12.5" direction="ltr">
      {graph.links.map((l, i) => (
        <path key={i} d={path(l) ?? ''} fill="none" stroke={colour((l.source as Place).kind)} stroke-opacity="0.3" stroke-width={Math.max(1, l.width ?? 0)} transform={mirror ? `translate(${WIDTH} 0) scale(-1 1)` : undefined}>
          <title>{`${(l.source as Place).name} → ${(l.target as Place).name}: ${compact(l.value)} ${unit}`}</title>
        </path>
      ))}
      {graph.nodes.map((n) => {
        const x = mirror ? WIDTH - (n.x1 ?? 0) : (n.x0 ?? 0);
        return (
          <g key={n.at}>
            <rect x={x} y={n.y0} width="14" height={Math.max(2, (n.y1 ?? 0) - (n.y0 ?? 0))} rx="2" fill={colour(n.kind)}>
              <title>{`${n.name}: ${compact(n.value ?? 0)} ${unit}`}</title>
            </rect>
            <text x={mirror ? x - 7 : x + 21} y={((n.y0 ?? 0) + (n.y1 ?? 0)) / 2} dy="0.35em" text-anchor={mirror ? 'end' : 'start'} paint-order="stroke" stroke="var(--card)" stroke-width="3.5" stroke-linejoin="round">
              {clip(n.name)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

export function Sankey({ title, says, unit, whole, nodes, flows }: { title: string; says: string; unit: string; whole: number; nodes: readonly FlowNode[]; flows: readonly Flow[] }): JSX.Element {
  const name = (i: number): string => nodes[i]?.name ?? '';
  const table = (
    <Table
      caption={title}
      rows={[...flows].sort((a, b) => b.value - a.value)}
      columns={[
        { name: t('flow_from'), cell: (f) => <bdi>{name(f.from)}</bdi> },
        { name: t('flow_to'), cell: (f) => <bdi>{name(f.to)}</bdi> },
        { name: unit, number: true, cell: (f) => compact(f.value) },
        { name: t('share'), number: true, cell: (f) => percent(f.value / whole) },
      ]}
    />
  );
  return (
    <Chart title={title} says={says} table={table} scrolls>
      <Picture label={`${title}. ${says}`} unit={unit} nodes={nodes} flows={flows} />
    </Chart>
  );
}
