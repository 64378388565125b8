import assert from 'node:assert/strict';
import { CommitFailed } from '../../core/errors.ts';
import type { Change, ExecutionListQuery, StoredEvent, StoredExecution } from '../contract.ts';
import type { ExecutionRecord, ExecutionState, MapRunRecord } from '../records.ts';
import { type StoreHome, storeTest } from './home.ts';
import { ireland, virginia } from './samples.ts';

export const machineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:m';

export function executionArn(number: number): string {
  return `arn:aws:states:us-east-1:123456789012:execution:m:e-${number}`;
}

/** Execution `number`, started at 1,000 ms times its number. */
export function execution(number: number, given: Partial<ExecutionRecord> = {}): ExecutionRecord {
  return {
    ...virginia,
    formatVersion: 1,
    arn: executionArn(number),
    name: `e-${number}`,
    stateMachineArn: machineArn,
    revisionId: 'r-1',
    kind: 'STANDARD',
    input: `{"number":${number}, "text":"é"}`,
    startedAt: number * 1_000,
    ...given,
  };
}

export function executionState(
  status: ExecutionState['status'] = 'RUNNING',
  given: Partial<ExecutionState> = {},
): ExecutionState {
  const ended = status === 'RUNNING' ? {} : { stoppedAt: 9_000 };
  return { status, redriveCount: 0, header: { v: 1, status, pending: [] }, ...ended, ...given };
}

export function insertExecution(record: ExecutionRecord, state = executionState()): Change {
  return { kind: 'execution.insert', record, state };
}

export function updateExecution(number: number, state: ExecutionState): Change {
  return { kind: 'execution.update', scope: virginia, arn: executionArn(number), state };
}

export function putFrame(number: number, id: string, value: unknown = 1): Change {
  return { kind: 'frame.put', scope: virginia, arn: executionArn(number), frame: { id, value } as { id: string } };
}

export function deleteFrame(number: number, id: string): Change {
  return { kind: 'frame.delete', scope: virginia, arn: executionArn(number), id };
}

export function appendHistory(number: number, first: number, count: number, text = ''): Change {
  const events = Array.from({ length: count }, (_, at) => ({ id: first + at, text }) as StoredEvent);
  return { kind: 'history.append', scope: virginia, arn: executionArn(number), events };
}

export function mapRun(number: number, run: string, given: Partial<MapRunRecord> = {}): MapRunRecord {
  const none = { succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };
  return {
    ...virginia,
    formatVersion: 1,
    arn: `arn:aws:states:us-east-1:123456789012:mapRun:m/label:${run}`,
    executionArn: executionArn(number),
    stateMachineArn: machineArn,
    frame: '0/1.0',
    status: 'RUNNING',
    startedAt: 1,
    redriveCount: 0,
    maxConcurrency: 0,
    toleratedFailureCount: 0,
    toleratedFailurePercentage: 0,
    counts: {
      ...{ totalItems: 0, takenItems: 0, launched: 0, running: 0, items: none, executions: none },
      pendingRedrive: { items: none, executions: none },
      notRedrivable: { items: 0, executions: 0 },
    },
    ...given,
  };
}

const scope = virginia;
const failed = (error: unknown) => error instanceof CommitFailed && error.reason === 'failed';

