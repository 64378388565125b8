import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerShell, submit } from '../support/jobs.ts';
import { waitForEnd, waitForStatus } from '../support/wait.ts';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole() : undefined;

test(
  'a running job shows what it writes, and is terminated with a reason that it then shows',
  needsBrowser,
  async () => {
    assert.ok(console);
    const { batch } = console;
    const jobDefinition = await registerShell(batch, {
      name: 'writes',
      script: 'echo "<b>first</b> line"; exec sleep 600',
    });
    const jobId = await submit(batch, jobDefinition, { jobName: 'writes' });
    await waitForStatus(batch, jobId, 'RUNNING');
    await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
      await open(`/jobs/${jobId}`);
      await signIn();
      await page.getByText('<b>first</b> line').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Cancel' }).isDisabled(), true, 'it has begun');
      await page.getByRole('button', { name: 'Terminate' }).click();
      const dialog = page.getByRole('dialog');
      assert.equal(await dialog.getByRole('button', { name: 'Terminate' }).isDisabled(), true, 'without a reason');
      await dialog.getByLabel('Reason').fill('wrong input');
      await dialog.getByText(`aws batch terminate-job --job-id ${jobId} --reason 'wrong input'`).waitFor();
      await checkAccessibility();
      await dialog.getByRole('button', { name: 'Terminate' }).click();
      await page.getByText('FAILED').first().waitFor();
      await page.getByText('wrong input').first().waitFor();
      await page.getByText(/To be stopped by TerminateJob: wrong input · by root/).waitFor();
      await page.getByRole('tab', { name: 'Logs' }).click();
      await page.getByText('<b>first</b> line').waitFor();
      await page.getByLabel('Lines with these words').fill('nothing of it');
      await page.getByLabel('Lines with these words').press('Enter');
      await page.getByText('No line has nothing of it in it.').waitFor();
      assert.equal(new URL(page.url()).searchParams.get('q'), 'nothing of it');
      await page.getByRole('tab', { name: 'Attempts' }).click();
      await page
        .getByRole('cell', { name: /wrong input|exited/ })
        .first()
        .waitFor();
      await page.getByRole('tab', { name: 'Usage' }).click();
      await page.getByText('Asked: 1 vCPU 32 MiB').waitFor();
      await checkAccessibility();
    });
    assert.equal((await waitForEnd(batch, jobId)).statusReason, 'wrong input');
  },
);
