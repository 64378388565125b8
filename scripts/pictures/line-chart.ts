/** Some amounts over time, in steps that are all alike. */
export interface LineChart {
  readonly title: string;
  /** Of the whole, in hours. */
  readonly hours: number;
  readonly most: number;
  readonly unit: string;
  readonly lines: readonly { readonly name: string; readonly colour: string; readonly values: readonly number[] }[];
}

const plot = { left: 44, top: 34, width: 560, height: 200 };
const size = { width: 760, height: 280 };
const marks = 5;

/** Draws lines into an SVG that needs nothing else, the same bytes each time. */
export function svgOf({ title, hours, most, unit, lines }: LineChart): string {
  const y = (value: number) => rounded(plot.top + plot.height * (1 - value / most));
  const x = (hour: number) => rounded(plot.left + (plot.width * hour) / hours);
  const parts = [
    text(plot.left, 20, title, 'font-weight="bold"'),
    ...Array.from({ length: marks + 1 }, (_, at) => (most * at) / marks).flatMap((value) => [
      `<path d="M${plot.left} ${y(value)}h${plot.width}" stroke="#d5dbdb"/>`,
      text(plot.left - 6, y(value) + 4, String(rounded(value)), 'text-anchor="end"'),
    ]),
    ...Array.from({ length: hours + 1 }, (_, hour) =>
      text(x(hour), plot.top + plot.height + 18, String(hour), 'text-anchor="middle"'),
    ),
    text(plot.left, plot.top + plot.height + 36, `hours; above: ${unit}`, ''),
    ...lines.map(({ colour, values }) => {
      const points = values.map((value, at) => `${x(((at + 0.5) * hours) / values.length)},${y(value)}`);
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`;
    }),
    ...lines.map(({ name, colour, values }) =>
      text(plot.left + plot.width + 8, y(values.at(-1) ?? 0) + 4, name, `fill="${colour}"`),
    ),
  ];
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12">`;
  return [
    head,
    `<title>${escaped(title)}</title>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function text(x: number, y: number, words: string, style: string): string {
  return `<text x="${rounded(x)}" y="${rounded(y)}" ${style}>${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
