import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../../../core/ids.ts';
import { SystemRandom } from '../../../core/random.ts';
import type { EngineKind, EnginePool } from '../../../engines/index.ts';
import { builtInTypes } from '../../../instance-types/index.ts';
import { Ledger, openMemoryStore, withLead } from '../../../store/index.ts';
import { batchRecords, computeEnvironmentRecords, jobQueueRecords } from '../records.ts';
import { QueueModel } from './queue-model.ts';
import { environment, queue } from './resources.fixture.ts';

const pools = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    vcpus: fc.integer({ min: 1, max: 4 }),
    instance: fc.constantFrom('i-1', 'i-2'),
    isDown: fc.boolean(),
  }),
  { selector: ({ id }) => id, maxLength: 3 },
);
/** Which engine says what; undefined: it has never answered. */
const step = fc.record({
  engine: fc.constantFrom<EngineKind>('mock', 'process'),
  pools: fc.option(pools, { nil: undefined, freq: 6 }),
  problem: fc.option(fc.constant('down'), { nil: undefined, freq: 1 }),
});

function poolOf({
  id,
  vcpus,
  instance,
  isDown,
}: {
  id: string;
  vcpus: number;
  instance: string;
  isDown: boolean;
}): EnginePool {
  const capacity = { vcpus, memoryMiB: 100, gpus: 0 };
  return { id, instance, shrinks: false, capacity, ...(isDown ? { unavailable: 'no room to be had' } : {}) };
}

test('a model that has heard every description, in whatever order, says and plans what one says that hears the last of them', async () => {
  const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
  const ledger = new Ledger({ store, types: batchRecords, onFailed: () => assert.fail('a commit failed') });
  const other = {
    ...environment,
    name: 'other',
    arn: `${environment.arn}-other`,
    engine: 'process',
    pool: 'b',
  } as const;
  const environments = [environment, other];
  ledger.transact((transaction) => {
    for (const record of environments) transaction.put(computeEnvironmentRecords, record);
    const order = environments.map(({ arn }, at) => ({ order: at + 1, computeEnvironment: arn }));
    transaction.put(jobQueueRecords, { ...queue, computeEnvironmentOrder: order });
  });
  const said = new Map<
    EngineKind,
    { readonly pools: EnginePool[] | undefined; readonly problem: string | undefined }
  >();
  const newModel = () =>
    new QueueModel({
      ledger,
      instanceTypes: builtInTypes,
      engineProblem: (kind) => said.get(kind)?.problem,
      enginePools: () =>
        new Map(
          (['mock', 'process'] as const).flatMap((kind) => {
            const known = said.get(kind)?.pools;
            return known ? [[kind, known] as const] : [];
          }),
        ),
      now: () => 0,
      onChange: () => {},
    });
  const enqueue = (model: QueueModel) => {
    for (const [sequence, vcpus] of [2, 1].entries()) {
      const request = { vcpus, memoryMiB: 1, gpus: 0 };
      model.apply({ kind: 'job-queued', jobId: `j${sequence}` as JobId, queueArn: queue.arn, sequence, request });
    }
  };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      said.clear();
      const lived = newModel();
      lived.refresh();
      enqueue(lived);
      for (const { engine, pools: known, problem } of steps) {
        said.set(engine, { pools: known?.map(poolOf), problem });
        lived.refreshEngines();
      }
      const fresh = newModel();
      fresh.refresh();
      enqueue(fresh);
      for (const id of ['j0', 'j1'] as JobId[]) assert.deepEqual(lived.explain(id, 0), fresh.explain(id, 0));
      assert.deepEqual(lived.plan(0, 10).decisions, fresh.plan(0, 10).decisions);
    }),
    { numRuns: 300 },
  );
});
