/** A mistake that somebody could make, as a change of one place in the code. */
export interface Mutant {
  readonly name: string;
  /** Below `src`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Of whatever is not of arrays alone. Each must make some history fail: else the histories do not test what they are there for. */
export const mutants: readonly Mutant[] = [
  {
    name: 'the attempt of a gang counts as usage beside those of its nodes',
    file: 'jobs/context.ts',
    find: "const isOfNodes = job.kind === 'multiNode' && fact.part === undefined;",
    replace: 'const isOfNodes = false;',
  },
  {
    name: 'the end of a task frees another place of its array',
    file: 'jobs/leaf-effects.ts',
    find: "kind: 'task-finished', jobId, computeEnvironmentArn, pool, instance }",
    replace: "kind: 'task-finished', jobId, computeEnvironmentArn, pool, instance: instance && 'i-1' }",
  },
  {
    name: 'what is loaded with its place holds no consumable resources',
    file: 'jobs/loading.ts',
    find: "const places = { kind: 'job-running', queueArn, computeEnvironmentArn, pool, instance, request } as const;",
    replace:
      "const places = { kind: 'job-running', queueArn, computeEnvironmentArn, pool, instance, request: { ...request, consumables: [] } } as const;",
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
  {
    name: 'nothing is rechecked after a load',
    file: 'jobs/jobs.ts',
    find: 'if (unsettled.length > 0) context.work.push(',
    replace: 'if (unsettled.length < 0) context.work.push(',
  },
  {
    name: 'a job that others name is forgotten',
    file: 'jobs/dependency-graph.ts',
    find: 'return this.#names.has(jobId);',
    replace: 'return false;',
  },
  {
    name: 'the store is asked of a job whose end is not yet durable',
    file: 'jobs/registry.ts',
    find: 'return this.#leaving.get(jobId);',
    replace: 'return jobId.length > 0 ? undefined : this.#leaving.get(jobId);',
  },
  {
    name: 'the scheduler hears of what is then refused',
    file: 'jobs/context.ts',
    find: 'transaction.onAccepted(() => this.ports.scheduler.apply(event));',
    replace: 'this.ports.scheduler.apply(event);',
  },
  {
    name: 'a refusal does not put an entry back',
    file: 'jobs/context.ts',
    find: '      restore();\n',
    replace: '',
  },
  {
    name: 'who was submitted after an end is told of it a second time',
    file: 'jobs/dependency-graph.ts',
    find: '    this.#dependents.delete(on);\n    return dependents;',
    replace: '    return dependents;',
  },
];
