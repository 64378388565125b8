import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LoadedState } from '../store/index.ts';
import { type YoungGeneration, youngGeneration } from './young-generation.ts';

/**
 * What is loaded stays alive, so of a young generation of 32 MB half is to be copied when V8 collects it: a turn of 25 ms. It is
 * emptied as soon as it holds so much, which takes some 5 ms. Copied is as much as without, in more pieces.
 */
const mostBytes = 4 * 2 ** 20;

/** The same, with the garbage of what is read slice by slice collected meanwhile. */
export function collectedWhileRead(loaded: LoadedState, young: YoungGeneration = youngGeneration()): LoadedState {
  const { jobs, executions } = loaded;
  return { ...loaded, jobs: collectedSlices(jobs, young), executions: collectedSlices(executions, young) };
}

/** The slices; whenever the young generation holds much after one of them, it is collected in a turn of its own. */
async function* collectedSlices<Slice>(slices: AsyncIterable<Slice>, young: YoungGeneration): AsyncGenerator<Slice> {
  const marking = young.watchMarking();
  try {
    for await (const slice of slices) {
      yield slice;
      if (young.bytes() < mostBytes) continue;
      await nextTurn();
      await nextTurn(); // what is heard of marking is two turns old
      if (marking.isUnderWay()) continue;
      young.collect();
      await nextTurn();
    }
  } finally {
    marking.end();
  }
}
