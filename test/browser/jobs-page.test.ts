import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerShell, submit } from '../support/jobs.ts';
import { waitForEnd, waitForStatus } from '../support/wait.ts';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole(['--host-vcpus', '2']) : undefined;

test(
  'jobs are searched in the address bar, selected, and terminated together; what failed is told on the dashboard',
  needsBrowser,
  async () => {
    assert.ok(console);
    const { batch } = console;
    const fails = await registerShell(batch, { name: 'fails', script: 'exit 7' });
    await waitForEnd(batch, await submit(batch, fails, { jobName: 'bad' }));
    const long = await registerShell(batch, { name: 'long', script: 'exec sleep 600' });
    const running = [await submit(batch, long, { jobName: 'one' }), await submit(batch, long, { jobName: 'two' })];
    for (const id of running) await waitForStatus(batch, id, 'RUNNING');
    await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
      await open('/');
      await signIn();
      await page.getByText(/One job failed in the last hour/).waitFor();
      await page.getByRole('link', { name: 'exit code 7' }).waitFor();
      await checkAccessibility();
      await page.getByRole('link', { name: 'Jobs', exact: true }).click();
      await page.getByRole('link', { name: 'bad' }).waitFor();
      await page.getByRole('button', { name: 'More to search by' }).click();
      await page.getByLabel('Exit code').fill('7');
      await page.getByLabel('Exit code').press('Enter');
      await page.getByText('batchyard jobs --exit-code 7').waitFor();
      assert.equal(new URL(page.url()).searchParams.get('exit'), '7');
      await page.getByRole('link', { name: 'one' }).waitFor({ state: 'detached' });
      await page.getByRole('cell', { name: /exit code 7/ }).waitFor();
      await checkAccessibility();
      await page.goBack();
      await page.getByRole('checkbox', { name: `Select one ${running[0]}` }).click();
      await page.getByRole('checkbox', { name: `Select two ${running[1]}` }).click();
      await page.getByRole('button', { name: 'Terminate 2' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Reason').fill('enough');
      await dialog.getByText(/^aws batch terminate-jobs --jobs .* --reason enough$/).waitFor();
      await dialog.getByRole('button', { name: 'Terminate 2' }).click();
      await page.getByRole('cell', { name: 'enough' }).nth(1).waitFor();
    });
    for (const id of running) assert.equal((await waitForEnd(batch, id)).statusReason, 'enough');
  },
);
