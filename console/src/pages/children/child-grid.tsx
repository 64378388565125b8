import { type MouseEvent, useEffect, useRef } from 'react';
import { useText } from '../../messages/text-context.tsx';
import { cellAt, drawGrid, gridOf } from './draw-grid.ts';

interface ChildGridProps {
  /** The state of each child. */
  readonly codes: Uint8Array;
  /** The others are pale. */
  readonly chosen: readonly number[];
  readonly label: string;
  readonly onPick: (index: number) => void;
}

const width = 960;

/** All children as one picture: a cell each, with a pattern by its state. The table below it is for keyboards and who does not see it. */
export function ChildGrid({ codes, chosen, label, onPick }: ChildGridProps) {
  const text = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const grid = gridOf(codes.length, width);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !canvas.current) return;
    drawGrid(context, { codes, chosen: new Set(chosen), grid, colour: getComputedStyle(canvas.current).color });
  });
  const pick = ({ nativeEvent: { offsetX, offsetY } }: MouseEvent) => {
    const element = canvas.current;
    if (!element) return;
    // The picture is as wide as there is room.
    const scale = width / element.clientWidth;
    const index = cellAt(grid, offsetX * scale, offsetY * scale);
    if (index < codes.length) onPick(index);
  };
  return (
    <canvas
      ref={canvas}
      className="child-grid"
      role="img"
      aria-label={text('children.grid', { summary: label })}
      width={width}
      height={grid.height}
      onClick={pick}
    />
  );
}
