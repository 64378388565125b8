import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerShell, submit } from '../support/jobs.ts';
import { waitForStatus } from '../support/wait.ts';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole(['--host-vcpus', '1']) : undefined;

test('a queue shows what is next in it, and is held and released', needsBrowser, async () => {
  assert.ok(console);
  const { batch } = console;
  const busy = await submit(batch, await registerShell(batch, { name: 'busy', script: 'exec sleep 600' }));
  await waitForStatus(batch, busy, 'RUNNING');
  const next = await submit(batch, 'busy', { jobName: 'next' });
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open('/queues');
    await signIn();
    await page.getByRole('link', { name: 'default' }).click();
    await page.getByRole('heading', { name: 'Front of the queue' }).waitFor();
    await page.getByRole('link', { name: next }).waitFor();
    await checkAccessibility();
    await page.getByRole('button', { name: 'Hold', exact: true }).click();
    await page.getByRole('button', { name: 'Release' }).click();
    await page.getByRole('button', { name: 'Hold', exact: true }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Job queues' }).waitFor();
  });
});

test('environments, definitions and their revisions are shown as they are', needsBrowser, async () => {
  assert.ok(console);
  const { batch } = console;
  await registerShell(batch, { name: 'shown', script: 'echo one' });
  await registerShell(batch, { name: 'shown', script: 'echo two' });
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open('/environments');
    await signIn();
    await page.getByRole('cell', { name: 'VALID' }).first().waitFor();
    await checkAccessibility();
    await page.getByRole('link', { name: 'Job definitions' }).click();
    await page.getByRole('link', { name: 'shown:2' }).click();
    await page.getByText('"echo two"').waitFor();
    await checkAccessibility();
    await page.getByRole('button', { name: 'Revision 2' }).click();
    await page.getByRole('option', { name: '1' }).click();
    await page.getByText('"echo one"').waitFor();
    assert.equal(new URL(page.url()).searchParams.get('revision'), '1');
  });
});
