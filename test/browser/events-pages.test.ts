import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeRuleCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole() : undefined;

test(
  'a rule is made with its pattern tried as one types, gets a target, is put aside and changed',
  needsBrowser,
  async () => {
    assert.ok(console);
    const { events } = console;
    await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
      await open('/events');
      await signIn();
      await page.getByText('There are no such rules on this bus').waitFor();
      await checkAccessibility();
      await page.getByRole('button', { name: 'Create rule' }).click();
      await page.getByText('The pattern matches this event').first().waitFor();
      await page.getByLabel('Event pattern').fill('{"source":["aws.ecs"]}');
      await page.getByText('The pattern does not match this event').first().waitFor();
      await page.getByLabel('Event pattern').fill('{"source":"aws.ecs"}');
      await page
        .getByText(/Event pattern is not valid/)
        .first()
        .waitFor();
      await page.getByLabel('Event pattern').fill('{"source":["aws.batch"]}');
      await page.getByText('The pattern matches this event').first().waitFor();
      await page.getByLabel('Name').fill('of-batch');
      await page.getByText(/aws events put-rule --name of-batch/).waitFor();
      await checkAccessibility();
      await page.getByRole('button', { name: 'Create rule' }).click();
      await page.getByRole('heading', { name: 'of-batch' }).waitFor();
      assert.equal(new URL(page.url()).pathname, '/console/events/rules/default/of-batch');
      await page.getByRole('button', { name: 'Add target' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Target').fill('arn:aws:sqs:us-east-1:123456789012:no-queue');
      await dialog.getByRole('button', { name: 'Add target' }).click();
      await page.getByRole('cell', { name: 'arn:aws:sqs:us-east-1:123456789012:no-queue' }).waitFor();
      await page.getByRole('button', { name: 'Disable of-batch' }).click();
      await page.getByRole('button', { name: 'Enable of-batch' }).waitFor();
      await page.getByText('aws events disable-rule --name of-batch --event-bus-name default').waitFor();
      await checkAccessibility();
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByLabel('Description').fill('all of it');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('all of it').first().waitFor();
    });
    const rule = await events.send(new DescribeRuleCommand({ Name: 'of-batch' }));
    assert.deepEqual([rule.State, rule.Description], ['DISABLED', 'all of it']);
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: 'of-batch' }));
    assert.equal(Targets?.length, 1);
  },
);

test('a schedule is made, put aside and deleted; groups are chosen in the address', needsBrowser, async () => {
  assert.ok(console);
  const { scheduler } = console;
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open('/schedules?tab=groups');
    await signIn();
    await page.getByRole('button', { name: 'Create group' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('nightly');
    await dialog.getByRole('button', { name: 'Create group' }).click();
    await page.getByRole('link', { name: 'nightly' }).waitFor();
    await checkAccessibility();
    await open('/schedules/new');
    await page.getByLabel('Name').fill('hourly');
    await page.getByRole('button', { name: 'Group default' }).click();
    await page.getByRole('option', { name: 'nightly' }).click();
    await page.getByLabel('Time zone').fill('Europe/Paris');
    await page.getByLabel('Target').fill('arn:aws:scheduler:::aws-sdk:batch:submitJob');
    await page.getByLabel('Role').fill('arn:aws:iam::123456789012:role/scheduler');
    await page.getByLabel('Input (JSON)').fill('{"JobName":"j","JobQueue":"default","JobDefinition":"d"}');
    await checkAccessibility();
    await page.getByRole('button', { name: 'Create schedule' }).click();
    await page.getByRole('heading', { name: 'hourly' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/console/schedules/nightly/hourly');
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('button', { name: 'Enable' }).waitFor();
    await checkAccessibility();
    const made = await scheduler.send(new GetScheduleCommand({ GroupName: 'nightly', Name: 'hourly' }));
    assert.deepEqual([made.State, made.ScheduleExpressionTimezone], ['DISABLED', 'Europe/Paris']);
    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There are no such schedules').waitFor();
  });
});

test('a metric is found and drawn, and an alarm of it is made and tried', needsBrowser, async () => {
  assert.ok(console);
  const { cloudWatch } = console;
  const MetricData = [1, 5, 2].map((Value, index) => {
    return { MetricName: 'failures', Value, Timestamp: new Date(Date.now() - index * 120_000) };
  });
  await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'mine', MetricData }));
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open('/metrics?in=mine');
    await signIn();
    await page.getByRole('link', { name: 'failures' }).click();
    await page.getByRole('img', { name: 'failures: 3 points, the last 1' }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('metric'), 'failures');
    await page.getByRole('button', { name: 'Values' }).click();
    await page.getByRole('cell', { name: '5', exact: true }).waitFor();
    await checkAccessibility();
    await page.getByRole('button', { name: 'Create alarm' }).click();
    await page.getByLabel('Name', { exact: true }).fill('many failures');
    await page.getByRole('textbox', { name: 'Threshold' }).fill('3');
    await page.getByText(/aws cloudwatch put-metric-alarm --alarm-name 'many failures'|--cli-input-json/).waitFor();
    await checkAccessibility();
    await page.getByRole('button', { name: 'Create alarm' }).click();
    await page.getByRole('heading', { name: 'many failures' }).waitFor();
    await page.getByText('Average GreaterThanThreshold 3, 1 / 1 × 60 s').waitFor();
    await page.getByRole('button', { name: 'Set state' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('to try it');
    await dialog.getByRole('button', { name: 'Set state' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page
      .getByRole('rowheader', { name: /Alarm updated from .* to ALARM/ })
      .first()
      .waitFor();
    await checkAccessibility();
  });
});

test('who wants to be told of a queue gets a topic, and a rule that tells it', needsBrowser, async () => {
  assert.ok(console);
  const { events, sns } = console;
  await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
    await open('/queues/default');
    await signIn();
    await page.getByRole('button', { name: 'Configure notifications' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('the queue, when its first job blocks it').click();
    await dialog.getByText(/aws events put-targets --rule batch-default/).waitFor();
    await checkAccessibility();
    await dialog.getByRole('button', { name: 'Create topic and rule' }).click();
    await dialog.waitFor({ state: 'hidden' });
  });
  const { EventPattern } = await events.send(new DescribeRuleCommand({ Name: 'batch-default' }));
  assert.match(EventPattern ?? '', /Batch Job Queue Blocked/);
  const { Targets: [target] = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: 'batch-default' }));
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: target?.Arn }));
  assert.match(Attributes?.Policy ?? '', /rule\/batch-default/);
});
