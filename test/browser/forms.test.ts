import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  DescribeJobsCommand,
} from '@aws-sdk/client-batch';
import type { Page } from 'playwright-core';
import { needsBrowser, openConsole, type Visitor } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole(['--host-vcpus', '2']) : undefined;

/** What a revision becomes that is typed as JSON: no field is for the last of its members. */
const revised = {
  jobDefinitionName: 'walked',
  type: 'container',
  platformCapabilities: ['EC2'],
  retryStrategy: { attempts: 2 },
  containerProperties: {
    image: 'busybox',
    command: ['echo', 'two'],
    resourceRequirements: [
      { type: 'VCPU', value: '1' },
      { type: 'MEMORY', value: '64' },
    ],
    enableExecuteCommand: true,
  },
};

/** A button by its whole name: `Next`, and no other that begins so. */
function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true });
}

/** Goes on, and waits for the page that is called so. */
async function next(page: Page, title: string): Promise<void> {
  await button(page, 'Next').click();
  await page.getByRole('heading', { name: title, level: 1, exact: true }).waitFor();
}

/** Puts other JSON into the editor as whoever pastes it: what is there is selected first. */
async function pasteJson({ page, context }: Visitor, value: object): Promise<void> {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const text = JSON.stringify(value, undefined, 2);
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.getByLabel('Input as JSON').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+V');
}

async function heading(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('heading', { name }).first().waitFor();
}

test('a first run goes on where it was held up, and ends with a job that has said hello', needsBrowser, async () => {
  assert.ok(console);
  const { batch } = console;
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    page.setDefaultTimeout(60_000);
    await open('/welcome');
    await signIn();
    await heading(page, 'First run');
    await next(page, 'Compute environment');
    await page.getByLabel('Name').fill('walk-env');
    await checkAccessibility();
    await next(page, 'Job queue');
    await page.getByLabel('Name').fill('walk-queue');
    await next(page, 'Job definition');
    await page.getByLabel('Name').fill('walk-definition');
    await page.getByLabel(/^Command – /).fill('echo "hello there"');
    // Less than the server takes, and less than the form does: it is told, and one does not go on.
    await page.getByLabel(/^Memory \(MiB\)/).fill('3');
    await page.getByText('At least 4.').waitFor();
    await button(page, 'Next').click();
    await page.getByText('At least 4.').waitFor();
    await page.getByLabel(/^Memory \(MiB\)/).fill('64');
    await next(page, 'Job');
    await page.getByLabel('Name').fill('walk-job');
    await next(page, 'Review');
    await page.getByText('aws batch submit-job --job-name walk-job').waitFor();
    // What only the server knows: swap needs swappiness.
    await page.getByRole('button', { name: 'Edit: Job definition' }).click();
    await page.getByRole('button', { name: 'Additional configuration' }).click();
    await page.getByLabel('Maximum swap').fill('10');
    for (const step of ['Job', 'Review']) await next(page, step);
    await button(page, 'Create resources').click();
    await page.getByText('swappiness value is required').first().waitFor();
    await page.getByText('Job queue: made').waitFor();
    await page.getByText('Job definition: failed').waitFor();
    await checkAccessibility();
    await page.getByRole('button', { name: 'Edit: Job definition' }).click();
    await page.getByRole('button', { name: 'Additional configuration' }).click();
    await page.getByLabel('Swappiness').fill('60');
    for (const step of ['Job', 'Review']) await next(page, step);
    await button(page, 'Go on').click();
    await page.getByRole('link', { name: 'See the job' }).click();
    await heading(page, 'walk-job');
    await page.getByText('SUCCEEDED').first().waitFor();
  });
  const [definition] = (await batch.send(new DescribeJobDefinitionsCommand({ jobDefinitionName: 'walk-definition' })))
    .jobDefinitions ?? [undefined];
  assert.deepEqual(definition?.containerProperties?.command, ['echo', 'hello there']);
});

