import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InvariantViolation } from '../core/errors.ts';
import { isTerminal, type Leaf, type StoredStatus } from '../core/job.ts';
import { advanceLeaf } from './advance-leaf.ts';
import type { Effect, EffectKind } from './effect.ts';
import type { LeafEvent } from './leaf-event.ts';
import { type JobOptions, placementFor, taskId, termsOf } from './lifecycle.fixture.ts';
import { type LeafTerms, type Outcome, pendingLeaf } from './outcome.ts';

/** An event that does not yet know which task it is about: the current one, or the one before. */
type Draft = { readonly event: LeafEvent; readonly stale: boolean };

const at = fc.nat({ max: 1_000_000 });
const anyTask = fc.constant(taskId('?'));
const anyText = fc.constantFrom('', 'Task failed to start', 'Host EC2 (instance i-1) terminated.', 'no');
const container = fc.record(
  { name: fc.constant('default'), stoppedAt: at, exitCode: fc.constantFrom(0, 1, 137), startedAt: at },
  { requiredKeys: ['name', 'stoppedAt'], noNullPrototype: true },
);
/** A record as a store gives it back: with the ordinary prototype. */
function record<Model>(model: { [Key in keyof Model]: fc.Arbitrary<Model[Key]> }) {
  return fc.record(model, { noNullPrototype: true });
}