export function executionTests(home: () => Promise<StoreHome>): void {
  storeTest('an execution comes back whole, as it was last updated', home, async (store) => {
    const record = execution(1, {
      stateMachineVersionArn: `${machineArn}:1`,
      stateMachineAliasArn: `${machineArn}:live`,
      mapRunArn: 'run',
      parent: { executionArn: 'parent', frame: '0/1.0/0', state: 'Each', index: 0, item: [null, 'ä'] },
    });
    await store.commit([insertExecution(record, { status: 'RUNNING', redriveCount: 0, launch: 'seed' })]);
    const first: StoredExecution = {
      position: 1,
      record,
      state: { status: 'RUNNING', redriveCount: 0, launch: 'seed' },
    };
    assert.deepEqual(await store.reads.execution(scope, record.arn), first);
    const ended = executionState('FAILED', { redriveCount: 2, redrivenAt: 4_000, launch: 'other' });
    await store.commit([updateExecution(1, ended)]);
    assert.deepEqual(await store.reads.execution(scope, record.arn), { ...first, state: ended });
    assert.equal(await store.reads.execution(ireland, record.arn), undefined);
    assert.equal(await store.reads.execution(scope, executionArn(2)), undefined);
  });

  storeTest('the name of an execution is taken once, and what is not there cannot be changed', home, async (store) => {
    await store.commit([insertExecution(execution(1))]);
    const impossible = [
      insertExecution(execution(1)),
      updateExecution(2, executionState()),
      putFrame(2, '0'),
      deleteFrame(2, '0'),
      appendHistory(2, 1, 1),
      { kind: 'mapRun.put', record: mapRun(2, 'a') } as const,
    ];
    for (const change of impossible) {
      await assert.rejects(store.commit([change]), failed, change.kind);
      store.resume();
    }
  });

  storeTest('load brings the executions that run, with their frames, oldest first', home, async (store) => {
    const many = Array.from({ length: 450 }, (_, at) => at + 1);
    await store.commit(many.map((number) => insertExecution(execution(number, number % 2 ? {} : { ...ireland }))));
    await store.commit([
      putFrame(1, '0'),
      putFrame(1, '0/1.0', { deep: ['é'] }),
      updateExecution(3, executionState('FAILED')),
    ]);
    const loaded = (await Array.fromAsync((await store.load()).executions)).flat();
    assert.deepEqual(
      loaded.map(({ position }) => position),
      many.filter((number) => number !== 3),
    );
    assert.deepEqual(loaded[0]?.frames, [
      { id: '0', value: 1 },
      { id: '0/1.0', value: { deep: ['é'] } },
    ]);
    assert.deepEqual(loaded[1], {
      position: 2,
      record: execution(2, { ...ireland }),
      state: executionState(),
      frames: [],
    });
  });

  storeTest('deleting an execution deletes all that belongs to it', home, async (store) => {
    // More than a driver holds in one piece, so that deleting while it goes through them would leave some.
    const numbers = Array.from({ length: 1_500 }, (_, at) => at + 1);
    await store.commit([
      insertExecution(execution(1)),
      ...numbers.flatMap((number) => [putFrame(1, `f-${number}`), appendHistory(1, number, 1)]),
      ...numbers.map((number): Change => ({ kind: 'mapRun.put', record: mapRun(1, `${number}`) })),
    ]);
    assert.equal(await store.reads.hasExecutionOf('r-1'), true);
    await store.commit([{ kind: 'execution.delete', scope, arn: executionArn(1) }]);
    assert.equal(await store.reads.hasExecutionOf('r-1'), false);
    assert.equal(await store.reads.mapRun(scope, mapRun(1, '1').arn), undefined);
    await store.commit([insertExecution(execution(1))]);
    assert.deepEqual(await store.reads.mapRuns({ scope, executionArn: executionArn(1), limit: 10 }), []);
    assert.deepEqual(await store.reads.frames(scope, executionArn(1)), []);
    const history = await store.reads.executionHistory({ scope, arn: executionArn(1), backwards: false, limit: 10 });
    assert.deepEqual(history, []);
  });
}

