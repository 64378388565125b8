import type { Mutant } from './mutants.fixture.ts';

/** The same of gangs, and of what jobs hold and use. */
export const holdingMutants: readonly Mutant[] = [
  {
    name: 'the attempt of a gang counts as usage beside those of its nodes',
    file: 'jobs/context.ts',
    find: "const isOfNodes = job.kind === 'multiNode' && fact.part === undefined;",
    replace: 'const isOfNodes = false;',
  },
  {
    name: 'what is loaded with its place holds no consumable resources',
    file: 'jobs/loading.ts',
    find: "const places = { kind: 'job-running', ...where, ...seatOf(array),",
    replace:
      "const places = { kind: 'job-running', ...where, ...seatOf(array), request: { ...array.resources, consumables: [] },",
  },
  {
    name: 'the consumable resources of a multi-node job are given back with its main node',
    file: 'jobs/gang.ts',
    find: "if (effect.kind === 'free-capacity' && event.kind !== 'main-refused') context.consume",
    replace: "if (event.kind === 'main-ended') context.consume",
  },
  {
    name: 'a start that was refused consumes',
    file: 'jobs/gang.ts',
    find: " && event.kind !== 'main-refused'",
    replace: '',
  },
  {
    name: 'an attempt that is retried consumes nothing',
    file: 'jobs/context.ts',
    find: "if (fact.attempt && job.kind !== 'multiNode')",
    replace: "if (fact.attempt && fact.to !== 'RUNNABLE' && job.kind !== 'multiNode')",
  },
  {
    name: 'a node counts as usage what all nodes asked for',
    file: 'jobs/usage.ts',
    find: "job.kind === 'multiNode' && node !== undefined ?",
    replace: "job.kind === 'multiNode' && node === -1 ?",
  },
  {
    name: 'a gang ends before its nodes have',
    file: 'lifecycle/multi-node-table.ts',
    find: "if (next.status === 'RUNNING' && othersLive) {",
    replace: "if (next.status === 'RUNNING' && othersLive && at < 0) {",
  },
  {
    name: 'the outcome of a gang is not stored',
    file: 'jobs/gang.ts',
    find: '  context.write(transaction, job, hasMoved);',
    replace: "  if (multiNodePhase(job.state) !== 'ENDING') context.write(transaction, job, hasMoved);",
  },
];
