import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDefinition } from '../../../../src/asl/index.ts';
import { Host, type HostOptions, type Run } from '../../../../test/asl/host.ts';
import { definitions, inputs, moody } from '../../../../test/asl/random-executions.ts';
import { times } from '../../../../test/support/effort.ts';
import type { HistoryEvent } from './history-event.ts';
import { readVisits } from './read-visits.ts';
import { summarize, type Visit } from './visit.ts';

const job = 'arn:aws:states:::batch:submitJob.sync';

/** What `watch` is told after every step of an execution: the history so far, and the states that its flows are in. */
interface Moment {
  readonly history: readonly HistoryEvent[];
  readonly inside: readonly string[];
  readonly status: string | undefined;
}

async function run(
  definition: object,
  input: number[],
  options: HostOptions,
  watch?: (moment: Moment) => void,
): Promise<Run> {
  const { machine, diagnostics } = parseDefinition(JSON.stringify(definition));
  assert.ok(machine, JSON.stringify(diagnostics));
  const history: HistoryEvent[] = [];
  const host = new Host(machine, input, {
    ...options,
    onStep: ({ history: more }, execution) => {
      history.push(...eventsOf(more));
      const inside = [...execution.frames()].flatMap((frame) =>
        frame.kind === 'flow' && frame.enteredEvent > 0 ? [frame.state] : [],
      );
      watch?.({ history, inside, status: execution.header?.status });
    },
  });
  return await host.run();
}

/** As they come over the wire. */
function eventsOf(history: Run['history']): readonly HistoryEvent[] {
  return history as unknown as readonly HistoryEvent[];
}

const statuses = ({ history }: Run) =>
  Object.fromEntries([...summarize(readVisits(eventsOf(history)))].map(([name, { status }]) => [name, status]));

const task = (more: object) => ({ Type: 'Task', Resource: job, ...more });

test('a state that fails and is caught is told from one that fails, and from what was stopped by it', async () => {
  const definition = {
    StartAt: 'First',
    States: {
      First: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Both' }], Next: 'Both' }),
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Fails', States: { Fails: task({ End: true }) } },
          { StartAt: 'Waits', States: { Waits: { Type: 'Wait', Seconds: 600, End: true } } },
        ],
        End: true,
      },
    },
  };
  const ran = await run(definition, [], {
    tasks: {
      First: [{ error: 'Early', cause: 'so' }],
      Fails: [{ error: 'Late', after: 1 }],
    },
  });
  assert.deepEqual(statuses(ran), { First: 'caught', Both: 'failed', Fails: 'failed', Waits: 'stopped' });
  const [first] = readVisits(eventsOf(ran.history));
  assert.deepEqual([first?.error, first?.cause], ['Early', 'so']);
});

test('tries are counted, and iterations told apart; the worst one is the state', async () => {
  const retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }];
  const body = { StartAt: 'Each', States: { Each: task({ Retry: retry, End: true }) } };
  const definition = { StartAt: 'All', States: { All: { Type: 'Map', ItemProcessor: body, End: true } } };
  const ran = await run(definition, [1, 2], {
    tasks: { Each: [{ output: 1, submitted: { JobId: 'j-1' } }, { error: 'E' }, { error: 'E' }] },
  });
  const visits = readVisits(eventsOf(ran.history));
  assert.deepEqual(
    visits.map(({ name, iteration, tries, status }) => [name, iteration, tries, status]),
    [
      ['All', undefined, 1, 'failed'],
      ['Each', 0, 1, 'succeeded'],
      ['Each', 1, 2, 'failed'],
    ],
  );
  assert.deepEqual(visits[1]?.jobs, ['j-1']);
  assert.deepEqual(summarize(visits).get('Each')?.counts, { succeeded: 1, failed: 1 });
  assert.equal(statuses(ran).Each, 'failed');
});

test('a redrive goes on inside what failed, without entering it again', async () => {
  const body = {
    StartAt: 'Each',
    States: { Each: task({ Next: 'Then' }), Then: { Type: 'Pass', End: true } },
  };
  const definition = { StartAt: 'All', States: { All: { Type: 'Map', ItemProcessor: body, End: true } } };
  const ran = await run(definition, [1, 2], {
    tasks: { Each: [{ output: 1 }, { error: 'E', after: 1 }, { output: 2 }] },
    events: [{ at: 10, event: { type: 'redrive' } }],
  });
  assert.deepEqual(
    readVisits(eventsOf(ran.history)).map(({ name, iteration, tries, status }) => [name, iteration, tries, status]),
    [
      ['All', undefined, 1, 'succeeded'],
      ['Each', 0, 1, 'succeeded'],
      ['Each', 1, 2, 'succeeded'],
      ['Then', 0, 0, 'succeeded'],
      ['Then', 1, 0, 'succeeded'],
    ],
  );
});

/** Redrives an execution some seconds after each of its bad ends. */
async function redriven(
  play: (events: HostOptions['events']) => Promise<Run>,
  pauses: readonly number[],
): Promise<Run> {
  let events: NonNullable<HostOptions['events']> = [];
  let latest = await play(events);
  for (const pause of pauses) {
    if (latest.outcome?.status === 'SUCCEEDED') break;
    events = [...events, { at: latest.elapsed + pause, event: { type: 'redrive' } }];
    latest = await play(events);
  }
  return latest;
}

/**
 * That a Parallel or Map state around a failure stops its other children, to be tried again, no event tells before it is begun anew:
 * until then they seem to run.
 */
function compareRunning(visits: readonly Visit[], inside: readonly string[]): void {
  const names = visits.filter(({ status }) => status === 'running').map(({ name }) => name);
  const failing = visits.some(
    ({ status, error }) => status === 'failed' || (status === 'running' && error !== undefined),
  );
  const left = [...names];
  for (const name of inside) {
    const at = left.indexOf(name);
    assert.ok(at >= 0, `${name} runs`);
    left.splice(at, 1);
  }
  if (!failing) assert.deepEqual(left, [], 'these do not run');
}

test('of any execution, what runs is what its flows are in, and at its end nothing does', async () => {
  const pauses = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(definitions(), inputs, fc.nat(30), pauses, async (definition, input, seed, redrives) => {
      const watch = ({ history, inside, status }: Moment) => {
        const visits = readVisits(history);
        // A state that a redrive takes up again is told of with its next event only.
        const isRedriven = history.some(({ type }) => type === 'ExecutionRedriven');
        if (status === 'RUNNING' && !isRedriven) compareRunning(visits, inside);
        if (status !== 'RUNNING') assert.ok(visits.every((visit) => visit.status !== 'running'));
      };
      const play = (events: HostOptions['events'] = []) =>
        run(definition, input, { tasks: moody(seed), events }, watch);
      const { history } = await redriven(play, redrives);
      const visits = readVisits(eventsOf(history));
      const ids = (ending: string) => history.filter(({ type }) => type.endsWith(ending)).map(({ id }) => id);
      assert.deepEqual(
        visits.map(({ id }) => id),
        ids('StateEntered'),
      );
      assert.equal(visits.filter(({ exitedAt }) => exitedAt !== undefined).length, ids('StateExited').length);
    }),
    { numRuns: times(100) },
  );
});
