import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId, TaskId } from '../../src/core/ids.ts';
import type { Leaf, Placement } from '../../src/core/job.ts';
import { rootContext } from '../../src/core/operation.fixture.ts';
import { MemorySink } from '../../src/gateway/audit.fixture.ts';
import { OperationRegistry } from '../../src/gateway/index.ts';
import { openBench, scope, smallDefinition } from '../../src/services/batch/batch.fixture.ts';

test('the audit has a record of each command that is asked for: of which job, what, and who was refused', async () => {
  const bench = await openBench();
  const sink = new MemorySink();
  const registry = new OperationRegistry([bench.service.batchyard], sink.options);
  await bench.call('RegisterJobDefinition', smallDefinition);
  const { jobId } = await bench.call<{ jobId: JobId }>('SubmitJob', {
    jobName: 'j',
    jobQueue: 'default',
    jobDefinition: 'x',
  });
  const placement = { taskId: '0'.repeat(32) as TaskId } as Placement;
  bench.yard.move(jobId, (): Leaf => ({ attempts: [], status: 'RUNNING', startedAt: 1, placement }));
  const context = rootContext(scope, bench.clock.now());
  const command = ['cat', '/etc/passwd'];
  const offer = await registry.invoke<{ token: string }>('batchyard', 'ExecuteCommand', { jobId, command }, context);
  const unknown = registry.invoke('batchyard', 'ExecuteCommand', { jobId: 'none', command }, context);
  await assert.rejects(unknown, /Job none not found/);
  const seen = sink.records.map(({ operation, parameters, errorCode }) => ({
    ...{ operation, errorCode },
    parameters: { ...parameters },
  }));
  assert.deepEqual(seen, [
    { operation: 'ExecuteCommand', parameters: { jobId, command }, errorCode: undefined },
    { operation: 'ExecuteCommand', parameters: { jobId: 'none', command }, errorCode: 'ClientException' },
  ]);
  // Who reads the record cannot take the session.
  assert.ok(!JSON.stringify(sink.records).includes(offer.token));
});
