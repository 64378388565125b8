import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { submit } from '../../support/jobs.ts';
import { describeJob, until, waitForEnd } from '../../support/wait.ts';
import { linesOfJob } from '../yard.ts';
import { type ContainerCase, type ContainerYard, define, mounted, sharedPath } from './container-yard.ts';

/** How a server goes. */
const ends: Readonly<Record<string, (yard: ContainerYard) => Promise<unknown>>> = {
  'is stopped': ({ server }) => server.stop(),
  'is killed': ({ server }) => server.kill(),
};

/** These take the server away: no other case runs beside them. */
export const restartCases: readonly ContainerCase[] = Object.entries(ends).map(([how, end], number) => ({
  name: `a server that ${how} and started again finds the jobs that run, and those that ended meanwhile, with all they wrote`,
  async prove(yard) {
    const { batch, logs, server } = yard;
    const at = (name: string) => sharedPath(yard, `${number}-${name}`);
    const wait = (name: string) => `until [ -e ${at(name)} ]; do sleep 0.02; done`;
    const script = (name: string, code: number) =>
      `echo ran >>${at(`${name}-ran`)}; seq 100; >${at(`${name}-up`)}; ${wait(name)}; seq 101 200; >${at(`${name}-done`)}; exit ${code}`;
    const start = async (name: string, code: number) =>
      submit(batch, await define(yard, script(name, code), mounted(server.shared)));
    const [early, late] = [await start('early', 5), await start('late', 6)];
    await until('both to run', () => existsSync(at('early-up')) && existsSync(at('late-up')));
    await end(yard);
    writeFileSync(at('early'), '');
    await until('one to end', () => existsSync(at('early-done')));
    await server.restart();
    assert.match((await describeJob(batch, late)).status ?? '', /^(STARTING|RUNNING)$/);
    writeFileSync(at('late'), '');
    for (const [jobId, name, code] of [
      [early, 'early', 5],
      [late, 'late', 6],
    ] as const) {
      const job = await waitForEnd(batch, jobId);
      assert.deepEqual([job.container?.exitCode, job.attempts?.length], [code, 1], JSON.stringify(job.attempts));
      assert.equal(readFileSync(at(`${name}-ran`), 'utf8'), 'ran\n');
      assert.deepEqual(
        await linesOfJob(logs, job),
        Array.from({ length: 200 }, (_, index) => String(index + 1)),
      );
    }
  },
}));
