import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerShell, submit } from '../support/jobs.ts';
import { waitForEnd } from '../support/wait.ts';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole(['--host-vcpus', '4']) : undefined;

test(
  'children of an array are grouped by how they failed, chosen by group, and what failed runs again',
  needsBrowser,
  async () => {
    assert.ok(console);
    const { batch } = console;
    const script =
      'echo "child $AWS_BATCH_JOB_ARRAY_INDEX"; case $AWS_BATCH_JOB_ARRAY_INDEX in 1|2) exit 3;; 4) exit 9;; esac';
    const definition = await registerShell(batch, { name: 'parts', script });
    const id = await submit(batch, definition, { jobName: 'parts', arrayProperties: { size: 6 } });
    await waitForEnd(batch, id);
    await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
      await open(`/jobs/${id}?tab=relations`);
      await signIn();
      await page.getByRole('link', { name: '6 children' }).click();
      await page.getByRole('heading', { name: /^Children of parts/ }).waitFor();
      await page.getByText('3 SUCCEEDED · 3 FAILED').waitFor();
      await page.getByRole('cell', { name: '1-2', exact: true }).waitFor();
      await checkAccessibility();
      await page.getByRole('button', { name: 'Show these 1-2' }).click();
      await page.getByText('child 1').waitFor();
      assert.equal(new URL(page.url()).searchParams.get('group'), '0');
      await page.getByRole('link', { name: 'Log of 2' }).waitFor();
      assert.equal(await page.getByRole('link', { name: 'Log of 4' }).count(), 0);
      await page.getByRole('button', { name: 'Rerun 3 failed' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText(`batchyard rerun ${id} --failed`).waitFor();
      await dialog.getByRole('button', { name: 'Rerun 3 failed' }).click();
      await dialog.getByRole('link', { name: 'parts' }).click();
      await page.getByRole('heading', { name: 'parts' }).waitFor();
      assert.notEqual(new URL(page.url()).pathname, `/console/jobs/${id}`);
    });
  },
);
