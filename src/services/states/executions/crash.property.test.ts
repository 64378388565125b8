import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { performEvaluation } from '../../../asl/evaluate/index.ts';
import type { Json } from '../../../asl/index.ts';
import { ManualClock } from '../../../core/clock.ts';
import type { ServiceError } from '../../../core/errors.ts';
import { silentLogger } from '../../../core/logger.ts';
import { Ledger, openMemoryStore, type Store, withLead } from '../../../store/index.ts';
import type { EndedExecution, Integrations, Runnable, TaskCall, TaskReport } from '../contract.ts';
import { executionArn } from '../names.ts';
import { stateMachineRecords, statesRecords } from '../records.ts';
import { countingRandom, FakeCatalog, machineRecord, scope } from './executions.fixture.ts';
import { createExecutions, type ExecutionService } from './executions.ts';

/** A definition as a tree; states get their names when it is written out. */
type Piece =
  | { readonly kind: 'pass' | 'choice' }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'task'; readonly ends: 'well' | 'after a retry' | 'caught' | 'badly' | 'once mended' }
  | { readonly kind: 'parallel'; readonly branches: readonly (readonly Piece[])[] }
  | {
      readonly kind: 'map';
      readonly mode: 'INLINE' | 'STANDARD' | 'EXPRESS';
      /** What fails piles up until this is exceeded, and a redrive has more to run than may run at once. */
      readonly tolerated: number;
      readonly flow: readonly Piece[];
    };

const { flow: machines } = fc.letrec<{ flow: readonly Piece[]; piece: Piece }>((tie) => ({
  flow: fc.array(tie('piece'), { minLength: 1, maxLength: 3 }),
  piece: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'piece' },
    fc.constantFrom<Piece>({ kind: 'pass' }, { kind: 'choice' }),
    fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 3 }) }),
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('task' as const),
        ends: fc.constantFrom('well', 'well', 'well', 'after a retry', 'caught', 'badly', 'once mended'),
      }) as fc.Arbitrary<Piece>,
    },
    fc.record({
      kind: fc.constant('parallel' as const),
      branches: fc.array(tie('flow'), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('map' as const),
      mode: fc.constantFrom('INLINE', 'STANDARD', 'EXPRESS'),
      tolerated: fc.constantFrom(0, 0, 2),
      flow: tie('flow'),
    }) as fc.Arbitrary<Piece>,
  ),
}));

const resource = 'arn:aws:states:::batch:submitJob';
/** A start that was not durable would be made with another UUID. */
const uuid = 'States.UUID()';
const retry = [{ ErrorEquals: ['E'], IntervalSeconds: 1, MaxAttempts: 1 }];

/** What waits for ever is in the end stopped by the failure of a branch beside it. */
function wholeOf(flow: readonly Piece[]): readonly Piece[] {
  if (!hasKind(flow, (piece) => piece.kind === 'task' && piece.ends === 'once mended')) return flow;
  const failing: readonly Piece[] = [
    { kind: 'wait', seconds: 3 },
    { kind: 'task', ends: 'badly' },
  ];
  return [{ kind: 'parallel', branches: [flow, failing] }];
}

/** Express children have no Maps of their own that are distributed. */
function definitionOf(flow: readonly Piece[]): object {
  let names = 0;
  return write(flow, false);

  function write(pieces: readonly Piece[], isInline: boolean): { StartAt: string; States: object } {
    const states: [string, object][] = [];
    for (const piece of pieces) states.push(...statesOf(piece, isInline));
    const chained = states.map(([name, state], at) => {
      const next = states[at + 1]?.[0];
      return [name, chain(state, next)] as const;
    });
    return { StartAt: states[0]?.[0] ?? '', States: Object.fromEntries(chained) };
  }

  function chain(state: object, next: string | undefined): object {
    if ('Choices' in state)
      return { ...state, Choices: [{ Variable: '$', IsNumeric: true, Next: next }], Default: next };
    const end = next === undefined ? { End: true } : { Next: next };
    return 'Catch' in state
      ? { ...state, ...end, Catch: [{ ErrorEquals: ['States.ALL'], Next: next }] }
      : { ...state, ...end };
  }

  function statesOf(piece: Piece, isInline: boolean): [string, object][] {
    names += 1;
    const number = names;
    const name = `${piece.kind}${number}`;
    const after: [string, object] = [`after${number}`, { Type: 'Pass' }];
    switch (piece.kind) {
      case 'pass':
        return [[name, { Type: 'Pass', Result: number }]];
      case 'choice':
        return [[name, { Type: 'Choice', Choices: [] }], after];
      case 'wait':
        return [[name, { Type: 'Wait', Seconds: piece.seconds }]];
      case 'task': {
        const task = {
          Type: 'Task',
          Resource: resource,
          Parameters: { ends: piece.ends, 'input.$': '$', 'id.$': uuid },
        };
        if (piece.ends === 'after a retry') return [[name, { ...task, Retry: retry }]];
        return piece.ends === 'caught' ? [[name, { ...task, Catch: [] }], after] : [[name, task]];
      }
      case 'parallel':
        return [[name, { Type: 'Parallel', Branches: piece.branches.map((branch) => write(branch, isInline)) }]];
      case 'map': {
        const mode = isInline ? 'INLINE' : piece.mode;
        const config = mode === 'INLINE' ? { Mode: mode } : { Mode: 'DISTRIBUTED', ExecutionType: mode };
        const tolerance = { ToleratedFailureCount: piece.tolerated };
        const processor = { ProcessorConfig: config, ...write(piece.flow, isInline || mode !== 'INLINE') };
        const items: [string, object] = [`items${number}`, { Type: 'Pass', Result: [1, 2, 3] }];
        return [items, [name, { Type: 'Map', MaxConcurrency: 2, ...tolerance, ItemProcessor: processor }]];
      }
    }
  }
}

