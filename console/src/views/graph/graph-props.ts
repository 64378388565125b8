import type { GraphLevel } from './level.ts';

export interface GraphProps {
  readonly level: GraphLevel;
  /** What it is called to who cannot see it. */
  readonly label: string;
  readonly selected?: string | undefined;
  /** By pointer, or by Enter on a node that has the focus. */
  readonly onSelect?: (id: string) => void;
  /** In pixels. @default 480 */
  readonly height?: number;
}
