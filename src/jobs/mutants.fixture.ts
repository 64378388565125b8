/** A mistake that somebody could make, as a change of one place in the code. */
export interface Mutant {
  readonly name: string;
  /** Below `src`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

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

/** Each must make some history fail: else the histories do not test what they are there for. */
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
    name: 'a child that is retried keeps its place, and what it holds',
    file: 'jobs/leaf-effects.ts',
    find: 'if (before) freePlace(context, transaction, element, before);',
    replace: 'if (before && element !== id) freePlace(context, transaction, element, before);',
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
    name: 'a recheck counts anew, and what was told meanwhile is subtracted twice',
    file: 'jobs/working.ts',
    find: 'let units = releaseChildren(context, transaction, entry);',
    replace: countAnew,
  },
  {
    name: 'a child is retried after its array was cancelled',
    file: 'lifecycle/leaf-transitions.ts',
    find: 'return retry && !ownerStop ?',
    replace: 'return retry ?',
  },
  {
    name: 'only the next sibling falls, not all later ones',
    file: 'jobs/working.ts',
    find: 'const tail: Run = [firstFailed + 1, children.size - 1];',
    replace: 'const tail: Run = [firstFailed + 1, Math.min(firstFailed + 1, children.size - 1)];',
  },
  {
    name: 'a gang ends before its nodes have',
    file: 'lifecycle/multi-node-table.ts',
    find: "if (next.status === 'RUNNING' && othersLive) {",
    replace: "if (next.status === 'RUNNING' && othersLive && at < 0) {",
  },
  {
    name: 'a release of children is not stored',
    file: 'jobs/array.ts',
    find: '  touchChildren(context, transaction, array);\n  const isQueued',
    replace: '  context.touch(transaction, array);\n  const isQueued',
  },
  {
    name: 'bits are not written with a child’s transition',
    file: 'jobs/array.ts',
    find: 'if (changes) touchChildren(context, transaction, array);',
    replace: 'if (changes) context.touch(transaction, array);',
  },
  {
    name: 'the outcome of a gang is not stored',
    file: 'jobs/gang.ts',
    find: '  context.write(transaction, job, hasMoved);',
    replace: "  if (multiNodePhase(job.state) !== 'ENDING') context.write(transaction, job, hasMoved);",
  },
  {
    name: 'a range is written over a child that has a row',
    file: 'jobs/array.ts',
    find: 'else if (code === childCode.runnable) moved.runnable.add(index);',
    replace: 'else if (code === childCode.runnable || code === childCode.runnableAgain) moved.runnable.add(index);',
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
    name: 'N_TO_N is a plain dependency',
    file: 'jobs/submission.ts',
    find: "return entry.kind === 'array' && dependency.type === 'N_TO_N' && dependency.index === undefined;",
    replace: "return entry.kind === 'array' && dependency.type === 'N_TO_N' && dependency.index !== undefined;",
  },
  {
    name: 'the hint of the lowest RUNNABLE child is not set back by a release',
    file: 'jobs/array.ts',
    find: '  array.firstRunnable = Math.min(array.firstRunnable, runs[0]?.[0] ?? 0);\n',
    replace: '',
  },
  {
    name: 'a child that waits again has no fact',
    file: 'jobs/array.ts',
    find: 'if (before.status === after.status) return;',
    replace: "if (before.status === after.status || after.status === 'RUNNABLE') return;",
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
    name: 'what a decision has taken is taken out of the queue again',
    file: 'jobs/array.ts',
    find: 'dequeue(context, transaction, array.jobId, count - taken);',
    replace: 'dequeue(context, transaction, array.jobId, count);',
  },
  {
    name: 'who was submitted after an end is told of it a second time',
    file: 'jobs/dependency-graph.ts',
    find: '    this.#dependents.delete(on);\n    return dependents;',
    replace: '    return dependents;',
  },
  {
    name: 'the order of a retried child is not kept',
    file: 'jobs/array.ts',
    find: '    const record = { number: array.number, index, state, ...(order === undefined ? {} : { order }) };',
    replace: '    const record = { number: array.number, index, state };',
  },
  {
    name: 'the tasks of a terminated array are not stopped again after a crash, and retried',
    file: 'lifecycle/leaf-transitions.ts',
    find: "const stop = leaf.stop ?? (ownerStop?.kind === 'terminate' ? ownerStop : undefined);",
    replace: 'const { stop } = leaf;',
  },
  {
    name: 'the scheduler is still offered what waits of a stopped array',
    file: 'jobs/array.ts',
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
  {
    name: 'what waits at a place of its own is counted in the element of its array',
    file: 'jobs/array.ts',
    find: '  array.ownWaiting += Number(waitsAlone(child)) - Number(waitsAlone(array.live.get(index)));\n',
    replace: '',
  },
];
