/** A column: its heading, its text for a row, and how to colour that text once it is padded. */
export interface Column<Row> {
  readonly heading: string;
  readonly text: (row: Row) => string;
  readonly style?: (padded: string, row: Row) => string;
  /** Where there is no room for all, columns with this are left out, the lowest first. */
  readonly yields?: number;
  /** The last column stays beside the others, however little room there is. */
  readonly stays?: true;
}

/** The last column has at least so much beside the others, if it needs it, or a line of its own. */
const leastRest = 24;

/**
 * Lines of a table, columns padded to their widest cell. Where a `width` is given and known (not 0), columns that yield are
 * left out, or the texts of the last one, and then of the widest, go beneath their rows, until all fits; what is too long all the
 * same is cut with `…`.
 */
export function formatTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width?: number,
): readonly string[] {
  const measured = columns.map((column) => {
    const texts = rows.map((row) => oneLine(column.text(row)));
    return { column, texts, width: Math.max(column.heading.length, ...texts.map(({ length }) => length)) };
  });
  const { besides, beneath } = layOut(measured, width || Number.POSITIVE_INFINITY);
  const head = line(
    besides.map(({ column }) => column.heading),
    besides,
    width,
  );
  const body = rows.flatMap((row, index) => {
    const texts = besides.map((each) => each.texts[index] ?? '');
    const style = (text: string, at: number) => besides[at]?.column.style?.(text, row) ?? text;
    const under = beneath.map((each) => each.texts[index]).filter(Boolean);
    return [line(texts, besides, width, style), ...under.map((text) => line([`  ${text}`], [], width))];
  });
  return [head, ...body];
}

interface Measured<Row> {
  readonly column: Column<Row>;
  readonly texts: readonly string[];
  readonly width: number;
}

interface Layout<Row> {
  readonly besides: readonly Measured<Row>[];
  readonly beneath: readonly Measured<Row>[];
}

/** The first layout that fits; the narrowest if none does. */
function layOut<Row>(measured: readonly Measured<Row>[], room: number): Layout<Row> {
  const rest = measured.at(-1);
  const narrower = narrowed(measured);
  const whole = narrower.find(
    (besides) => widthOf(besides.slice(0, -1)) + Math.min(leastRest, rest?.width ?? 0) <= room,
  );
  if (whole) return { besides: whole, beneath: [] };
  if (!rest || rest.column.stays) return squeezed(narrower, [], room);
  return squeezed(
    narrower.map((besides) => besides.slice(0, -1)),
    [rest],
    room,
  );
}

/** The first of `layouts` that fits. If not even the last one does, the widest column of that goes beneath as well. */
function squeezed<Row>(
  layouts: readonly (readonly Measured<Row>[])[],
  beneath: readonly Measured<Row>[],
  room: number,
): Layout<Row> {
  // The two spaces behind the last column are not written.
  const fitting = layouts.find((besides) => widthOf(besides) - 2 <= room);
  const fewest = layouts.at(-1) ?? [];
  if (fitting || fewest.length < 2) return { besides: fitting ?? fewest, beneath };
  const widest = fewest.reduce((most, each) => (each.width > most.width ? each : most));
  const without = layouts.map((besides) => besides.filter((each) => each !== widest));
  return squeezed(without, [widest, ...beneath], room);
}

/** All columns, then one fewer each time. */
function narrowed<Row>(measured: readonly Measured<Row>[]): readonly (readonly Measured<Row>[])[] {
  const yielding = measured
    .filter(({ column }) => column.yields !== undefined)
    .sort((a, b) => (a.column.yields ?? 0) - (b.column.yields ?? 0));
  return [0, ...yielding.keys().map((index) => index + 1)].map((count) => {
    const out = yielding.slice(0, count);
    return measured.filter((each) => !out.includes(each));
  });
}

function widthOf(columns: readonly { readonly width: number }[]): number {
  return columns.reduce((sum, { width }) => sum + width + 2, 0);
}

function line(
  texts: readonly string[],
  columns: readonly { readonly width: number }[],
  width: number | undefined,
  style: (text: string, index: number) => string = (text) => text,
): string {
  const padded = texts.map((text, index) =>
    index === texts.length - 1 ? text : `${text.padEnd(columns[index]?.width ?? 0)}  `,
  );
  const room = width || Number.POSITIVE_INFINITY;
  const isCut = padded.join('').trimEnd().length > room;
  let left = isCut ? room - 1 : room;
  const styled = padded.map((text, index) => {
    const shown = text.slice(0, left);
    left -= shown.length;
    return style(shown, index);
  });
  return `${styled.join('').trimEnd()}${isCut ? '…' : ''}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
