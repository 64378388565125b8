import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Page } from 'playwright-core';
import { runCommand } from '../../src/cli/invocation.fixture.ts';
import { SystemClock } from '../../src/core/clock.ts';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole() : undefined;

async function makeRole() {
  assert.ok(console);
  const { url, credentials } = console.server;
  const iam = new IAMClient({ endpoint: url, region: 'us-east-1', credentials });
  const trust = { Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] };
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'looks',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', ...trust }),
    }),
  );
  const allowed = { Statement: [{ Effect: 'Allow', Action: 'batch:Describe*', Resource: '*' }] };
  await iam.send(
    new PutRolePolicyCommand({
      ...{ RoleName: 'looks', PolicyName: 'p' },
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', ...allowed }),
    }),
  );
  iam.destroy();
  return Role?.Arn ?? '';
}

test('a link of batchyard console signs in by itself, once, and is not left in the address', needsBrowser, async () => {
  assert.ok(console);
  const { server, visit } = console;
  const clock = new SystemClock();
  const environment = {
    BATCHYARD_ENDPOINT: server.url,
    AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
  };
  const { stdout } = await runCommand(['console', '--no-open'], { environment, clock });
  clock.close();
  const link = stdout.trim();
  await visit(async ({ page }) => {
    await page.goto(link);
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    assert.doesNotMatch(page.url(), /link=/);
  });
  await visit(async ({ page }) => {
    await page.goto(link);
    await page.getByText(/This link is not valid/).waitFor();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });
});

test('keys lead about, help says which, and a role is played and left', needsBrowser, async () => {
  assert.ok(console);
  const role = await makeRole();
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open('/?region=eu-west-1');
    await signIn();
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await page.getByRole('button', { name: 'Region eu-west-1' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('q');
    await page.getByRole('heading', { name: 'Job queues' }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('region'), 'eu-west-1');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await checkAccessibility();
    await page.getByRole('button', { name: 'Close' }).last().click();
    await page.keyboard.press('/');
    await page.keyboard.type('audit');
    assert.equal(
      await page.getByRole('combobox', { name: 'Search' }).inputValue(),
      'audit',
      'keys do nothing in a field',
    );
    await page.getByRole('option', { name: 'Audit', exact: true }).click();
    await page.getByRole('heading', { name: 'Audit' }).waitFor();
    await page.getByRole('button', { name: 'root' }).click();
    await page.getByRole('menuitem', { name: 'Switch role' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('ARN of the role').fill(role);
    await page.getByRole('option', { name: role, exact: true }).click();
    await dialog.getByRole('button', { name: 'Switch', exact: true }).click();
    await page.getByText(/The permission cloudtrail:LookupEvents is missing/).waitFor();
    await checkAccessibility();
    await page.getByRole('button', { name: 'looks/root' }).click();
    await page.getByRole('menuitem', { name: 'Back to root' }).click();
    await page.getByRole('button', { name: 'CreateConsoleSession' }).first().waitFor();
  });
});

test('when a session ends a dialog asks for the key, and the page stays as it was', needsBrowser, async () => {
  assert.ok(console);
  await console.visit(async ({ page, open, signIn }) => {
    // Requests of a page's own worker can be answered by the test; those of a shared one cannot.
    await page.addInitScript('delete globalThis.SharedWorker');
    await open('/audit');
    await signIn();
    await page.getByRole('button', { name: 'CreateConsoleSession' }).first().waitFor();
    await page.getByLabel('Value').fill('half a word');
    await endSession(page);
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await page.getByLabel('Access key ID').waitFor();
    await signIn();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('Value').inputValue(), 'half a word');
  });
});

/** Answers the next call as a server does that no longer knows the session. */
async function endSession(page: Page): Promise<void> {
  const body = JSON.stringify({ message: 'The security token included in the request is expired' });
  const headers = { 'x-amzn-errortype': 'ExpiredTokenException' };
  const call = (url: URL) => url.pathname === '/';
  await page.route(
    call,
    (route) => route.fulfill({ status: 400, headers, contentType: 'application/x-amz-json-1.1', body }),
    {
      times: 1,
    },
  );
}
