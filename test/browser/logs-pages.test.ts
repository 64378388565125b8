import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole() : undefined;

const logGroupName = '/app/web';

async function put(logs: CloudWatchLogsClient, logStreamName: string, messages: readonly string[]): Promise<void> {
  const begin = Date.now() - messages.length;
  const logEvents = messages.map((message, index) => ({ timestamp: begin + index, message }));
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

/** A group with two streams, one of which is long. */
async function fill(logs: CloudWatchLogsClient): Promise<void> {
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  for (const logStreamName of ['one', 'two'])
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  await put(
    logs,
    'one',
    Array.from({ length: 3000 }, (_, index) => `line ${index}`),
  );
  await put(logs, 'two', ['ERROR <b>disk</b> full', 'all is well']);
}

test(
  'groups are found, made, kept for a time and deleted; events are searched, saved and tailed',
  needsBrowser,
  async () => {
    assert.ok(console);
    const { logs } = console;
    await fill(logs);
    await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
      await open('/logs');
      await signIn();
      await page.getByRole('button', { name: 'Create log group' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Log group').fill('/made/here');
      await dialog.getByText('aws logs create-log-group --log-group-name /made/here').waitFor();
      await dialog.getByRole('button', { name: 'Create log group' }).click();
      await page.getByRole('heading', { name: '/made/here' }).waitFor();
      assert.equal(new URL(page.url()).pathname, '/console/logs/%2Fmade%2Fhere');
      await page.getByText('No event matches in this time').waitFor();
      await page.getByRole('link', { name: 'Logs', exact: true }).click();
      await page.getByRole('button', { name: '/made/here keeps its events: always. Change it' }).click();
      await dialog.getByRole('button', { name: 'Events are kept always' }).click();
      await page.getByRole('option', { name: '30 days', exact: true }).click();
      await dialog.getByText('aws logs put-retention-policy').waitFor();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: '/made/here keeps its events: 30 days. Change it' }).waitFor();
      await page.getByRole('button', { name: 'Delete /made/here' }).click();
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await dialog.waitFor({ state: 'hidden' });
      const search = page.getByPlaceholder('Find groups by a part of their names');
      await search.fill('web');
      await search.press('Enter');
      await checkAccessibility();
      await page.getByRole('link', { name: logGroupName }).click();
      await page.getByText('3,002 events').waitFor();
      await page.getByText('line 5', { exact: true }).waitFor();
      assert.equal(await page.getByText('line 2999', { exact: true }).count(), 0, 'only what is in sight is drawn');
      await checkAccessibility();
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download' }).click();
      const file = await readFile(await (await saved).path(), 'utf8');
      assert.equal(file.split('\n').length, 3003);
      await page.getByPlaceholder('Filter pattern').fill('ERROR');
      await page.getByPlaceholder('Filter pattern').press('Enter');
      await page.getByText('1 event', { exact: true }).waitFor();
      await page.getByText('ERROR <b>disk</b> full').waitFor();
      assert.equal(new URL(page.url()).searchParams.get('q'), 'ERROR');
    });
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/made' }));
    assert.deepEqual(logGroups, []);
  },
);

test('what is written shows as it comes, and a query of Insights finds and counts', needsBrowser, async () => {
  assert.ok(console);
  const { logs } = console;
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open(`/logs/${encodeURIComponent(logGroupName)}?tab=live&q=news`);
    await signIn();
    await page.getByText('Live', { exact: true }).waitFor();
    // A tail tells what comes after it has begun: it is written to until it does.
    for (let index = 0; (await page.getByText(/^news \d/).count()) === 0; index++) {
      await put(logs, 'two', [`news ${index}`, `olds ${index}`]);
      await page
        .getByText(/^news \d/)
        .first()
        .waitFor({ timeout: 5_000 })
        .catch(() => undefined);
    }
    assert.equal(await page.getByText(/^olds \d/).count(), 0);
    await checkAccessibility();
    await page.getByRole('tab', { name: 'Insights' }).click();
    await page.getByLabel('Query').fill('filter @message like /line/ | stats count(*) as lines');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('cell', { name: '3000' }).waitFor();
    await page.getByText('Complete').waitFor();
    assert.match(new URL(page.url()).searchParams.get('query') ?? '', /stats count/);
    await checkAccessibility();
  });
});