function hasKind(flow: readonly Piece[], found: (piece: Piece) => boolean): boolean {
  return flow.some((piece) => {
    if (found(piece)) return true;
    if (piece.kind === 'parallel') return piece.branches.some((branch) => hasKind(branch, found));
    return piece.kind === 'map' && hasKind(piece.flow, found);
  });
}

/** What tasks began, over all lives of the host. A key that was begun is not begun again: its report is repeated. */
class World {
  readonly calls = new Map<string, string>();
  /** No task ends badly any more. */
  isMended = false;

  /** One life's way to it; after `death` nothing passes any more. */
  integrations(death: AbortSignal): Integrations {
    return {
      checkArguments: async () => [],
      noteCancel: () => {},
      cancel: () => {},
      reset: () => {},
      start: (call, report) => {
        if (death.aborted) return;
        this.#record(call);
        setImmediate(() => {
          const answer = this.#answer(call);
          if (answer && !death.aborted) report(answer);
        });
      },
    };
  }

  #record(call: TaskCall): void {
    const text = JSON.stringify(call);
    assert.equal(this.calls.get(call.key) ?? text, text, 'one key, two effects');
    this.calls.set(call.key, text);
  }

  /** All failures look alike: which of several comes first is nobody's promise. */
  #answer(call: TaskCall): TaskReport | undefined {
    const { ends, input } = call.arguments as { ends: string; input: Json };
    if (ends === 'once mended' && !this.isMended) return undefined;
    const isFirst = call.task.attempt === 0;
    const fails = ends === 'caught' || (ends === 'badly' && !this.isMended) || (ends === 'after a retry' && isFirst);
    if (fails) return { type: 'taskFailed', error: 'E', cause: 'as told' };
    return { type: 'taskSucceeded', output: { of: call.stateName, got: input } };
  }
}

interface Crash {
  /** Commits that go by before it. */
  readonly after: number;
  /** Whether the commit at which it happens becomes durable. */
  readonly isDurable: boolean;
}

const crashes = fc.array(fc.record({ after: fc.nat(5), isDurable: fc.boolean() }), { maxLength: 12 });

/** Lives through the crashes, and answers how the execution ended. */
class Lives {
  readonly world = new World();
  readonly clock = new ManualClock();
  readonly catalog = new FakeCatalog();
  readonly random = countingRandom();
  readonly errors: unknown[] = [];
  readonly #crashes: Crash[];

  constructor(planned: readonly Crash[]) {
    this.#crashes = [...planned];
  }

  /** Runs it to its end; and if that was bad, once more from what failed, when nothing fails any more. */
  async run(definition: object): Promise<Run> {
    const store = await withLead(openMemoryStore({ random: this.random }));
    const runnable = this.catalog.add('m', definition);
    const arn = executionArn(scope, 'm', 'n');
    const first = await this.#untilEnd(store, arn, (executions) => begin(executions, runnable));
    if (first.end.status === 'SUCCEEDED') return { first: first.end, events: first.events };
    this.world.isMended = true;
    const last = await this.#untilEnd(store, arn, (executions) => executions.redrive(scope, arn, 'token'));
    return { first: first.end, last: last.end, events: last.events };
  }

