/** A column: its heading, its text for a row, and how to colour that text once it is padded. */
export interface Column<Row> {
  readonly heading: string;
  readonly text: (row: Row) => string;
  readonly style?: (padded: string, row: Row) => string;
}

/** Lines of a table, columns padded to their widest cell; lines longer than `width` are cut, if given. */
export function formatTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width?: number,
): readonly string[] {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.text(row))));
  const widths = columns.map((column, index) =>
    Math.max(column.heading.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const head = line(
    columns.map(({ heading }) => heading),
    widths,
    width,
  );
  const body = cells.map((texts, rowIndex) => {
    const row = rows[rowIndex];
    const style = (text: string, index: number) => (row && columns[index]?.style?.(text, row)) ?? text;
    return line(texts, widths, width, style);
  });
  return [head, ...body];
}

function line(
  texts: readonly string[],
  widths: readonly number[],
  width: number | undefined,
  style: (text: string, index: number) => string = (text) => text,
): string {
  let room = width ?? Number.POSITIVE_INFINITY;
  const styled = texts.map((text, index) => {
    const last = index === texts.length - 1;
    const padded = (last ? text : `${text.padEnd(widths[index] ?? 0)}  `).slice(0, Math.max(0, room));
    room -= padded.length;
    return style(padded, index);
  });
  return styled.join('').trimEnd();
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
