export interface ChartPoint {
  /** Seconds since 1970. */
  readonly at: number;
  readonly value: number;
}

/** How much of the drawing is for the curve. */
export interface ChartArea {
  readonly width: number;
  readonly height: number;
}

export interface ChartFrame {
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
  /** Values at which a line is drawn, from low to high. */
  readonly ticks: readonly number[];
}

const mostTicks = 5;
/** Below it a span is none: its tenth would no longer be a number of full precision. */
const leastSpan = 1e-300;

/** The frame in which zero and all of `values` are, its ends at round numbers. */
export function frameOf(values: readonly number[], { from, to }: { from: number; to: number }): ChartFrame {
  const given = values.filter(Number.isFinite);
  const least = Math.min(0, ...given);
  const highest = Math.max(0, ...given);
  const most = highest - least > leastSpan ? highest : least + 1;
  const step = roundStep((most - least) / (mostTicks - 1));
  const low = Math.floor(least / step) * step;
  const count = Math.ceil((most - low) / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => exact(low + index * step));
  return { from, to, low: exact(low), high: ticks.at(-1) ?? 1, ticks };
}

/** The smallest of 1, 2, 5 times a power of ten that is not less than `size`. */
function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const factor = [1, 2, 5, 10].find((each) => each * power >= size * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Without what sums of fractions leave behind: 0.30000000000000004. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}

export function placeOf({ at, value }: ChartPoint, frame: ChartFrame, { width, height }: ChartArea) {
  const x = ((at - frame.from) / (frame.to - frame.from)) * width;
  const y = height - ((value - frame.low) / (frame.high - frame.low)) * height;
  return { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 };
}

/** An SVG path through points in the order of their times. Where more than `gap` seconds lie between two, the line is broken. */
export function pathOf(points: readonly ChartPoint[], frame: ChartFrame, area: ChartArea, gap: number): string {
  return points
    .map((point, index) => {
      const { x, y } = placeOf(point, frame, area);
      const before = points[index - 1];
      const isBegin = !before || point.at - before.at > gap;
      return `${isBegin ? 'M' : 'L'}${x} ${y}`;
    })
    .join('');
}

const periods = [60, 300, 900, 3600, 21_600, 86_400] as const;
const mostPoints = 400;

/** The shortest period by which a span, in seconds, has few enough points to be looked at. */
export function periodOf(span: number): number {
  return periods.find((period) => span / period <= mostPoints) ?? 86_400;
}
