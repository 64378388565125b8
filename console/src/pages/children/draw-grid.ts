import { childStatuses } from '../../data/child-states.ts';

/** Where cells are: each is a square. */
export interface Grid {
  readonly cell: number;
  readonly columns: number;
  readonly height: number;
}

/** Cells are as large as they may be while the picture is no higher than half its width; never smaller than can be seen. */
export function gridOf(count: number, width: number): Grid {
  const fitting = Math.floor(Math.sqrt((width * width) / 2 / Math.max(1, count)));
  const cell = Math.min(24, Math.max(6, fitting));
  const columns = Math.floor(width / cell);
  return { cell, columns, height: Math.max(1, Math.ceil(count / columns)) * cell };
}

/** The index of the cell there; may be beyond the last. */
export function cellAt({ cell, columns }: Grid, x: number, y: number): number {
  const column = Math.min(columns - 1, Math.max(0, Math.floor(x / cell)));
  return Math.max(0, Math.floor(y / cell)) * columns + column;
}

interface Drawn {
  readonly codes: Uint8Array;
  readonly chosen: ReadonlySet<number>;
  readonly grid: Grid;
  /** That of the text around it. */
  readonly colour: string;
}

type DrawsRectangle = (x: number, y: number, width: number, height: number) => void;

/** The little that is asked of a canvas. */
export interface Brush {
  readonly canvas: { readonly width: number; readonly height: number };
  globalAlpha: number;
  readonly clearRect: DrawsRectangle;
  readonly fillRect: DrawsRectangle;
  readonly strokeRect: DrawsRectangle;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  stroke(): void;
}

/** Full: succeeded. Crossed: failed. Half full: it runs or starts. An outline: it waits. No colour says what a pattern does not. */
export function drawGrid(brush: Brush, { codes, chosen, grid: { cell, columns }, colour }: Drawn): void {
  brush.clearRect(0, 0, brush.canvas.width, brush.canvas.height);
  Object.assign(brush, { fillStyle: colour, strokeStyle: colour, lineWidth: 1 });
  const size = cell - 2;
  for (const [index, code] of codes.entries()) {
    const [x, y] = [(index % columns) * cell + 1, Math.floor(index / columns) * cell + 1];
    brush.globalAlpha = chosen.has(index) ? 1 : 0.2;
    const status = childStatuses[code];
    if (status === 'SUCCEEDED') brush.fillRect(x, y, size, size);
    else brush.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
    if (status === 'RUNNING' || status === 'STARTING') brush.fillRect(x, y + size / 2, size, size / 2);
    if (status === 'FAILED') cross(brush, x, y, size);
  }
  brush.globalAlpha = 1;
}

function cross(brush: Brush, x: number, y: number, size: number): void {
  brush.beginPath();
  brush.moveTo(x, y);
  brush.lineTo(x + size, y + size);
  brush.moveTo(x + size, y);
  brush.lineTo(x, y + size);
  brush.stroke();
}
