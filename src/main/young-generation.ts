import { constants, PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import { collector } from './collector.ts';

/** Where V8 puts what is new. Whatever is alive there at a collection is copied, the main thread waiting, and copied again at the next. */
export interface YoungGeneration {
  /** Bytes that it holds, dead ones too. */
  readonly bytes: () => number;
  /** Not while V8 marks what is alive: it would end that first, in one turn of some tenths of a second. */
  readonly collect: () => void;
  readonly watchMarking: () => MarkingWatch;
}

export interface MarkingWatch {
  /** Whether V8 marks what is alive, in pieces between other work. Told two turns of the event loop after it has begun. */
  readonly isUnderWay: () => boolean;
  readonly end: () => void;
}

/** That of this thread. */
export function youngGeneration(): YoungGeneration {
  let collect: NodeJS.GCFunction | undefined;
  return {
    bytes: () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_used_size ?? 0,
    collect: () => {
      collect ??= collector();
      collect({ type: 'minor', execution: 'sync' });
    },
    watchMarking,
  };
}

/** V8 tells of the begin of marking, and of the full collection that ends it. */
function watchMarking(): MarkingWatch {
  const { NODE_PERFORMANCE_GC_INCREMENTAL: begun, NODE_PERFORMANCE_GC_MAJOR: over } = constants;
  let isUnderWay = false;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { detail } = entry as typeof entry & { readonly detail: { readonly kind: number } };
      if (detail.kind === begun || detail.kind === over) isUnderWay = detail.kind === begun;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return { isUnderWay: () => isUnderWay, end: () => observer.disconnect() };
}
