import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { registerShell, submit } from '../support/jobs.ts';
import { waitForEnd, waitForStatus } from '../support/wait.ts';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole(['--host-vcpus', '2']) : undefined;

/** A job definition that runs `script`. */
function shell(script: string, vcpus: number): Promise<string> {
  assert.ok(console);
  return registerShell(console.batch, { name: `shell-${vcpus}`, script, vcpus });
}

test('who signs in sees the queues, finds a job and reads how it ended', needsBrowser, async () => {
  assert.ok(console);
  const ended = await waitForEnd(
    console.batch,
    await submit(console.batch, await shell('true', 1), { jobName: 'greets' }),
  );
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open('/');
    await page.getByRole('heading', { name: 'Batchyard at' }).waitFor();
    await checkAccessibility();
    await signIn();
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await page.getByRole('table', { name: 'Jobs by queue' }).getByRole('link', { name: 'default' }).click();
    await page.getByRole('button', { name: 'Status All' }).click();
    await page.getByRole('option', { name: 'SUCCEEDED' }).click();
    await page.getByRole('link', { name: 'greets' }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('status'), 'SUCCEEDED');
    await checkAccessibility();
    await page.getByRole('link', { name: 'greets' }).click();
    await page.getByRole('heading', { name: 'greets' }).waitFor();
    assert.equal(new URL(page.url()).pathname, `/console/jobs/${ended.jobId}`);
    await page.getByText('SUCCEEDED').first().waitFor();
    await checkAccessibility();
  });
});

test('the dashboard says what waits and why, and leads to the job', needsBrowser, async () => {
  assert.ok(console);
  const busy = await submit(console.batch, await shell('exec sleep 600', 2));
  await waitForStatus(console.batch, busy, 'RUNNING');
  const waits = await submit(console.batch, await shell('true', 1), { jobName: 'waits' });
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open('/');
    await signIn();
    await page.getByRole('heading', { name: 'What waits, and why' }).waitFor();
    await checkAccessibility();
    await page.getByRole('link', { name: 'Why', exact: true }).click();
    await page.getByRole('heading', { name: 'waits' }).waitFor();
    assert.equal(new URL(page.url()).pathname, `/console/jobs/${waits}`);
    await page.getByRole('heading', { name: 'Why it is where it is' }).waitFor();
  });
});

test(
  'a session outlives a reload, is shared by all pages of the browser, and ends when one signs out',
  needsBrowser,
  async () => {
    assert.ok(console);
    await console.visit(async ({ page, context, open, signIn }) => {
      await open('/jobs');
      await signIn();
      await page.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
      const other = await context.newPage();
      await other.goto(page.url());
      await other.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
      await page.getByRole('button', { name: 'root' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      await other.getByRole('button', { name: 'Sign in' }).waitFor();
      const kept = String(await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie])'));
      assert.doesNotMatch(kept, /AKIA|ASIA|ecret/);
    });
  },
);

test('a wrong key is refused in the words of AWS, and what was typed is kept', needsBrowser, async () => {
  assert.ok(console);
  const { accessKeyId } = console.server.credentials;
  await console.visit(async ({ page, open, signIn }) => {
    await open('/');
    await signIn({ accessKeyId, secretAccessKey: 'no such secret' });
    await page.getByText(/signature we calculated does not match/).waitFor();
    assert.equal(await page.getByLabel('Access key ID').inputValue(), accessKeyId);
  });
});

test('another site may link to the console, but neither read nor frame it', needsBrowser, async () => {
  assert.ok(console);
  const { url } = console.server;
  const navigation = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  const status = async (path: string, headers: Record<string, string>) => {
    const [response] = (await once(get(url + path, { headers }), 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  assert.equal(await status('/console/jobs', navigation), 200);
  assert.equal(await status('/console/jobs', { ...navigation, 'sec-fetch-dest': 'iframe' }), 403);
  assert.equal(await status('/console/jobs', { ...navigation, 'sec-fetch-mode': 'cors' }), 403);
  assert.equal(await status('/healthz', navigation), 403);
  const { headers } = await fetch(`${url}/console`);
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'self'.*frame-ancestors 'none'/);
});
