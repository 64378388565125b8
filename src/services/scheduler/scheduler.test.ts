import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../core/errors.ts';
import { role, SchedulerBench, scope } from './scheduler.fixture.ts';

const queue = `arn:aws:sqs:${scope.region}:${scope.account}:q`;
const off = { FlexibleTimeWindow: { Mode: 'OFF' } };
const time = '<aws.scheduler.scheduled-time> <aws.scheduler.attempt-number>';

function every(expression: string, target: object = {}, more: object = {}) {
  const Target = { Arn: queue, RoleArn: role, Input: time, ...target };
  return { Name: 's', ScheduleExpression: expression, Target, ...off, ...more };
}

const bodies = (bench: SchedulerBench) => bench.calls.map(({ input }) => input.MessageBody);

test('a rate fires at once and then at its slots, as a session of its role, each once whatever crashes there are', async () => {
  const bench = await SchedulerBench.open();
  await bench.call('CreateSchedule', every('rate(1 minute)'));
  await bench.restart();
  const start = Math.floor(bench.clock.now() / 1000) * 1000;
  const slot = (minutes: number) => `${new Date(start + minutes * 60_000).toISOString().slice(0, 19)}Z 1`;
  assert.deepEqual(bodies(bench), [slot(0)]);
  await bench.advance(60_000);
  await bench.restart();
  assert.deepEqual(bodies(bench), [slot(0), slot(1)]);
  const [call] = bench.calls;
  assert.match(call?.context.principal.arn ?? '', /assumed-role\/runner\//);
  assert.equal(call?.input.QueueUrl, `http://server.test:9470/${scope.account}/q`);
});

test('of slots that nobody was there for the latest is fired', async () => {
  const bench = await SchedulerBench.open();
  await bench.call('CreateSchedule', every('rate(1 minute)'));
  await bench.settle();
  bench.due.pause();
  bench.clock.advance(600_000);
  await bench.restart();
  assert.equal(bench.calls.length, 2);
});

test('a schedule that fires once may delete itself with that; its call is made all the same', async () => {
  const bench = await SchedulerBench.open();
  const at = new Date(bench.clock.now() + 120_000).toISOString().slice(0, 19);
  await bench.call('CreateSchedule', every(`at(${at})`, {}, { ActionAfterCompletion: 'DELETE' }));
  await bench.advance(121_000);
  assert.deepEqual(bodies(bench), [`${at}Z 1`]);
  await assert.rejects(bench.call('GetSchedule', { Name: 's' }), /Schedule s does not exist\./);
});

test('a time that is over fires at once, and not again for an update that leaves it, or a crash', async () => {
  const bench = await SchedulerBench.open();
  const ago = (hours: number) => new Date(bench.clock.now() - hours * 3_600_000).toISOString().slice(0, 19);
  const [first, second] = [ago(1), ago(2)];
  await bench.call('CreateSchedule', every(`at(${first})`));
  await bench.settle();
  assert.deepEqual(bodies(bench), [`${first}Z 1`]);
  await bench.call('UpdateSchedule', every(`at(${first})`, {}, { Description: 'over' }));
  await bench.restart();
  assert.equal(bench.calls.length, 1);
  await bench.call('UpdateSchedule', every(`at(${second})`));
  await bench.settle();
  assert.deepEqual(bodies(bench), [`${first}Z 1`, `${second}Z 1`]);
});

test('what a target refuses goes to the dead-letter queue, with what AWS tells of it', async () => {
  const bench = await SchedulerBench.open();
  bench.answer = ({ service }) => (service === 'batch' ? new ServiceError('ClientException', 'no queue') : {});
  const target = { Arn: 'arn:aws:scheduler:::aws-sdk:batch:submitJob', Input: '{"JobName":"n"}' };
  await bench.call('CreateSchedule', every('rate(1 day)', { ...target, DeadLetterConfig: { Arn: queue } }));
  await bench.settle();
  const [, dead] = bench.calls;
  const attributes = dead?.input.MessageAttributes as Record<string, { StringValue: string }>;
  assert.equal(dead?.input.MessageBody, '{"JobName":"n"}');
  assert.equal(attributes.ERROR_CODE?.StringValue, 'ClientException');
  assert.equal(attributes.TARGET_ARN?.StringValue, target.Arn);
  assert.equal(attributes.RETRY_ATTEMPTS?.StringValue, '0');
});

test('a function is invoked without waiting for it, once though a try is repeated, and takes JSON alone', async () => {
  const bench = await SchedulerBench.open();
  const Arn = `arn:aws:lambda:${scope.region}:${scope.account}:function:nightly`;
  bench.answer = () => (bench.calls.length === 1 ? new ServiceError('ServiceException', '', { status: 500 }) : {});
  await bench.call('CreateSchedule', every('rate(1 day)', { Arn, Input: '{"day":"<aws.scheduler.scheduled-time>"}' }));
  await bench.advance(3_600_000);
  const [first, second, ...more] = bench.calls;
  const day = `${new Date(Math.floor(bench.clock.now() / 1000) * 1000 - 3_600_000).toISOString().slice(0, 19)}Z`;
  const input = { FunctionName: Arn, InvocationType: 'Event', Payload: JSON.stringify({ day }) };
  assert.deepEqual([second?.service, second?.operation, second?.input, more], ['lambda', 'Invoke', input, []]);
  assert.equal(first?.context.idempotencyKey, second?.context.idempotencyKey);
  assert.match(second?.context.principal.arn ?? '', /assumed-role\/runner\//);
  await assert.rejects(
    bench.call('CreateSchedule', { ...every('rate(1 day)', { Arn, Input: 'no JSON' }), Name: 'other' }),
    /is not well-formed JSON/,
  );
});

test('a group takes its schedules with it, and nothing more is done for them', async () => {
  const bench = await SchedulerBench.open();
  await bench.call('CreateScheduleGroup', { Name: 'g' });
  await bench.call('CreateSchedule', every('rate(1 minute)', {}, { GroupName: 'g' }));
  await bench.call('DeleteScheduleGroup', { Name: 'g' });
  await bench.settle();
  await assert.rejects(bench.call('GetScheduleGroup', { Name: 'g' }), /Schedule group g does not exist\./);
  await bench.advance(600_000);
  assert.equal(bench.calls.length, 1);
});

test('what AWS refuses is refused in its words', async () => {
  const bench = await SchedulerBench.open();
  const refused = (input: object, words: RegExp) => assert.rejects(bench.call('CreateSchedule', input), words);
  await refused(every('rate(5)'), /Invalid Schedule Expression rate\(5\)\./);
  const past = new Date(bench.clock.now() - 400_000).toISOString();
  await refused(every('rate(1 day)', {}, { StartDate: past }), /cannot be earlier than 5 minutes ago/);
  const reading = { Arn: 'arn:aws:scheduler:::aws-sdk:batch:describeJobs' };
  await refused(every('rate(1 day)', reading), /only reads/);
  await refused(every('rate(1 day)', {}, { GroupName: 'none' }), /Schedule group none does not exist\./);
  const input = every('rate(1 day)', {}, { ClientToken: 't' });
  await bench.call('CreateSchedule', input);
  await bench.call('CreateSchedule', input);
  await refused(every('rate(1 day)'), /Schedule s already exists\./);
});

test('of calls with one token that are under way at once one has its effect, and all are answered as it was', async () => {
  const bench = await SchedulerBench.open();
  const input = every('rate(1 day)', {}, { ClientToken: 't' });
  const calls = [1, 2, 3].map(() => bench.call('CreateSchedule', input));
  const ScheduleArn = `arn:aws:scheduler:${scope.region}:${scope.account}:schedule/default/s`;
  assert.deepEqual(
    await Promise.all(calls),
    [1, 2, 3].map(() => ({ ScheduleArn })),
  );
  await bench.settle();
  assert.equal(bench.calls.length, 1);
  const other = every('rate(2 days)', {}, { ClientToken: 't' });
  await assert.rejects(bench.call('CreateSchedule', other), /The ClientToken was used with other parameters\./);
});
