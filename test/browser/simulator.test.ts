import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerShell, submit } from '../support/jobs.ts';
import { waitForEnd } from '../support/wait.ts';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole(['--host-vcpus', '2']) : undefined;

test('what a server has run is simulated there and in a changed copy, side by side', needsBrowser, async () => {
  assert.ok(console);
  const { batch } = console;
  const definition = await registerShell(batch, { name: 'shell', script: 'true', vcpus: 1 });
  for (const jobId of await Promise.all([submit(batch, definition), submit(batch, definition)])) {
    await waitForEnd(batch, jobId);
  }
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open('/simulator');
    await signIn();
    await page.getByRole('heading', { name: 'Simulator' }).waitFor();
    await page.getByRole('button', { name: 'Copy to change' }).click();
    await page.getByLabel('Name').last().fill('slow');
    const seed = page.getByLabel('Seed');
    await seed.fill('7');
    await page.getByRole('button', { name: 'Simulate' }).click();
    const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name} 2 0 0 `) });
    await row('server').waitFor();
    await row('slow').waitFor();
    await page.getByRole('img', { name: /Jobs that wait, over time: server at most \d.*; slow at most/ }).waitFor();
    await checkAccessibility();
  });
});

test('a file is simulated without leaving the browser, and nonsense is refused in words', needsBrowser, async () => {
  assert.ok(console);
  await console.visit(async ({ page, open, signIn }) => {
    await open('/simulator');
    await signIn();
    await page.getByLabel(/^A file/).check();
    const job = { id: 'a', at: 0, queue: 'default', vcpus: 1, memoryMiB: 64, runSeconds: 60 };
    const lines = [{ formatVersion: 1 }, ...Array.from({ length: 50 }, (_, at) => ({ ...job, id: `${at}` }))];
    const file = (content: string) => ({ name: 'jobs.jsonl', mimeType: 'text/plain', buffer: Buffer.from(content) });
    const choose = page.getByLabel('Choose a file');
    await choose.setInputFiles(file(lines.map((line) => JSON.stringify(line)).join('\n')));
    await page.getByRole('button', { name: 'Simulate' }).click();
    await page.getByRole('row', { name: /^server 50 0 0 25 min/ }).waitFor();
    await choose.setInputFiles(file('{"formatVersion":1}\n{"id":1}'));
    await page.getByRole('button', { name: 'Simulate' }).click();
    await page.getByText('It cannot be simulated').waitFor();
    await page.getByText(/line 2/).waitFor();
  });
});
