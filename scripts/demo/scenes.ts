import assert from 'node:assert/strict';
import { RegisterJobDefinitionCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import type { Stage } from './stage.ts';

/** A part of the demo: plays real jobs, and throws if anything differs from what Batch promises. */
export interface Scene {
  readonly title: string;
  play(stage: Stage): Promise<void>;
}

export const scenes: readonly Scene[] = [
  {
    title: 'A job: one container definition, one submit, one line in CloudWatch Logs',
    async play(stage) {
      const jobDefinition = await define(stage, 'hello', 'echo "hello from job $AWS_BATCH_JOB_ID"');
      const jobId = await stage.submit({ jobName: 'hello', jobDefinition });
      const [hello] = await stage.watch([jobId]);
      assert.equal(hello?.job.status, 'SUCCEEDED');
      assert.deepEqual(hello.lines, [`hello from job ${jobId}`]);
    },
  },
  {
    title: 'Retries: exit code 75 is tried again, any other is not',
    async play(stage) {
      const script = 'echo "attempt $AWS_BATCH_JOB_ATTEMPT"; [ "$AWS_BATCH_JOB_ATTEMPT" -ge 3 ] || exit 75';
      const retryStrategy = {
        attempts: 5,
        evaluateOnExit: [
          { onExitCode: '75', action: 'RETRY' as const },
          { onExitCode: '*', action: 'EXIT' as const },
        ],
      };
      const jobDefinition = await define(stage, 'flaky', script);
      const [flaky] = await stage.watch([await stage.submit({ jobName: 'flaky', jobDefinition, retryStrategy })]);
      assert.equal(flaky?.job.status, 'SUCCEEDED');
      assert.deepEqual(
        flaky.job.attempts?.map(({ container }) => container?.exitCode),
        [75, 75, 0],
      );
      assert.deepEqual(flaky.lines, ['attempt 1', 'attempt 2', 'attempt 3']);
    },
  },
  {
    title: 'Terminate: the job gets SIGTERM and may clean up',
    async play(stage) {
      const script = 'trap "echo cleaning up; exit 1" TERM; echo working; while :; do sleep 0.05; done';
      const jobId = await stage.submit({ jobName: 'endless', jobDefinition: await define(stage, 'endless', script) });
      const [endless] = await stage.watch([jobId], async (line) => {
        if (line === 'working') await stage.batch.send(new TerminateJobCommand({ jobId, reason: 'Seen enough' }));
      });
      assert.equal(endless?.job.status, 'FAILED');
      assert.equal(endless.job.statusReason, 'Seen enough');
      assert.deepEqual(endless.lines, ['working', 'cleaning up']);
    },
  },
  {
    title: 'Dependencies: report waits until both halves are done',
    async play(stage) {
      const half = await define(stage, 'half', 'sleep 0.2; echo "half done"');
      const report = await define(stage, 'report', 'echo "both halves are done"');
      const halves = [
        await stage.submit({ jobName: 'left', jobDefinition: half }),
        await stage.submit({ jobName: 'right', jobDefinition: half }),
      ];
      const dependsOn = halves.map((jobId) => ({ jobId }));
      const last = await stage.submit({ jobName: 'report', jobDefinition: report, dependsOn });
      const seen = await stage.watch([...halves, last]);
      assert.deepEqual(
        seen.map(({ job }) => job.status),
        ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED'],
      );
      const [left, right, end] = seen.map(({ job }) => job);
      const halvesEnded = Math.max(left?.stoppedAt ?? 0, right?.stoppedAt ?? 0);
      assert.ok((end?.startedAt ?? 0) >= halvesEnded, 'report started before both halves had ended');
    },
  },
];

async function define(stage: Stage, jobDefinitionName: string, script: string): Promise<string> {
  const { jobDefinitionArn = '' } = await stage.batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName,
      type: 'container',
      containerProperties: {
        image: stage.image,
        command: ['sh', '-c', script],
        resourceRequirements: [
          { type: 'VCPU', value: '1' },
          { type: 'MEMORY', value: '64' },
        ],
      },
    }),
  );
  return jobDefinitionArn;
}
