import type { Mutant } from './mutants.fixture.ts';

/** The same of the bits and rows of an array's children. */
export const arrayMutants: readonly Mutant[] = [
  {
    name: 'a release of children is not stored',
    file: 'jobs/array-moves.ts',
    find: '  touchChildren(context, transaction, array);\n  for (const [first, last] of runs)',
    replace: '  context.touch(transaction, array);\n  for (const [first, last] of runs)',
  },
  {
    name: 'bits are not written with a child’s transition',
    file: 'jobs/array-child.ts',
    find: 'if (changes) touchChildren(context, transaction, array);',
    replace: 'if (changes) context.touch(transaction, array);',
  },
  {
    name: 'a range is written over a child that has a row',
    file: 'jobs/array-moves.ts',
    find: 'else if (code === childCode.runnable) runnable.add(index);',
    replace: 'else if (code === childCode.runnable || code === childCode.runnableAgain) runnable.add(index);',
  },
  {
    name: 'the hint of the lowest RUNNABLE child is not set back by a release',
    file: 'jobs/array-moves.ts',
    find: '  array.firstRunnable = Math.min(array.firstRunnable, runs[0]?.[0] ?? 0);\n',
    replace: '',
  },
  {
    name: 'a child that waits again has no fact',
    file: 'jobs/array-child.ts',
    find: 'if (before.status === after.status) return;',
    replace: "if (before.status === after.status || after.status === 'RUNNABLE') return;",
  },
  {
    name: 'the order of a retried child is not kept',
    file: 'jobs/array-child.ts',
    find: '    const record = { number: array.number, index, state, ...(order === undefined ? {} : { order }) };',
    replace: '    const record = { number: array.number, index, state };',
  },
  {
    name: 'what waits at a place of its own is counted in the element of its array',
    file: 'jobs/array-child.ts',
    find: '  array.ownWaiting += Number(waitsAlone(child)) - Number(waitsAlone(array.live.get(index)));\n',
    replace: '',
  },
];
