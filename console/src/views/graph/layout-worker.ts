import type { GraphLevel } from './level.ts';
import { type Placed, placeLevel } from './place.ts';

/** What a page asks the layout's worker: dense graphs take it seconds, in which the page goes on. */
export interface LayoutQuestion {
  readonly level: GraphLevel;
  readonly opened: readonly string[];
  /** Comes back with the answer. */
  readonly id: number;
}

export interface LayoutAnswer {
  readonly id: number;
  readonly placed: Placed;
}

interface WorkerScope {
  onmessage: ((event: MessageEvent<LayoutQuestion>) => void) | null;
  postMessage(answer: LayoutAnswer): void;
}

const scope = globalThis as unknown as WorkerScope;
scope.onmessage = ({ data: { id, level, opened } }) => {
  scope.postMessage({ id, placed: placeLevel(level, new Set(opened)) });
};
