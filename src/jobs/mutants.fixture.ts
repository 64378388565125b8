/** A mistake that somebody could make, as a change of one place in the code. */
export interface Mutant {
  readonly name: string;
  /** Below `src`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Of what is neither of arrays alone nor of what jobs hold. Each must make some history fail: else the histories do not test what they are there for. */
export const mutants: readonly Mutant[] = [
  {
    name: 'the end of a task frees another place of its array',
    file: 'jobs/leaf-effects.ts',
    find: "kind: 'task-finished', jobId, computeEnvironmentArn, pool, instance, endsAt }",
    replace: "kind: 'task-finished', jobId, computeEnvironmentArn, pool, instance: instance && 'i-1', endsAt }",
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
  {
    name: 'a job that has ended keeps its share busy',
    file: 'jobs/context.ts',
    find: '    this.countShare(transaction, entry, -1);\n',
    replace: '',
  },
  {
    name: 'a job that was loaded makes its share no busier',
    file: 'jobs/loading.ts',
    find: '  if (joined) context.ports.scheduler.apply(joined);\n',
    replace: '',
  },
];