export function executionSweepTests(home: () => Promise<StoreHome>): void {
  storeTest('the sweeper finds the executions that ended first, of all regions', home, async (store) => {
    const ends = [30, 10, 20, 40];
    await store.commit(
      ends.map((stoppedAt, at) => {
        const record = execution(at + 1, at === 2 ? { ...ireland } : {});
        return insertExecution(record, executionState('SUCCEEDED', { stoppedAt }));
      }),
    );
    const found = await store.reads.finishedExecutions({ stoppedBefore: 40, limit: 2 });
    assert.deepEqual(
      found.map(({ record }) => record.name),
      ['e-2', 'e-3'],
    );
    assert.equal('input' in (found[0]?.record ?? {}), false);
  });

  storeTest('more frames than fit in one slice all come back, in order', home, async (store) => {
    const ids = Array.from({ length: 1_500 }, (_, at) => `0/1.0/${String(at).padStart(4, '0')}`);
    await store.commit([insertExecution(execution(1)), ...ids.map((id) => putFrame(1, id))]);
    const frames = await store.reads.frames(scope, executionArn(1));
    assert.deepEqual(
      frames.map(({ id }) => id),
      ids,
    );
  });

  storeTest('deleting a frame deletes those below it and no others', home, async (store) => {
    const ids = ['0', '0/1.0', '0/1.0/0', '0/1.0/0/2.0', '0/1.01', '0/10.0', '0/2.0'];
    await store.commit([insertExecution(execution(1)), ...ids.map((id) => putFrame(1, id))]);
    await store.commit([deleteFrame(1, '0/1.0'), putFrame(1, '0/1.0/1'), putFrame(1, '0', 2)]);
    const frames = await store.reads.frames(scope, executionArn(1));
    assert.deepEqual(
      frames.map(({ id }) => id),
      ['0', '0/1.0/1', '0/1.01', '0/10.0', '0/2.0'],
    );
    assert.deepEqual(frames[0], { id: '0', value: 2 });
  });
}

export function executionListTests(home: () => Promise<StoreHome>): void {
  storeTest('lists are of one machine, version, alias or map run, newest first, in pages', home, async (store) => {
    const stateMachineVersionArn = `${machineArn}:1`;
    const stateMachineAliasArn = `${machineArn}:live`;
    await store.commit([
      insertExecution(execution(1)),
      insertExecution(execution(2, { stateMachineVersionArn }), executionState('FAILED')),
      insertExecution(execution(3, { stateMachineVersionArn, stateMachineAliasArn })),
      insertExecution(execution(4, { stateMachineArn: `${machineArn}/label`, mapRunArn: 'run' })),
      insertExecution(execution(5), executionState('FAILED', { redriveCount: 1, redrivenAt: 5 })),
    ]);
    const list = async (query: Partial<ExecutionListQuery>) => {
      const found = await store.reads.listExecutions({
        scope,
        of: 'stateMachine',
        arn: machineArn,
        limit: 10,
        ...query,
      });
      return found.map(({ record }) => record.name);
    };
    assert.deepEqual(await list({}), ['e-5', 'e-3', 'e-2', 'e-1']);
    assert.deepEqual(await list({ limit: 2 }), ['e-5', 'e-3']);
    assert.deepEqual(await list({ limit: 2, after: 3 }), ['e-2', 'e-1']);
    assert.deepEqual(await list({ statuses: ['FAILED'] }), ['e-5', 'e-2']);
    assert.deepEqual(await list({ statuses: ['FAILED'], redriven: false }), ['e-2']);
    assert.deepEqual(await list({ statuses: ['FAILED', 'RUNNING'], limit: 3 }), ['e-5', 'e-3', 'e-2']);
    assert.deepEqual(await list({ redriven: true }), ['e-5']);
    assert.deepEqual(await list({ of: 'version', arn: stateMachineVersionArn }), ['e-3', 'e-2']);
    assert.deepEqual(await list({ of: 'alias', arn: stateMachineAliasArn }), ['e-3']);
    assert.deepEqual(await list({ of: 'mapRun', arn: 'run' }), ['e-4']);
    assert.deepEqual(await list({ scope: ireland }), []);
  });

  storeTest('a list shows neither input nor header', home, async (store) => {
    const { input: _input, ...record } = execution(1);
    const state = executionState('FAILED', { redriveCount: 1, redrivenAt: 5, launch: 'x' });
    await store.commit([insertExecution(execution(1), state)]);
    const found = await store.reads.listExecutions({ scope, of: 'stateMachine', arn: machineArn, limit: 1 });
    const shown = { status: 'FAILED', stoppedAt: 9_000, redriveCount: 1, redrivenAt: 5 } as const;
    assert.deepEqual(found, [{ position: 1, record, state: shown }]);
  });

  storeTest('map runs are found by ARN, and listed by execution in pages', home, async (store) => {
    await store.commit([insertExecution(execution(1)), insertExecution(execution(2))]);
    const runs = [mapRun(1, 'a'), mapRun(1, 'b'), mapRun(1, 'c'), mapRun(2, 'd')];
    await store.commit(runs.map((record) => ({ kind: 'mapRun.put', record }) as const));
    const ended = mapRun(1, 'b', { status: 'SUCCEEDED', stoppedAt: 7 });
    await store.commit([{ kind: 'mapRun.put', record: ended }]);
    assert.deepEqual(await store.reads.mapRun(scope, ended.arn), ended);
    const [a, , c] = runs;
    const query = { scope, executionArn: executionArn(1), limit: 2 };
    assert.deepEqual(await store.reads.mapRuns(query), [a, ended]);
    assert.deepEqual(await store.reads.mapRuns({ ...query, after: ended.arn }), [c]);
    assert.deepEqual(await store.reads.mapRuns({ ...query, executionArn: executionArn(3) }), []);
    // Names of states have what characters they like: the order is that of code points, whichever driver keeps them.
    const [low, high] = [mapRun(3, '\u{e000}'), mapRun(3, '\u{1f600}')];
    await store.commit([
      insertExecution(execution(3)),
      ...[high, low].map((record) => ({ kind: 'mapRun.put', record }) as const),
    ]);
    const odd = { ...query, executionArn: executionArn(3) };
    assert.deepEqual(await store.reads.mapRuns(odd), [low, high]);
    assert.deepEqual(await store.reads.mapRuns({ ...odd, after: low.arn }), [high]);
    assert.deepEqual(await store.reads.mapRuns({ ...odd, after: high.arn }), []);
  });
}

