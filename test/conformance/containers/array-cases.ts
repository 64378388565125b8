import assert from 'node:assert/strict';
import { CancelJobCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { submit } from '../../support/jobs.ts';
import { describeJob, waitForEnd } from '../../support/wait.ts';
import { linesOf } from '../yard.ts';
import { type ContainerCase, type ContainerYard, define, run, waitForLine } from './container-yard.ts';

const script = `echo "$AWS_BATCH_JOB_ARRAY_INDEX of $AWS_BATCH_JOB_ARRAY_SIZE, attempt $AWS_BATCH_JOB_ATTEMPT"
  case $AWS_BATCH_JOB_ARRAY_INDEX in 1) [ $AWS_BATCH_JOB_ATTEMPT = 2 ];; 2) exit 3;; esac`;

export const arrayCases: readonly ContainerCase[] = [
  {
    name: 'children of an array know their index; one succeeds at its second attempt, and one that fails fails the array',
    async prove(yard) {
      const parent = await run(yard, await define(yard, script, {}, { retryStrategy: { attempts: 2 } }), {
        arrayProperties: { size: 3 },
      });
      assert.equal(parent.status, 'FAILED');
      const { SUCCEEDED, FAILED } = parent.arrayProperties?.statusSummary ?? {};
      assert.deepEqual([SUCCEEDED, FAILED], [2, 1]);
      const seen = await Promise.all([0, 1, 2].map((index) => childOf(yard, `${parent.jobId}:${index}`)));
      assert.deepEqual(seen, [
        ['SUCCEEDED', [0, ['0 of 3, attempt 1']]],
        ['SUCCEEDED', [1, ['1 of 3, attempt 1']], [0, ['1 of 3, attempt 2']]],
        ['FAILED', [3, ['2 of 3, attempt 1']], [3, ['2 of 3, attempt 2']]],
      ]);
    },
  },
  {
    name: 'who stops an array stops its children: those that run are told so, those that wait never run',
    async prove(yard) {
      const { batch, logs } = yard;
      const running = await submit(
        batch,
        await define(yard, 'trap "echo told; exit 9" TERM; echo up; while :; do sleep 0.05; done'),
        { arrayProperties: { size: 2 } },
      );
      const children = [`${running}:0`, `${running}:1`];
      for (const child of children) await waitForLine(yard, child, 'up');
      const waiting = await submit(batch, await define(yard, 'true'), {
        arrayProperties: { size: 2 },
        dependsOn: [{ jobId: running }],
      });
      await batch.send(new CancelJobCommand({ jobId: waiting, reason: 'not wanted' }));
      await batch.send(new TerminateJobCommand({ jobId: running, reason: 'enough' }));
      for (const child of children) {
        const { status, statusReason, container } = await waitForEnd(batch, child);
        assert.deepEqual([status, statusReason, container?.exitCode], ['FAILED', 'enough', 9]);
        assert.deepEqual(await linesOf(logs, container?.logStreamName), ['up', 'told']);
      }
      assert.equal((await waitForEnd(batch, running)).status, 'FAILED');
      assert.equal((await waitForEnd(batch, waiting)).status, 'FAILED');
      const { status, container, attempts } = await describeJob(batch, `${waiting}:1`);
      assert.deepEqual([status, container?.exitCode, attempts], ['FAILED', undefined, []]);
    },
  },
];

/** Its status, and of each attempt the exit code and what it wrote. */
async function childOf({ batch, logs }: ContainerYard, id: string) {
  const { status, attempts = [] } = await describeJob(batch, id);
  const ends = attempts.map(
    async ({ container }) => [container?.exitCode, await linesOf(logs, container?.logStreamName)] as const,
  );
  return [status, ...(await Promise.all(ends))];
}
