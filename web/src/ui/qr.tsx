// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A text for the camera of another device: a QR code, dark on light whatever the page is, with the margin that readers need. Its maker is fetched when it is shown.
import type { JSX } from 'preact';
import { useLoad } from '../lib/load';
import { Load } from './basic';

const MARGIN = 4;

// The dark squares, row by row, as one path.
export async function squaresOf(text: string): Promise<{ readonly size: number; readonly path: string }> {
  const { encodeQR } = await import('qr');
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: MARGIN });
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return { size: rows.length, path };
}

export function Qr({ text, label }: { text: string; label: string }): JSX.Element {
  const loaded = useLoad(() => squaresOf(text));
  return (
    <Load from={loaded}>
      {({ size, path }) => (
        <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
          <rect width={size} height={size} fill="#fff" />
          <path d={path} fill="#000" />
        </svg>
      )}
    </Load>
  );
}