/** Requests to end the job are rare, else no life would be long. */
const event: fc.Arbitrary<LeafEvent> = fc.oneof(
  { weight: 4, arbitrary: record({ kind: fc.constant('dependencies-met' as const), at }) },
  { weight: 1, arbitrary: record({ kind: fc.constant('dependency-failed' as const), at }) },
  {
    weight: 1,
    arbitrary: record({
      kind: fc.constant('owner-stopped' as const),
      at,
      stop: record({ kind: fc.constantFrom('cancel' as const, 'terminate' as const), reason: fc.constant('all'), at }),
      waitsOutside: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: record({ kind: fc.constant('placed' as const), at, placement: fc.constant(placementFor('?')) }),
  },
  {
    weight: 2,
    arbitrary: record({ kind: fc.constantFrom('start-refused' as const, 'timed-out' as const), at, taskId: anyTask }),
  },
  { weight: 6, arbitrary: record({ kind: fc.constant('started' as const), at, taskId: anyTask }) },
  {
    weight: 4,
    arbitrary: record({
      kind: fc.constant('ended' as const),
      at,
      taskId: anyTask,
      cause: fc.constantFrom('exited' as const, 'stopped' as const, 'failed-to-start' as const, 'lost' as const),
      statusReason: anyText,
      containers: fc.array(container, { maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: record({
      kind: fc.constantFrom('cancel-requested' as const, 'terminate-requested' as const, 'rejected' as const),
      at,
      reason: fc.constant('no'),
    }),
  },
);
const drafts = fc.array(record({ event, stale: fc.boolean() }), { maxLength: 60, size: 'max' });
const rule = record({
  action: fc.constantFrom('RETRY' as const, 'EXIT' as const),
  onExitCode: fc.constantFrom('1', '13*'),
});
const options: fc.Arbitrary<JobOptions> = fc.record(
  {
    attempts: fc.integer({ min: 1, max: 4 }),
    timeoutSeconds: fc.integer({ min: 60, max: 90 }),
    rules: fc.array(rule, { maxLength: 2 }),
  },
  { requiredKeys: ['attempts'], noNullPrototype: true },
);

const legalEdges: Readonly<Record<StoredStatus, readonly StoredStatus[]>> = {
  PENDING: ['RUNNABLE', 'FAILED'],
  RUNNABLE: ['STARTING', 'FAILED'],
  STARTING: ['RUNNING', 'RUNNABLE', 'SUCCEEDED', 'FAILED'],
  RUNNING: ['RUNNABLE', 'SUCCEEDED', 'FAILED'],
  SUCCEEDED: [],
  FAILED: [],
};

/** One accepted event: what it met and what it did. */
interface Step extends Outcome {
  readonly before: Leaf;
  readonly transitioned: boolean;
  readonly terms: LeafTerms;
  readonly event: LeafEvent;
}

/** Gives the events to a job; those that cannot happen in its state are left out, as the world leaves them out. */
function live(jobOptions: JobOptions, events: readonly Draft[]): readonly Step[] {
  const steps: Step[] = [];
  let state = pendingLeaf;
  let terms = termsOf(jobOptions);
  let tasks = 0;
  for (const draft of events) {
    const task = taskId(`t${draft.event.kind === 'placed' ? tasks + 1 : Math.max(0, tasks - (draft.stale ? 1 : 0))}`);
    const filled = fillTask(draft.event, task);
    const result = attempt(() => advanceLeaf(state, filled, terms));
    if (!result) continue;
    // The first stop of an array is the one that its children hear of.
    if (filled.kind === 'owner-stopped') terms = { ...terms, ownerStop: terms.ownerStop ?? filled.stop };
    if (filled.kind === 'placed') tasks += 1;
    steps.push({ ...result, before: state, event: filled, transitioned: result.state.status !== state.status, terms });
    state = result.state;
  }
  return steps;
}

function fillTask(draft: LeafEvent, task: ReturnType<typeof taskId>): LeafEvent {
  if (draft.kind === 'placed') return { ...draft, placement: { ...draft.placement, taskId: task } };
  return 'taskId' in draft ? { ...draft, taskId: task } : draft;
}

function attempt(run: () => Outcome): Outcome | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof InvariantViolation) return undefined;
    throw error;
  }
}

function effectsOf<Kind extends EffectKind>(steps: readonly Step[], kind: Kind) {
  return steps.flatMap(({ effects }) =>
    effects.filter((effect): effect is Extract<Effect, { kind: Kind }> => effect.kind === kind),
  );
}

function check(property: (steps: readonly Step[], options: JobOptions) => void, numRuns = 400): void {
  fc.assert(
    fc.property(options, drafts, (jobOptions, events) => property(live(jobOptions, events), jobOptions)),
    { numRuns },
  );
}

describe('whatever happens to a job', () => {
  it('the generated lives reach every state by every legal edge', () => {
    const edges = new Set<string>();
    check((steps) => {
      for (const { before, state } of steps) edges.add(`${before.status} ${state.status}`);
    }, 1500);
    const legal = Object.entries(legalEdges).flatMap(([from, all]) => all.map((to) => `${from} ${to}`));
    assert.deepEqual(
      legal.filter((edge) => !edges.has(edge)),
      [],
    );
  });

  it('it moves along legal edges only, and never leaves a terminal state', () => {
    check((steps) => {
      for (const { before, state, transitioned } of steps) {
        if (transitioned)
          assert.ok(legalEdges[before.status].includes(state.status), `${before.status} ${state.status}`);
        if (isTerminal(before.status)) assert.equal(state, before);
      }
    });
  });

  it('it never has more attempts than its retry strategy allows', () => {
    check((steps, { attempts }) => {
      for (const { state } of steps) assert.ok(state.attempts.length <= (attempts ?? 1));
    });
  });

  it('once it is to be stopped it never becomes RUNNABLE, SUCCEEDED or STARTING, and the request stays', () => {
    check((steps) => {
      for (const { before, state, transitioned } of steps) {
        if (!before.stop) continue;
        assert.deepEqual(state.stop, before.stop);
        if (transitioned) assert.ok(state.status === 'RUNNING' || state.status === 'FAILED', state.status);
      }
    });
  });

  it('it succeeds only with an attempt whose containers all exited 0', () => {
    check((steps) => {
      const last = steps.at(-1)?.state;
      if (last?.status !== 'SUCCEEDED') return;
      const containers = last.attempts.at(-1)?.containers ?? [];
      assert.ok(containers.length > 0 && containers.every(({ exitCode }) => exitCode === 0));
    });
  });

  it('each task starts once, and is released when its place is freed, and again only when its end is repeated', () => {
    check((steps) => {
      const startedTasks = effectsOf(steps, 'start-task').map((effect) => effect.taskId);
      assert.equal(new Set(startedTasks).size, startedTasks.length);
      const ends = steps.filter(({ effects }) => effects.some(({ kind }) => kind === 'free-capacity'));
      const released = ends.map((step) => effectsOf([step], 'release-task').map((effect) => effect.taskId));
      const open = isPlaced(steps.at(-1)?.state) ? startedTasks.slice(0, -1) : startedTasks;
      assert.deepEqual(released.flat(), open);
      for (const step of steps) {
        if (ends.includes(step)) continue;
        const again = effectsOf([step], 'release-task');
        if (again.length > 0) assert.equal(step.state, step.before);
      }
    });
  });

  it('it waits in its queue exactly while it is RUNNABLE, and holds capacity exactly while it is placed', () => {
    check((steps) => {
      for (const { before, state, effects } of steps) {
        const kinds = effects.map(({ kind }) => kind);
        const entered = before.status !== 'RUNNABLE' && state.status === 'RUNNABLE';
        const cancelled = before.status === 'RUNNABLE' && state.status === 'FAILED';
        assert.equal(kinds.includes('enqueue'), entered);
        assert.equal(kinds.includes('dequeue'), cancelled);
        assert.equal(kinds.includes('free-capacity'), isPlaced(before) && !isPlaced(state));
        assert.equal(kinds.includes('finished'), !isTerminal(before.status) && isTerminal(state.status));
        if (entered && isPlaced(before)) assert.ok(kinds.indexOf('free-capacity') < kinds.indexOf('enqueue'));
      }
    });
  });

  it('a timer is armed exactly while the state has a deadline, and each ends by striking or being disarmed', () => {
    check((steps) => {
      for (const { before, state, effects, event: cause } of steps) {
        const [had, has] = [deadlineOf(before), deadlineOf(state)];
        const armed = effects.filter(({ kind }) => kind === 'arm-timeout').length;
        const disarmed = effects.filter(({ kind }) => kind === 'disarm-timeout').length;
        assert.equal(armed, had === undefined && has !== undefined ? 1 : 0);
        // An array's stop is the array's: the deadline stays in the child's row, and its timer goes with the task's stop.
        const isStopped = cause.kind === 'owner-stopped' && effects.some(({ kind }) => kind === 'stop-task');
        const ends = had !== undefined && (isStopped || (has === undefined && cause.kind !== 'timed-out'));
        assert.equal(disarmed, ends ? 1 : 0);
      }
    });
  });

  it('it is stopped at most once for each task, but for its array’s stop, which a restart repeats', () => {
    check((steps) => {
      const own = steps.filter(({ event: cause }) => cause.kind !== 'owner-stopped');
      const stopped = effectsOf(own, 'stop-task').map((effect) => effect.taskId);
      assert.equal(new Set(stopped).size, stopped.length);
    });
  });

  it('its state survives being stored as JSON', () => {
    check((steps) => {
      for (const { state } of steps) assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
    });
  });

  it('a repeated event changes nothing and calls for nothing new', () => {
    check((steps) => {
      for (const { state, event: cause, effects, terms } of steps) {
        const again = attempt(() => advanceLeaf(state, cause, terms));
        if (!again || again.state === state) continue;
        assert.fail(`${cause.kind} (${effects.map(({ kind }) => kind)}) changed a ${state.status} job when repeated`);
      }
    });
  });
});

function isPlaced(state: Leaf | undefined): boolean {
  return state?.status === 'STARTING' || state?.status === 'RUNNING';
}

function deadlineOf(state: Leaf): number | undefined {
  return state.status === 'RUNNING' ? state.deadline : undefined;
}
