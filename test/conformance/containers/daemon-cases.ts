import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { submit } from '../../support/jobs.ts';
import { describeJob, until, waitForEnd, waitForStatus } from '../../support/wait.ts';
import { linesOfJob } from '../yard.ts';
import { type ContainerCase, define, explained, mounted, sharedPath } from './container-yard.ts';

/** These take the daemon away: no other case runs beside them, or after them what it had begun. */
export const daemonCases: readonly ContainerCase[] = [
  {
    name: 'while the daemon is gone a server starts and serves, jobs wait RUNNABLE and say why, and those that ran are known or lost',
    async prove(yard) {
      const { batch, logs, daemon, server, product } = yard;
      const at = (name: string) => sharedPath(yard, `gone-${name}`);
      // Its second attempt, if there is one, is told what the first is not.
      const script = `echo $AWS_BATCH_JOB_ATTEMPT; >${at('up')}; until [ -e ${at('go')} ]; do sleep 0.05; done`;
      const retryStrategy = { attempts: 2 };
      const running = await submit(batch, await define(yard, script, mounted(server.shared), { retryStrategy }));
      // A Podman that is killed while it starts a container loses it.
      await waitForStatus(batch, running, 'RUNNING');
      await until('the job to run', () => existsSync(at('up')));
      await daemon.kill();
      await server.stop();
      await server.restart();
      const waiting = await submit(batch, await define(yard, 'echo ran'));
      const why = /the container daemon at \S+ does not answer/;
      await until('the reason', async () => why.test(await explained(yard, waiting)));
      assert.equal((await describeJob(batch, waiting)).status, 'RUNNABLE');
      await daemon.start();
      const ran = await waitForEnd(batch, waiting);
      assert.deepEqual([ran.status, await linesOfJob(logs, ran)], ['SUCCEEDED', ['ran']], ran.statusReason ?? '');
      writeFileSync(at('go'), '');
      const job = await waitForEnd(batch, running);
      const ends = job.attempts?.map(({ statusReason, container }) => [statusReason ?? '', container?.exitCode]) ?? [];
      assert.equal(job.status, 'SUCCEEDED', JSON.stringify(ends));
      // Docker takes its containers along.
      if (product === 'docker') assert.match(ends.shift()?.join() ?? '', /^Host EC2 \(instance i-\w+\) terminated\.,$/);
      assert.deepEqual(ends, [['Essential container in task exited', 0]]);
    },
  },
];
