// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Pictures in the manner of Isotype (Neurath, Arntz): equal icons, repeated, never enlarged; each stands for a round
// number. The exact figure is always beside them.
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

// Shapes in a box of 24.
const SHAPES = {
  box: 'M3 7.5 12 3l9 4.5v9L12 21l-9-4.5z',
  person: 'M12 2.5a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2M5.5 21.5v-6a4.5 4.5 0 0 1 4.5-4.5h4a4.5 4.5 0 0 1 4.5 4.5v6z',
  bread: 'M12 4.5c5.5 0 9.5 2 9.5 5 0 1.7-1 2.7-2 3.2V20h-15v-7.3c-1-.5-2-1.5-2-3.2 0-3 4-5 9.5-5',
  house: 'M12 3 2.5 11H5v9.5h5V14h4v6.5h5V11h2.5z',
  heart: 'M12 20.5C5 15.5 2.5 12 2.5 8.5a4.7 4.7 0 0 1 9.5-1.3 4.7 4.7 0 0 1 9.5 1.3c0 3.5-2.5 7-9.5 12',
  book: 'M3 4.5c3.5-1 6.5-.7 9 1 2.5-1.7 5.5-2 9-1V19c-3.5-1-6.5-.7-9 1-2.5-1.7-5.5-2-9-1z',
  bolt: 'M13.5 2 5 13.5h5.5L9 22l9.5-12.5H13z',
  wheel: 'M12 2.5a9.5 9.5 0 1 1 0 19 9.5 9.5 0 0 1 0-19m0 5.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8',
  shirt: 'M8.5 3.5 3 6.5 4.5 11l2.5-.8V20.5h10V10.2l2.5.8L21 6.5l-5.5-3a3.5 3.5 0 0 1-7 0',
  clock: 'M12 2.5a9.5 9.5 0 1 1 0 19 9.5 9.5 0 0 1 0-19m-1.2 4v6.2l4.7 3 1.2-2-3.5-2.2v-5z',
} as const;
export type Shape = keyof typeof SHAPES;

const HINTS: readonly (readonly [Shape, RegExp])[] = [
  ['bread', /bread|cake|\bfood|\bfarm|\bbak|grain|flour|milk|agri|meal|restaurant/i],
  ['house', /hous|home|dwelling|estate|construct|accommod/i],
  ['heart', /health|hospital|\bcare\b|nurs|medic|social/i],
  ['book', /educ|school|teach|book|librar|publish/i],
  ['bolt', /energy|electric|power|\bgas\b|\boil\b|utilit|fuel|heat|petrol/i],
  ['wheel', /transport|vehicle|\brail|truck|transit|\bair\b|\bcars?\b|bicyc|\bbus/i],
  ['shirt', /cloth|apparel|textile|garment|leather|shoe/i],
];

// An icon for a good by its name; a box where the name says nothing.
export function shapeOf(name: string): Shape {
  return HINTS.find(([, r]) => r.test(name))?.[0] ?? 'box';
}

// A round number (1, 2 or 5 times a power of ten), such that `most` of something makes at most `icons` icons.
export function roundUnit(most: number, icons = 12): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most / icons));
  return [1, 2, 5, 10].map((k) => k * power).find((u) => most / u <= icons * (1 + 1e-9)) as number;
}

// Icons for `part` of `whole`, `unit` for each; what is missing is hollow, and an icon in between is cut.
export function Icons({ shape, part, whole, unit }: { shape: Shape; part: number; whole: number; unit: number }): JSX.Element {
  const n = Math.max(1, Math.ceil(whole / unit - 1e-6));
  const id = useId();
  return (
    <span class="icons" aria-hidden="true">
      {Array.from({ length: n }, (_, i) => {
        const there = Math.min(1, Math.max(0, whole / unit - i));
        const full = Math.min(there, Math.max(0, part / unit - i));
        return (
          <svg key={i} viewBox="0 0 24 24">
            <clipPath id={`${id}w${i}`}>
              <rect width={24 * there} height="24" />
            </clipPath>
            <path class="none" d={SHAPES[shape]} fill="none" stroke="currentColor" stroke-width="1.6" clip-path={`url(#${id}w${i})`} />
            {full > 0.02 && (
              <>
                <clipPath id={`${id}f${i}`}>
                  <rect width={24 * full} height="24" />
                </clipPath>
                <path class="full" d={SHAPES[shape]} fill="currentColor" fill-rule="evenodd" clip-path={`url(#${id}f${i})`} />
              </>
            )}
          </svg>
        );
      })}
    </span>
  );
}

export function Meter({ share }: { share: number }): JSX.Element {
  return (
    <div class="meter" aria-hidden="true">
      <span style={{ width: `${100 * Math.min(1, Math.max(0, share))}%` }} />
    </div>
  );
}
