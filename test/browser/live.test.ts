import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerShell, submit } from '../support/jobs.ts';
import { until, waitForEnd } from '../support/wait.ts';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole(['--host-vcpus', '2']) : undefined;

test('what happens is on the page without its asking: a job that comes, and its end', needsBrowser, async () => {
  assert.ok(console);
  const definition = await registerShell(console.batch, { name: 'shell', script: 'true', vcpus: 1 });
  await console.visit(async ({ page, open, signIn }) => {
    await page.clock.install();
    await open('/jobs?queue=default&status=SUCCEEDED');
    await signIn();
    await page.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
    await page.clock.pauseAt(Date.now() + 600_000);
    // The time of the page nearly stands still: it asks for nothing by itself.
    const jobId = await submit(console.batch, definition, { jobName: 'arrives' });
    await waitForEnd(console.batch, jobId);
    await until('the job to be on the page', async () => {
      await page.clock.runFor(1);
      return (await page.getByRole('link', { name: 'arrives' }).count()) > 0 || undefined;
    });
  });
});

test(
  'a page outlives a server that is killed: what it shows stays, and goes on when the server is back',
  needsBrowser,
  async () => {
    assert.ok(console);
    const { batch, server } = console;
    const definition = await registerShell(batch, { name: 'shell', script: 'true', vcpus: 1 });
    await console.visit(async ({ page, open, signIn }) => {
      await open('/queues/default');
      await signIn();
      await page.getByRole('button', { name: 'Hold' }).waitFor();
      await server.kill();
      await page.getByRole('heading', { name: 'default' }).waitFor();
      await server.restart();
      await page.getByRole('link', { name: 'Jobs', exact: true }).click();
      await page.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
      await open('/jobs?queue=default&status=SUCCEEDED');
      await waitForEnd(batch, await submit(batch, definition, { jobName: 'afterwards' }));
      await page.getByRole('link', { name: 'afterwards' }).waitFor();
    });
  },
);
