import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { callDaemon } from '../../../src/core/docker-daemon.fixture.ts';
import { registrySkip } from '../../../src/core/registry.fixture.ts';
import { submit } from '../../support/jobs.ts';
import { until, waitForEnd } from '../../support/wait.ts';
import { sdkFlags } from '../inside-job.ts';
import { wholeFile } from '../yard.ts';
import { arrayCases } from './array-cases.ts';
import { attemptCases } from './attempt-cases.ts';
import { type ContainerYard, define, openContainerYard, type Product, productSkips } from './container-yard.ts';
import { daemonCases } from './daemon-cases.ts';
import { openRegistries } from './registries.ts';
import { registryCases } from './registry-cases.ts';
import { restartCases } from './restart-cases.ts';
import { secretCases } from './secret-cases.ts';
import { taskCases } from './task-cases.ts';

const limit = { timeout: 240_000 };
const products: readonly Product[] = ['docker', 'podman'];
/** Cases share the daemon and the server, and end alike however many run. */
const sideBySide = { concurrency: 6 };

const noRegistry = registrySkip();
const directory = mkdtempSync(join(tmpdir(), 'containers-'));
wholeFile.after(() => rmSync(directory, { recursive: true }));
const registries = noRegistry.skip === undefined ? await openRegistries(directory) : undefined;

for (const product of products) {
  describe(`jobs on ${product}`, productSkips[product], async () => {
    if (productSkips[product].skip !== undefined) return;
    const yard = await openContainerYard(
      product,
      [...sdkFlags, '--host-paths', '/usr', ...(registries?.flags ?? [])],
      registries?.insecure,
    );
    // A minute is the shortest that AWS allows: it goes by while the rest is proven.
    const overdue = await submit(
      yard.batch,
      await define(yard, 'sleep 1000', {}, { timeout: { attemptDurationSeconds: 60 } }),
    );

    describe('side by side', sideBySide, () => {
      for (const { name, prove } of [...arrayCases, ...attemptCases, ...taskCases, ...secretCases])
        test(name, limit, () => prove(yard));
      if (!registries) test('images of registries', noRegistry, () => {});
      else for (const { name, prove } of registryCases(registries)) test(name, limit, () => prove(yard));
    });

    for (const { name, prove } of restartCases) test(name, limit, () => prove(yard));

    test('a job that runs for longer than it may is ended, through restarts of the server', limit, async () => {
      const { status, statusReason, container } = await waitForEnd(yard.batch, overdue);
      const reason = 'Job attempt duration exceeded timeout';
      assert.deepEqual([status, statusReason, container?.exitCode], ['FAILED', reason, 137]);
    });

    for (const { name, prove } of daemonCases) test(name, limit, () => prove(yard));

    test('of jobs that have ended nothing is left at the daemon', limit, () => expectNothingLeft(yard));
  });
}

async function expectNothingLeft({ daemon }: ContainerYard): Promise<void> {
  const of = (what: string) => callDaemon(daemon.socket, 'GET', what);
  let left = '';
  await until(
    () => `nothing to be left: ${left}`,
    async () => {
      const containers = JSON.parse(await of('/containers/json?all=1'));
      const { Volumes } = JSON.parse(await of('/volumes'));
      left = JSON.stringify([containers, Volumes ?? []]);
      return left === '[[],[]]';
    },
  );
}