  /** Whether what was cut off took place, its client does not know: it asks again. */
  async #untilEnd(store: Store, arn: string, ask: (executions: ExecutionService) => Promise<unknown>) {
    for (let isAsked = false; ; ) {
      const life = await this.#begin(store);
      if (!isAsked) {
        await Promise.race([ask(life.executions).catch(ignoreDeath(life)), onAbort(life.death)]);
        await new Promise(setImmediate);
        isAsked = !life.death.aborted;
      }
      const end = isAsked ? await this.#live(life, store, arn) : undefined;
      life.kill();
      if (!end) continue;
      const events = await store.reads.executionHistory({ scope, arn, backwards: false, limit: 100_000 });
      return { end, events };
    }
  }

  async #begin(store: Store): Promise<Life> {
    const death = new AbortController();
    const ledger = new Ledger({
      store: this.#mortal(store, death),
      types: statesRecords,
      onFailed: ({ error }) => this.errors.push(error),
    });
    await ledger.fill([stateMachineRecords.toStored(machineRecord)]);
    const executions = createExecutions({
      ledger,
      facts: { append() {} },
      catalog: this.catalog,
      integrations: this.world.integrations(death.signal),
      clock: this.clock,
      random: this.random,
      evaluations: { evaluate: (evaluation) => performEvaluation(evaluation) },
      logger: { ...silentLogger, error: (details) => this.errors.push(details) },
      onError: (error) => this.errors.push(error),
    });
    const kill = () => {
      death.abort();
      executions.close();
    };
    death.signal.addEventListener('abort', () => executions.close());
    await executions.open(await store.load());
    return { executions, death: death.signal, kill };
  }

  /** The store as one life sees it: once that is over, nothing comes back from it. */
  #mortal(store: Store, death: AbortController): Store {
    const commit: Store['commit'] = (changes) => {
      if (death.signal.aborted) return new Promise(() => {});
      const [next] = this.#crashes;
      if (!next || next.after > 0) {
        if (next) this.#crashes[0] = { ...next, after: next.after - 1 };
        return store.commit(changes);
      }
      this.#crashes.shift();
      if (next.isDurable) void store.commit(changes);
      death.abort();
      return new Promise(() => {});
    };
    return { ...store, commit };
  }

  async #live({ executions, death }: Life, store: Store, arn: string): Promise<EndedExecution | undefined> {
    let end: EndedExecution | undefined;
    executions.onEnded(scope, arn, (outcome) => {
      end = outcome;
    });
    // What it left running is stopped after its end.
    const isOver = () => death.aborted || (end !== undefined && executions.runningCount === 0);
    for (let idle = 0; !isOver(); idle += 1) {
      assert.ok(idle < 500, 'the execution, or a child of it, goes on for ever');
      for (let turn = 0; turn < 5 && !isOver(); turn += 1) {
        await new Promise(setImmediate);
        await store.settled();
      }
      if (!isOver()) this.clock.advance(500);
    }
    return death.aborted ? undefined : end;
  }
}

interface Life {
  readonly executions: ExecutionService;
  readonly death: AbortSignal;
  readonly kill: () => void;
}

interface Run {
  readonly first: EndedExecution;
  readonly last?: EndedExecution;
  readonly events: readonly { readonly id: number }[];
}

async function begin(executions: ExecutionService, runnable: Runnable): Promise<void> {
  try {
    await executions.start(scope, { runnable, name: 'n' });
  } catch (error) {
    assert.equal((error as ServiceError).code, 'ExecutionAlreadyExists');
  }
}

function onAbort(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Nobody hears what a life says after its end. */
function ignoreDeath({ death }: Life): (error: unknown) => void {
  return (error) => {
    if (!death.aborted) throw error;
  };
}

function outcome({ status, output, error, cause }: EndedExecution) {
  return { status, output, error, cause };
}

test('whenever the host is killed, an execution ends as it would have, and no task begins as two things', async () => {
  let killed = 0;
  let redriven = 0;
  await fc.assert(
    fc.asyncProperty(machines, crashes, async (flow, planned) => {
      const definition = definitionOf(wholeOf(flow));
      const calm = new Lives([]);
      const expected = await calm.run(definition);
      const lives = new Lives(planned);
      const found = await lives.run(definition);
      killed += planned.length;
      assert.deepEqual(outcome(found.first), outcome(expected.first));
      assert.deepEqual(found.last && outcome(found.last), expected.last && outcome(expected.last));
      redriven += Number(found.last !== undefined);
      assert.deepEqual([...calm.errors, ...lives.errors], []);
      assert.deepEqual(
        found.events.map(({ id }) => id),
        Array.from(found.events, (_, at) => at + 1),
      );
      const isRepeated = (piece: Piece) => piece.kind === 'map' && piece.mode === 'EXPRESS';
      const isCutShort = (piece: Piece) =>
        piece.kind === 'task' && (piece.ends === 'badly' || piece.ends === 'once mended');
      if (hasKind(flow, isRepeated) || hasKind(flow, isCutShort)) return;
      assert.equal(lives.world.calls.size, calm.world.calls.size);
    }),
    { numRuns: 150 },
  );
  assert.ok(killed > 100 && redriven > 5, `${killed} kills, ${redriven} redrives`);
});
