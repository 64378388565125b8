import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerShell, submit } from '../support/jobs.ts';
import { waitForEnd } from '../support/wait.ts';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole(['--host-vcpus', '2']) : undefined;

test('what jobs took is told by queue, user and definition, and the address says which', needsBrowser, async () => {
  assert.ok(console);
  const { batch } = console;
  const definition = await registerShell(batch, { name: 'shell', script: 'true', vcpus: 1 });
  await waitForEnd(batch, await submit(batch, definition));
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open('/usage');
    await signIn();
    await page.getByRole('heading', { name: 'Usage' }).waitFor();
    await page.getByRole('row', { name: /^default / }).waitFor();
    await checkAccessibility();
    await page.getByRole('button', { name: 'Job definition' }).click();
    await page.getByRole('link', { name: 'shell:1' }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('by'), 'definition');
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('row', { name: /^no share default / }).waitFor();
  });
});
