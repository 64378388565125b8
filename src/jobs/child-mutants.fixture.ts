import type { Mutant } from './mutants.fixture.ts';

const countAnew = `if (entry.openPairs) {
    entry.openPairs.fill(0);
    for (const on of context.graph.pairedWith()) {
      if (!context.graph.pairsOf(on).includes(entry.jobId)) continue;
      const other = context.registry.get(on);
      for (let at = 0; at < entry.children.size; at += 1) {
        const isMet = other?.kind === 'array' && other.children.at(at) === 4;
        if (!isMet) entry.openPairs[at] = (entry.openPairs[at] ?? 0) + 1;
      }
    }
  }
  let units = releaseChildren(context, transaction, entry);`;

/** The same of an array's children on their way: retried, stopped, waiting for others. */
export const childMutants: readonly Mutant[] = [
  {
    name: 'a child that is retried keeps its place, and what it holds',
    file: 'jobs/leaf-effects.ts',
    find: 'if (before) freePlace(context, transaction, element, before, endsAt);',
    replace: 'if (before && element !== id) freePlace(context, transaction, element, before, endsAt);',
  },
  {
    name: 'a recheck counts anew, and what was told meanwhile is subtracted twice',
    file: 'jobs/working.ts',
    find: 'let units = releaseChildren(context, transaction, entry);',
    replace: countAnew,
  },
  {
    name: 'only the next sibling falls, not all later ones',
    file: 'jobs/working.ts',
    find: 'const tail: Run = [firstFailed + 1, children.size - 1];',
    replace: 'const tail: Run = [firstFailed + 1, Math.min(firstFailed + 1, children.size - 1)];',
  },
  {
    name: 'N_TO_N is a plain dependency',
    file: 'jobs/submission.ts',
    find: "return entry.kind === 'array' && dependency.type === 'N_TO_N' && dependency.index === undefined;",
    replace: "return entry.kind === 'array' && dependency.type === 'N_TO_N' && dependency.index !== undefined;",
  },
  {
    name: 'a child is retried after its array was cancelled',
    file: 'lifecycle/leaf-transitions.ts',
    find: 'return retry && !ownerStop ?',
    replace: 'return retry ?',
  },
  {
    name: 'the tasks of a terminated array are not stopped again after a crash, and retried',
    file: 'lifecycle/leaf-transitions.ts',
    find: "const stop = leaf.stop ?? (ownerStop?.kind === 'terminate' ? ownerStop : undefined);",
    replace: 'const { stop } = leaf;',
  },
  {
    name: 'the scheduler is still offered what waits of a stopped array',
    file: 'jobs/array-end.ts',
    find: '  if (step.state.stop && !before.stop) withdraw(context, transaction, array);\n',
    replace: '',
  },
  {
    name: 'what a decision took of a stopped array leaves the scheduler once more with its end',
    file: 'jobs/jobs.ts',
    find: 'if (!job.state.stop) {',
    replace: 'if (job.kind) {',
  },
  {
    name: 'a child that waits again is placed after its array was stopped',
    file: 'jobs/jobs.ts',
    find: 'place.job.state.stop !== undefined',
    replace: 'place.job.state.stop === null',
  },
  {
    name: 'after a crash nobody goes on with the stop of an array',
    file: 'jobs/working.ts',
    find: '  units += stopAgain(context, transaction, entry);\n',
    replace: '',
  },
];
