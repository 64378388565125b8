import assert from 'node:assert/strict';
import { TerminateJobCommand } from '@aws-sdk/client-batch';
import { FilterLogEventsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { submit } from '../../support/jobs.ts';
import { waitForEnd } from '../../support/wait.ts';
import { linesOf, linesOfJob } from '../yard.ts';
import { type ContainerCase, define, needs, run, waitForLine } from './container-yard.ts';

/** Docker says why a container was killed that had used up its memory, Podman does not. */
const outOfMemory = 'OutOfMemoryError: Container killed due to memory usage';
const exited = 'Essential container in task exited';

export const attemptCases: readonly ContainerCase[] = [
  {
    name: 'each attempt has its own container, exit code, times and log; the exit code decides whether there is another',
    async prove(yard) {
      const script =
        '[ -e /here ] && echo not mine; touch /here; echo $AWS_BATCH_JOB_ATTEMPT; exit $((AWS_BATCH_JOB_ATTEMPT + 3))';
      const evaluateOnExit = [
        { onExitCode: '4', action: 'RETRY' as const },
        { onExitCode: '*', action: 'EXIT' as const },
      ];
      const definition = await define(yard, script, {}, { retryStrategy: { attempts: 5, evaluateOnExit } });
      const { status, statusReason, attempts = [] } = await run(yard, definition);
      assert.deepEqual([status, statusReason], ['FAILED', exited]);
      assert.deepEqual(
        attempts.map((each) => [each.container?.exitCode, each.statusReason]),
        [4, 5].map((code) => [code, exited]),
      );
      const streams = attempts.map(({ container }) => linesOf(yard.logs, container?.logStreamName));
      assert.deepEqual(await Promise.all(streams), [['1'], ['2']]);
      const times = attempts.flatMap(({ startedAt = 0, stoppedAt = 0 }) => [startedAt, stoppedAt]);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
    },
  },
  {
    name: 'a job that wants more memory than its own is killed',
    async prove(yard) {
      const { status, statusReason, container } = await run(yard, await define(yard, 'tail /dev/zero'));
      assert.deepEqual([status, statusReason, container?.exitCode], ['FAILED', exited, 137]);
      assert.equal(container?.reason, outOfMemory);
    },
  },
  {
    name: 'an image that no registry gives fails each attempt in words, and there is no container',
    async prove(yard) {
      // Nobody listens there.
      const nowhere = { image: '127.0.0.1:9/nothing:1' };
      const retryStrategy = { attempts: 2 };
      const {
        status,
        statusReason,
        attempts = [],
      } = await run(yard, await define(yard, 'true', nowhere, { retryStrategy }));
      assert.deepEqual([status, statusReason, attempts.length], ['FAILED', 'Task failed to start', 2]);
      for (const { container } of attempts) {
        assert.match(
          container?.reason ?? '',
          /^CannotPullContainerError: Error response from daemon: .*127\.0\.0\.1:9/,
        );
        assert.deepEqual([container?.exitCode, container?.logStreamName], [undefined, undefined]);
      }
    },
  },
  {
    name: 'a command that the image does not have fails the attempt in words',
    async prove(yard) {
      const { status, container } = await run(yard, await define(yard, '', { command: ['no-such-program'] }));
      assert.deepEqual([status, container?.exitCode], ['FAILED', undefined]);
      assert.match(
        container?.reason ?? '',
        /^CannotStartContainerError: Error response from daemon: .*no-such-program/s,
      );
    },
  },
  {
    name: 'a job that is terminated is told so, and what it says last is in its log',
    async prove(yard) {
      const { batch, logs } = yard;
      const script = 'trap "echo told; exit 0" TERM; echo up; while :; do sleep 0.05; done';
      const jobId = await submit(batch, await define(yard, script, {}, { retryStrategy: { attempts: 3 } }));
      await waitForLine(yard, jobId, 'up');
      await batch.send(new TerminateJobCommand({ jobId, reason: 'not any more' }));
      const job = await waitForEnd(batch, jobId);
      assert.deepEqual([job.status, job.statusReason, job.container?.exitCode], ['FAILED', 'not any more', 0]);
      assert.equal(job.attempts?.length, 1);
      assert.deepEqual(await linesOfJob(logs, job), ['up', 'told']);
    },
  },
  {
    name: 'all that a job writes is in CloudWatch Logs when it has ended: both streams, in order, page by page',
    async prove(yard) {
      const { logs } = yard;
      const script = 'seq 3000; echo bad >&2; echo "marked end"; printf "not ended"';
      const job = await run(yard, await define(yard, script));
      const lines = await linesOfJob(logs, job);
      const numbers = lines.filter((line) => /^\d+$/.test(line));
      assert.deepEqual(
        numbers,
        Array.from({ length: 3000 }, (_, index) => String(index + 1)),
      );
      // The two streams are read and stamped apart: of what is on the other, nobody can say between what it comes.
      const words = lines.filter((line) => line !== 'bad' && !/^\d+$/.test(line));
      assert.deepEqual([words, lines.length], [['marked end', 'not ended'], 3003]);
      const stream = { logGroupName: '/aws/batch/job', logStreamName: job.container?.logStreamName ?? '' };
      const { events = [] } = await logs.send(new GetLogEventsCommand({ ...stream, limit: 10 }));
      assert.equal(events.findLast(({ message }) => message !== 'bad')?.message, 'not ended');
      const times = events.map(({ timestamp = 0 }) => timestamp);
      const [from = 0, to = 0] = [job.createdAt, job.stoppedAt];
      // Podman stamps whole seconds.
      assert.ok(
        times.every((time) => time >= from - 1000 && time <= to + 1000),
        `${times} between ${from} and ${to}`,
      );
      const filter = { logGroupName: stream.logGroupName, logStreamNames: [stream.logStreamName] };
      const found = await logs.send(new FilterLogEventsCommand({ ...filter, filterPattern: 'marked' }));
      assert.deepEqual(
        found.events?.map(({ message }) => message),
        ['marked end'],
      );
    },
  },
  {
    name: 'memory and the number of CPUs are what was asked for, and the container runs as the user that was',
    async prove(yard) {
      const script = 'id -u; cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null';
      const job = await run(yard, await define(yard, script, { user: '1000', resourceRequirements: needs(48) }));
      assert.deepEqual(await linesOfJob(yard.logs, job), ['1000', String(48 * 1024 ** 2)]);
    },
  },
];
