import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AttachUserPolicyCommand, CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole() : undefined;

function iamClient() {
  assert.ok(console);
  const { url, credentials } = console.server;
  return new IAMClient({ endpoint: url, region: 'us-east-1', credentials });
}

test('a user is made, allowed something, given a key that is shown once, and asked about', needsBrowser, async () => {
  assert.ok(console);
  const { visit } = console;
  await visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open('/iam?tab=users');
    await signIn();
    await page.getByText('No users yet.').waitFor();
    await page.getByText('aws iam create-user --user-name ada').waitFor();
    await checkAccessibility();
    await page.getByRole('button', { name: 'Create user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('ada.l');
    await dialog.getByText('aws iam create-user --user-name ada.l').waitFor();
    await dialog.getByRole('button', { name: 'Create user' }).click();
    await page.getByRole('heading', { name: 'ada.l' }).waitFor();
    await page.getByRole('button', { name: 'Attach policy' }).click();
    await dialog.getByLabel('ARN of the policy').fill('arn:aws:iam::aws:policy/NoSuchPolicy');
    await dialog.getByRole('button', { name: 'Attach policy' }).click();
    await dialog.getByText('NoSuchEntity').waitFor();
    await dialog.getByLabel('ARN of the policy').fill('arn:aws:iam::aws:policy/AWSBatchFullAccess');
    await dialog.getByRole('button', { name: 'Attach policy' }).click();
    await page.getByRole('link', { name: 'AWSBatchFullAccess' }).waitFor();
    await page.getByRole('button', { name: 'Create access key' }).click();
    await dialog.getByRole('button', { name: 'Create access key' }).click();
    await page.getByText('The secret key is shown this once').waitFor();
    await checkAccessibility();
    await page.reload();
    await page.getByRole('button', { name: /^Disable: AKIA/ }).waitFor();
    assert.equal(await page.getByText('The secret key is shown this once').count(), 0);
    await page.getByRole('link', { name: 'Policy simulator' }).click();
    await page.getByLabel('Actions').fill('batch:SubmitJob iam:CreateUser');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByRole('cell', { name: 'Allowed', exact: true }).waitFor();
    await page.getByRole('cell', { name: 'Not allowed' }).waitFor();
    await page.getByRole('cell', { name: /AWSBatchFullAccess, line \d+, column \d+/ }).waitFor();
    await checkAccessibility();
    const { searchParams } = new URL(page.url());
    assert.equal(searchParams.get('actions'), 'batch:SubmitJob iam:CreateUser');
    assert.equal(searchParams.get('region'), 'us-east-1');
  });
});

test('who may not sign in is told which permission is missing', needsBrowser, async () => {
  assert.ok(console);
  const iam = iamClient();
  await iam.send(new CreateUserCommand({ UserName: 'reader' }));
  const PolicyArn = 'arn:aws:iam::aws:policy/AWSBatchFullAccess';
  await iam.send(new AttachUserPolicyCommand({ UserName: 'reader', PolicyArn }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'reader' }));
  iam.destroy();
  await console.visit(async ({ page, open, signIn }) => {
    await open('/secrets');
    await signIn({ accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' });
    await page
      .getByText(/batchyard:CreateConsoleSession/)
      .first()
      .waitFor();
  });
});
