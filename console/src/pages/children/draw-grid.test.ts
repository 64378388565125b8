import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Brush, cellAt, drawGrid, gridOf } from './draw-grid.ts';

test('cells of any array fit into the width, and are found where they are drawn', () => {
  for (const count of [2, 100, 1_000, 10_000]) {
    const grid = gridOf(count, 960);
    assert.ok(grid.cell >= 6 && grid.columns * grid.cell <= 960, `${count}: ${grid.cell}`);
    for (const index of [0, 1, count - 1]) {
      const x = (index % grid.columns) * grid.cell + 1;
      const y = Math.floor(index / grid.columns) * grid.cell + 1;
      assert.equal(cellAt(grid, x, y), index);
      assert.ok(y < grid.height);
    }
  }
});

test('each state has a pattern of its own, and what is not chosen is pale', () => {
  const drawn: string[] = [];
  const brush = {
    canvas: { width: 960, height: 24 },
    globalAlpha: 1,
    clearRect: () => {},
    fillRect: () => drawn.push(`fill ${brush.globalAlpha}`),
    strokeRect: () => drawn.push(`outline ${brush.globalAlpha}`),
    beginPath: () => {},
    moveTo: () => {},
    lineTo: () => {},
    stroke: () => drawn.push(`cross ${brush.globalAlpha}`),
  } as unknown as Brush;
  const look = (code: number, isChosen = true) => {
    drawn.length = 0;
    const chosen = new Set(isChosen ? [0] : []);
    drawGrid(brush, { codes: Uint8Array.of(code), chosen, grid: gridOf(1, 960), colour: 'black' });
    return [...drawn];
  };
  assert.deepEqual(
    [look(5), look(6), look(4), look(2)],
    [['fill 1'], ['outline 1', 'cross 1'], ['outline 1', 'fill 1'], ['outline 1']],
  );
  assert.deepEqual(look(5, false), ['fill 0.2']);
});
