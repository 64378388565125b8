import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole() : undefined;

test(
  'secrets and parameters show their values when they are asked to, and their acts are on record',
  needsBrowser,
  async () => {
    assert.ok(console);
    await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
      await open('/secrets');
      await signIn();
      await page.getByText('No secrets yet.').waitFor();
      await page.getByRole('button', { name: 'Create secret' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('db.main');
      await dialog.getByLabel('Value').fill('open sesame');
      await dialog.getByText("aws secretsmanager create-secret --name db.main --secret-string '****'").waitFor();
      await dialog.getByRole('button', { name: 'Create secret' }).click();
      await page.getByRole('heading', { name: 'db.main' }).waitFor();
      assert.equal(await page.getByText('open sesame').count(), 0);
      await page.getByRole('button', { name: 'Show value' }).first().click();
      await page.getByText('open sesame').waitFor();
      await checkAccessibility();
      await page.getByRole('button', { name: 'Hide value' }).click();
      await page.getByText('open sesame').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Rotate' }).click();
      await dialog.getByRole('button', { name: 'Rotate' }).click();
      await dialog.getByText('RotateSecret is not supported by this version of Batchyard').waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'db.main' }).waitFor();

      await page.getByRole('link', { name: 'Parameters' }).click();
      await page.getByRole('button', { name: 'Create parameter' }).click();
      await dialog.getByLabel('Name').fill('/app/db.url');
      await dialog.getByLabel('Value').fill('db://here');
      await dialog.getByRole('button', { name: 'Create parameter' }).click();
      await page.getByRole('heading', { name: '/app/db.url' }).waitFor();
      await page.getByRole('cell', { name: 'db://here' }).waitFor();
      await page.getByRole('button', { name: 'Change value' }).click();
      await dialog.getByLabel('Value').fill('db://there');
      await dialog.getByRole('button', { name: 'Change value' }).click();
      await page.getByRole('cell', { name: 'db://there' }).waitFor();
      await page.getByRole('cell', { name: 'db://here' }).waitFor();
      await checkAccessibility();

      await page.getByRole('link', { name: 'Audit' }).click();
      await page.getByLabel('Value').fill('CreateSecret');
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByRole('button', { name: 'CreateSecret' }).click();
      await page
        .getByText(/HIDDEN_DUE_TO_SECURITY_REASONS/)
        .first()
        .waitFor();
      assert.equal(new URL(page.url()).searchParams.get('value'), 'CreateSecret');
      await checkAccessibility();
    });
  },
);

test('topics and queues are made and used', needsBrowser, async () => {
  assert.ok(console);
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open('/topics');
    await signIn();
    await page.getByText('aws sns create-topic --name alerts').waitFor();
    await page.getByRole('button', { name: 'Create topic' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('alerts');
    await dialog.getByRole('button', { name: 'Create topic' }).click();
    await page.getByRole('heading', { name: 'alerts' }).waitFor();
    await page.getByText('Nobody subscribes.').waitFor();
    await checkAccessibility();

    await page.getByRole('link', { name: 'Queues (SQS)' }).click();
    await page.getByRole('button', { name: 'Create queue' }).click();
    await dialog.getByLabel('Name').fill('events');
    await dialog.getByRole('button', { name: 'Create queue' }).click();
    await page.getByRole('heading', { name: 'events' }).waitFor();
    await page.getByRole('button', { name: 'Send message' }).click();
    await dialog.getByLabel('Message').fill('hello, queue');
    await dialog.getByRole('button', { name: 'Send message' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Peek' }).click();
    await page.getByText('hello, queue').waitFor();
    await checkAccessibility();
  });
});
