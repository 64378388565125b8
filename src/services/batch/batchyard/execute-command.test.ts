import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId, TaskId } from '../../../core/ids.ts';
import type { Leaf, Placement } from '../../../core/job.ts';
import { commandLimits } from '../commands/limits.ts';
import { benchWithDefinition, job } from '../operations/jobs.fixture.ts';
import type { ExecuteCommandOutput } from './execute-command.ts';

const taskId = '0'.repeat(32) as TaskId;

async function benchWithJob() {
  const bench = await benchWithDefinition();
  const { jobId } = await bench.call<{ jobId: JobId }>('SubmitJob', job);
  const run = () => {
    const placement = { taskId } as Placement;
    bench.yard.move(jobId, (): Leaf => ({ attempts: [], status: 'RUNNING', startedAt: 1, placement }));
  };
  return { ...bench, jobId, run };
}

test('a command is offered to who may run it, and begins with its client, not before', async () => {
  const { call, yard, jobId, run } = await benchWithJob();
  run();
  const offer = await call<ExecuteCommandOutput>('ExecuteCommand', { jobId, command: ['ls'] });
  assert.match(offer.sessionId, /^[0-9a-f]{32}$/);
  assert.ok(offer.token.length > 40);
  assert.deepEqual(yard.entered, []);
});

test('a command is refused in words where it cannot run', async () => {
  const { refusal, jobId, run } = await benchWithJob();
  const command = ['ls'];
  const waits = `Job ${jobId} is RUNNABLE: commands run in jobs that are RUNNING.`;
  assert.equal(await refusal('ExecuteCommand', { jobId, command }), waits);
  assert.equal(await refusal('ExecuteCommand', { jobId: 'nobody', command }), 'Job nobody not found.');
  run();
  assert.equal(await refusal('ExecuteCommand', { jobId, command: [''] }), 'command is no command line');
  assert.equal(await refusal('ExecuteCommand', { jobId, command: ['a\0b'] }), 'command is no command line');
  const long = ['x'.repeat(commandLimits.commandBytes)];
  assert.equal(await refusal('ExecuteCommand', { jobId, command: long }), 'command must have at most 65536 bytes');
});

test('a command needs the permission for its job', async () => {
  const { access, jobId } = await benchWithJob();
  const [asked] = await access('ExecuteCommand', { jobId, command: ['ls'] });
  assert.equal(asked?.action, 'batchyard:ExecuteCommand');
  assert.ok(asked?.resource.endsWith(`:job/${jobId}`));
});