export function historyTests(home: () => Promise<StoreHome>): void {
  const page = (backwards: boolean, limit: number, from?: number) => ({
    scope,
    arn: executionArn(1),
    backwards,
    limit,
    ...(from === undefined ? {} : { from }),
  });
  const idsOf = (events: readonly StoredEvent[]) => events.map(({ id }) => id);

  storeTest('a history is read both ways, from any event on, whatever rows it is made of', home, async (store) => {
    await store.commit([insertExecution(execution(1))]);
    await store.commit([appendHistory(1, 1, 3), appendHistory(1, 4, 1)]);
    await store.commit([appendHistory(1, 5, 4)]);
    const ids = async (...input: Parameters<typeof page>) => idsOf(await store.reads.executionHistory(page(...input)));
    assert.deepEqual(await ids(false, 100), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(await ids(true, 100), [8, 7, 6, 5, 4, 3, 2, 1]);
    for (let from = 0; from <= 9; from += 1) {
      const after = [from + 1, from + 2].filter((id) => id <= 8);
      const before = [from - 1, from - 2].filter((id) => id >= 1);
      assert.deepEqual(await ids(false, 2, from), after);
      assert.deepEqual(await ids(true, 2, from), before);
    }
  });

  storeTest('a page of large events ends early, and never without an event', home, async (store) => {
    const large = 'x'.repeat(300_000);
    await store.commit([insertExecution(execution(1))]);
    await store.commit(Array.from({ length: 12 }, (_, at) => appendHistory(1, at + 1, 1, large)));
    const seen: number[] = [];
    for (let from = 0; seen.length < 12; from = seen.at(-1) ?? 0) {
      const ids = idsOf(await store.reads.executionHistory(page(false, 1000, from)));
      assert.ok(ids.length > 0 && ids.length < 12, `${ids.length} events`);
      seen.push(...ids);
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 12 }, (_, at) => at + 1),
    );
  });
}
