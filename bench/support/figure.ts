/** One number that a bench found. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: '/s' | 'ms' | 's' | 'us' | 'B' | 'kB' | 'MB' | '%' | 'x';
  /** What it should be; absent for a number that only explains another. */
  readonly aim?: { readonly atLeast: number } | { readonly atMost: number };
}

/** What a bench says: its figures, or why it has none. */
export type Finding =
  | { readonly kind: 'measured'; readonly figures: readonly Figure[]; readonly remarks?: readonly string[] }
  | { readonly kind: 'skipped'; readonly reason: string };

/** `part` of `whole`, in percent. */
export function percent(part: number, whole: number): number {
  return (100 * part) / whole;
}

/** Whether a figure is what it should be; undefined without an aim. */
export function meetsAim({ value, aim }: Figure): boolean | undefined {
  if (aim === undefined) return undefined;
  return 'atLeast' in aim ? value >= aim.atLeast : value <= aim.atMost;
}

/** `value` with three digits that count. */
export function formatValue(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

/** One line for people: `  submits  3,210 /s   (at least 50) ok`. */
export function formatFigure(figure: Figure): string {
  const { name, value, unit, aim } = figure;
  const line = `  ${name.padEnd(58)} ${formatValue(value).padStart(9)} ${unit.padEnd(3)}`;
  if (aim === undefined) return line.trimEnd();
  const words = 'atLeast' in aim ? `at least ${aim.atLeast}` : `at most ${aim.atMost}`;
  return `${line}  ${meetsAim(figure) ? 'met' : 'MISSED'} (${words})`;
}