test('a queue is made, changed, disabled and deleted', needsBrowser, async () => {
  assert.ok(console);
  const { batch } = console;
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    page.setDefaultTimeout(60_000);
    await open('/queues/new');
    await signIn();
    await heading(page, 'New job queue');
    await page.getByLabel('Name').fill('default');
    await page.getByText('There is one of this name already.').waitFor();
    await page.getByLabel('Name').fill('made');
    await button(page, 'Create job queue').click();
    await page.getByText('This is needed.').waitFor();
    await page.getByLabel('Compute environment', { exact: true }).fill('default');
    await checkAccessibility();
    await button(page, 'Create job queue').click();
    await heading(page, 'made');
    await button(page, 'Edit').click();
    await page.getByLabel('Priority').fill('7');
    await page.getByText('aws batch update-job-queue --job-queue made --priority 7').waitFor();
    await button(page, 'Save changes').click();
    await heading(page, 'made');
    await button(page, 'Disable').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('aws batch update-job-queue --job-queue made --state DISABLED').waitFor();
    await checkAccessibility();
    await dialog.getByRole('button', { name: 'Disable' }).click();
    await button(page, 'Enable').waitFor();
    const [queue] = (await batch.send(new DescribeJobQueuesCommand({ jobQueues: ['made'] }))).jobQueues ?? [];
    assert.deepEqual([queue?.priority, queue?.state], [7, 'DISABLED']);
    await button(page, 'Delete').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await heading(page, 'Job queues');
  });
});

test(
  'a definition is registered, revised as JSON, compared, and a job of it submitted and cloned',
  needsBrowser,
  async () => {
    assert.ok(console);
    const { batch } = console;
    let submitted = '';
    await console.visit(async (visitor) => {
      const { page, open, signIn, checkAccessibility } = visitor;
      page.setDefaultTimeout(60_000);
      await open('/definitions/new');
      await signIn();
      await heading(page, 'General');
      await page.getByLabel('Name').fill('walked');
      await page.getByLabel('Job attempts').fill('2');
      await checkAccessibility();
      await next(page, 'Container');
      await page.getByLabel('Image').fill('busybox');
      await page.getByLabel('vCPUs').fill('1');
      await page.getByLabel(/^Memory \(MiB\)/).fill('64');
      await next(page, 'Linux and logging');
      await next(page, 'Review');
      await button(page, 'Register').click();
      await heading(page, 'walked:1');
      await button(page, 'New revision').click();
      await heading(page, 'General');
      // What no field is for, typed as JSON, is sent as well; the form keeps it.
      await page.getByRole('button', { name: 'JSON', exact: true }).click();
      await pasteJson(visitor, { ...revised, retryStrategy: { attempts: 11 } });
      await page.getByText('At most 10.').first().waitFor();
      await checkAccessibility();
      await pasteJson(visitor, revised);
      await page.getByRole('button', { name: 'Form', exact: true }).click();
      await heading(page, 'General');
      for (const step of ['Container', 'Linux and logging', 'Review']) await next(page, step);
      await page.getByText('"enableExecuteCommand": true').first().waitFor();
      await button(page, 'Register').click();
      await heading(page, 'walked:2');
      await page.getByRole('tab', { name: 'What changed' }).click();
      await page.getByText('+     "command"').waitFor();
      await checkAccessibility();
      await button(page, 'Submit job').click();
      await heading(page, 'Job configuration');
      await page.getByLabel('Name').fill('walked-job');
      await page.getByLabel('Job queue').fill('default');
      await page.getByLabel('Array size').fill('2');
      await next(page, 'Overrides');
      await next(page, 'Review');
      await heading(page, 'What would become of it');
      await checkAccessibility();
      await button(page, 'Submit').click();
      await heading(page, 'walked-job');
      submitted = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      await open(`/submit?clone=${submitted}`);
      await heading(page, 'Job configuration');
      assert.equal(await page.getByLabel('Array size').inputValue(), '2');
      assert.equal(await page.getByLabel('Job definition').inputValue(), 'walked:2');
    });
    const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [submitted] }));
    assert.equal(jobs[0]?.arrayProperties?.size, 2);
    assert.equal(jobs[0]?.retryStrategy?.attempts, 2);
  },
);

