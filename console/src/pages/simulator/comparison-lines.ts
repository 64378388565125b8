/** A curve of one environment: means of steps of equal length, from the beginning. */
export interface ComparedCurve {
  readonly name: string;
  /** Seconds. */
  readonly step: number;
  readonly values: readonly number[];
}

export interface DrawnCurve {
  readonly name: string;
  /** An SVG path. */
  readonly path: string;
  readonly most: number;
}

export interface DrawnComparison {
  readonly curves: readonly DrawnCurve[];
  readonly highest: number;
  /** Seconds from the beginning to the end of the longest. */
  readonly span: number;
}

/** Curves on one scale in `width` × `height`, however long each of their steps is. */
export function drawComparison(curves: readonly ComparedCurve[], width: number, height: number): DrawnComparison {
  const span = Math.max(1, ...curves.map(({ step, values }) => step * values.length));
  const highest = Math.max(1, ...curves.map(({ values }) => mostOf(values)));
  const drawn = curves.map(({ name, step, values }) => {
    const points = values.map((value, index) => {
      const x = ((index + 0.5) * step * width) / span;
      return `${round(x)} ${round(height - (value / highest) * height)}`;
    });
    return { name, path: points.length === 0 ? '' : `M${points.join('L')}`, most: mostOf(values) };
  });
  return { curves: drawn, highest, span };
}

/** Values of several queues, one beside the other. */
export function summed(all: readonly (readonly number[])[]): readonly number[] {
  const length = Math.max(0, ...all.map((each) => each.length));
  return Array.from({ length }, (_, index) => all.reduce((sum, each) => sum + (each[index] ?? 0), 0));
}

function mostOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