test('environments, policies and consumable resources are made by their forms', needsBrowser, async () => {
  assert.ok(console);
  const { batch } = console;
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    page.setDefaultTimeout(60_000);
    await open('/environments/new?platform=unmanaged');
    await signIn();
    await heading(page, 'Configuration');
    await page.getByLabel('Name').fill('own-machines');
    await page.getByLabel('Service role').fill('AWSBatchServiceRole');
    await next(page, 'Review');
    await button(page, 'Create compute environment').click();
    await heading(page, 'own-machines');
    await checkAccessibility();
    await button(page, 'Edit').click();
    await page.getByLabel('vCPUs for shares').fill('8');
    await next(page, 'Review');
    await button(page, 'Save changes').click();
    await heading(page, 'own-machines');
    await open('/policies');
    await page.getByText('aws batch create-scheduling-policy').waitFor();
    await checkAccessibility();
    await page.getByRole('link', { name: 'New scheduling policy' }).click();
    await page.getByLabel('Name').fill('fair');
    await button(page, 'Add a share identifier').click();
    await page.getByLabel('Share identifier').fill('teamA*');
    await page.getByLabel('Weight factor').fill('0.5');
    await button(page, 'Create scheduling policy').click();
    await page.getByRole('rowheader', { name: 'teamA*' }).waitFor();
    await checkAccessibility();
    await open('/resources/new');
    await page.getByLabel('Name').fill('licence');
    await page.getByLabel('Total quantity').fill('3');
    await button(page, 'Create consumable resource').click();
    await heading(page, 'licence');
    await page.getByRole('tab', { name: 'Tags' }).click();
    await button(page, 'Edit tags').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add to Tags' }).click();
    await dialog.getByLabel('Key').fill('team');
    await dialog.getByLabel('Value').fill('a');
    await dialog.getByText('aws batch tag-resource').waitFor();
    await checkAccessibility();
    await button(page, 'Save tags').click();
    await page.getByRole('rowheader', { name: 'team' }).waitFor();
    await button(page, 'Edit tags').click();
    await dialog.getByRole('button', { name: 'Remove Tags 1' }).click();
    await dialog.getByText('aws batch untag-resource').waitFor();
    await button(page, 'Save tags').click();
    await page.getByText('No tags.').waitFor();
    await open('/instances');
    await heading(page, 'Instances');
    await checkAccessibility();
  });
  const { computeEnvironments = [] } = await batch.send(
    new DescribeComputeEnvironmentsCommand({ computeEnvironments: ['own-machines'] }),
  );
  assert.equal(computeEnvironments[0]?.unmanagedvCpus, 8);
});

test('the wizards of every other platform end with what they were asked for', needsBrowser, async () => {
  assert.ok(console);
  const { batch } = console;
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    page.setDefaultTimeout(60_000);
    const register = async (name: string) => {
      await button(page, 'Register').click();
      await heading(page, `${name}:1`);
    };
    await open('/definitions/new?platform=fargate');
    await signIn();
    await page.getByLabel(/^Name/).fill('on-fargate');
    await page.getByLabel('Execution role').fill('arn:aws:iam::123456789012:role/execution');
    await next(page, 'Container');
    await page.getByLabel(/^Image/).fill('busybox');
    await page.getByLabel('vCPUs').fill('0.25');
    await page.getByLabel(/^Memory/).fill('512');
    await next(page, 'Linux and logging');
    await next(page, 'Review');
    await register('on-fargate');
    await open('/definitions/new?platform=eks');
    await page.getByLabel(/^Name/).fill('pod');
    await next(page, 'Pod');
    await next(page, 'Container');
    await page.getByLabel('Image', { exact: true }).fill('busybox');
    await page.getByLabel('vCPUs').fill('1');
    await page.getByLabel(/^Memory/).fill('64Mi');
    await checkAccessibility();
    await next(page, 'Review');
    await register('pod');
    await open('/definitions/new?platform=nodes');
    await page.getByLabel(/^Name/).fill('many');
    await next(page, 'Nodes');
    await page.getByLabel(/^Image/).fill('busybox');
    await page.getByLabel('vCPUs').fill('1');
    await page.getByLabel(/^Memory/).fill('64');
    await checkAccessibility();
    await next(page, 'Review');
    await register('many');
    await open('/environments/new?platform=fargate');
    await page.getByLabel(/^Name/).fill('fargate-env');
    await next(page, 'Instance configuration');
    await next(page, 'Network');
    await page.getByLabel('Subnets', { exact: true }).fill('subnet-1');
    await page.getByRole('button', { name: 'Add to Subnets' }).click();
    await page.getByLabel('Security groups', { exact: true }).fill('sg-1');
    await page.getByRole('button', { name: 'Add to Security groups' }).click();
    await checkAccessibility();
    await next(page, 'Review');
    await button(page, 'Create compute environment').click();
    await heading(page, 'fargate-env');
  });
  const { jobDefinitions = [] } = await batch.send(new DescribeJobDefinitionsCommand({ status: 'ACTIVE' }));
  const made = jobDefinitions.filter(({ jobDefinitionName: name = '' }) =>
    ['on-fargate', 'pod', 'many'].includes(name),
  );
  assert.equal(made.length, 3);
  const { computeEnvironments = [] } = await batch.send(
    new DescribeComputeEnvironmentsCommand({ computeEnvironments: ['fargate-env'] }),
  );
  assert.deepEqual(computeEnvironments[0]?.computeResources?.subnets, ['subnet-1']);
});
