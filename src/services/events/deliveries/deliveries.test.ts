import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ServiceError } from '../../../core/errors.ts';
import type { ExecutionFact } from '../../../store/index.ts';
import { EventsBench, type MadeCall, prefix, scope } from '../events.fixture.ts';

const topic = `arn:aws:sns:us-east-1:${scope.account}:alerts`;
const queue = `arn:aws:sqs:us-east-1:${scope.account}:letters`;
const machine = `arn:aws:states:us-east-1:${scope.account}:stateMachine:m`;
const jobQueue = `arn:aws:batch:us-east-1:${scope.account}:job-queue/q`;
const RoleArn = `arn:aws:iam::${scope.account}:role/r`;
const pattern = { EventPattern: JSON.stringify({ source: ['shop'], detail: { price: [{ numeric: ['>', 10] }] } }) };
const order = (price: number) => ({
  Source: 'shop',
  DetailType: 'order',
  Detail: JSON.stringify({ price, note: 'a "b"' }),
});

function messages({ calls }: EventsBench): readonly unknown[] {
  return calls.map(({ input }) => JSON.parse(String(input.Message)));
}

test('an event is sent to the targets of the rules that it matches, as PutEvents was given it', async () => {
  const bench = await EventsBench.open();
  await bench.rule('dear', pattern, { Id: 'x', Arn: topic });
  await bench.rule('off', { ...pattern, State: 'DISABLED' }, { Id: 'x', Arn: topic });
  await bench.rule('other', { EventPattern: '{"source":["office"]}' }, { Id: 'x', Arn: topic });
  const Time = 1_700_000_000.25;
  const { Entries } = await bench.put({ ...order(11), Resources: ['a'], Time }, order(9));
  assert.deepEqual(messages(bench), [
    {
      ...{ version: '0', id: Entries[0]?.EventId, 'detail-type': 'order', source: 'shop', account: scope.account },
      ...{ time: '2023-11-14T22:13:20Z', region: 'us-east-1', resources: ['a'], detail: { price: 11, note: 'a "b"' } },
    },
  ]);
  const [call] = bench.calls;
  assert.deepEqual([call?.service, call?.operation, call?.input.TopicArn], ['sns', 'Publish', topic]);
  assert.equal(call?.context.principal.arn, 'events.amazonaws.com');
});

test('entries of PutEvents fail one by one', async () => {
  const bench = await EventsBench.open();
  await bench.rule('all', { EventPattern: '{"source":[{"prefix":""}]}' }, { Id: 'x', Arn: topic });
  const { FailedEntryCount, Entries } = await bench.put(
    order(11),
    { ...order(1), Source: 'aws.batch' },
    { ...order(1), Detail: '[1]' },
    { ...order(1), Detail: `${'{"a":'.repeat(600)}1${'}'.repeat(600)}` },
    { ...order(1), Source: undefined },
    { ...order(1), EventBusName: 'none' },
  );
  const codes = Entries.map(({ ErrorCode }) => ErrorCode);
  const expected = [
    'NotAuthorizedForSourceException',
    'MalformedDetail',
    'MalformedDetail',
    'InvalidArgument',
    'InvalidArgument',
  ];
  assert.deepEqual([FailedEntryCount, codes], [5, [undefined, ...expected]]);
  assert.equal(bench.calls.length, 1);
  await assert.rejects(bench.put({}), /at least one of the entries/);
  await assert.rejects(bench.put({ ...order(1), Detail: `{"a":"${'x'.repeat(1_048_576)}"}` }), /over the limit/);
});

test('a delivery that fails is tried again, later and later, and survives a crash with its key', async () => {
  const bench = await EventsBench.open();
  await bench.rule('dear', pattern, { Id: 'x', Arn: topic });
  bench.answer = () => new ServiceError('InternalError', 'down', { status: 500 });
  await bench.put(order(11));
  for (let seconds = 0; seconds < 3600; seconds += 60) await bench.advance(60_000);
  const tries = bench.calls.length;
  assert.ok(tries > 6, `${tries} tries`);
  await bench.restart();
  bench.answer = () => ({});
  for (let seconds = 0; seconds < 600; seconds += 60) await bench.advance(60_000);
  const keys = new Set(bench.calls.map(({ context }) => context.idempotencyKey));
  assert.equal(keys.size, 1);
  const after = bench.calls.length;
  await bench.advance(3_600_000);
  assert.equal(bench.calls.length, after, 'it was delivered once');
});

const letterOf = (call: MadeCall | undefined) => {
  const given = call?.input.MessageAttributes as Record<string, { StringValue: string }>;
  return Object.fromEntries(Object.entries(given).map(([name, { StringValue }]) => [name, StringValue]));
};

test('what cannot be delivered goes to the dead-letter queue, and says why', async () => {
  const bench = await EventsBench.open();
  const RetryPolicy = { MaximumRetryAttempts: 2 };
  await bench.rule('dear', pattern, { Id: 'x', Arn: topic, DeadLetterConfig: { Arn: queue }, RetryPolicy });
  let failure = new ServiceError('InternalError', 'down', { status: 500 });
  bench.answer = ({ service }) => (service === 'sns' ? failure : {});
  await bench.put(order(11));
  for (let tries = 0; tries < 10; tries += 1) await bench.advance(10_000);
  assert.deepEqual(
    bench.calls.map(({ service }) => service),
    ['sns', 'sns', 'sns', 'sqs'],
  );
  const common = { RULE_ARN: `${prefix}:rule/dear`, TARGET_ARN: topic };
  assert.deepEqual(letterOf(bench.calls.at(-1)), {
    ...{ ...common, ERROR_CODE: 'INTERNAL_ERROR', ERROR_MESSAGE: 'down' },
    ...{ EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts', RETRY_ATTEMPTS: '2' },
  });
  const { QueueUrl, MessageBody } = bench.calls.at(-1)?.input ?? {};
  assert.equal(QueueUrl, `http://server.test:9470/${scope.account}/letters`);
  assert.equal(JSON.parse(String(MessageBody)).detail.price, 11);
  // A missing topic is not tried again.
  failure = new ServiceError('NotFound', 'Topic does not exist', { status: 404 });
  await bench.put(order(12));
  assert.deepEqual(letterOf(bench.calls.at(-1)), {
    ...{ ...common, ERROR_CODE: 'NO_RESOURCE', ERROR_MESSAGE: 'Topic does not exist', RETRY_ATTEMPTS: '0' },
  });
});

test('an event that is too old for its target is not tried again', async () => {
  const bench = await EventsBench.open();
  const RetryPolicy = { MaximumEventAgeInSeconds: 60 };
  await bench.rule('dear', pattern, { Id: 'x', Arn: topic, DeadLetterConfig: { Arn: queue }, RetryPolicy });
  bench.answer = ({ service }) => (service === 'sns' ? new ServiceError('Throttled', 'slowly') : {});
  await bench.put(order(11));
  for (let tries = 0; tries < 40; tries += 1) await bench.advance(5_000);
  const letter = letterOf(bench.calls.find(({ service }) => service === 'sqs'));
  assert.deepEqual([letter.ERROR_CODE, letter.EXHAUSTED_RETRY_CONDITION], ['THROTTLING', 'MaximumEventAgeInSeconds']);
});

test('what waits for a target that is taken away is sent no more', async () => {
  const bench = await EventsBench.open();
  await bench.rule('dear', pattern, { Id: 'x', Arn: topic });
  bench.answer = () => new ServiceError('InternalError', 'down', { status: 500 });
  await bench.put(order(11));
  await bench.call('RemoveTargets', { Rule: 'dear', Ids: ['x'] });
  const tries = bench.calls.length;
  await bench.advance(3_600_000);
  assert.equal(bench.calls.length, tries);
  const { items } = await bench.store.reads.laneTotal({ of: 'events', scope });
  assert.equal(items, 0);
});

test("a job is submitted with what the transformer makes of the event, as the target's role", async () => {
  const bench = await EventsBench.open();
  const BatchParameters = {
    ...{ JobDefinition: 'd:1', JobName: 'n', ArrayProperties: { Size: 3 }, RetryStrategy: { Attempts: 2 } },
  };
  const InputTransformer = {
    InputPathsMap: { price: '$.detail.price', note: '$.detail.note', gone: '$.detail.gone' },
    InputTemplate:
      '{"Parameters":{"price":"<price>","rule":<aws.events.rule-name>},"Other":1,' +
      '"ContainerOverrides":{"Command":["echo",<note>],"Environment":[{"Name":"A","Value":"x<gone>"}],"Memory":512}}',
  };
  await bench.rule('dear', pattern, { Id: 'x', Arn: jobQueue, RoleArn, BatchParameters, InputTransformer });
  await bench.put(order(11));
  const [call] = bench.calls;
  assert.deepEqual(call?.input, {
    ...{ jobName: 'n', jobQueue, jobDefinition: 'd:1', arrayProperties: { size: 3 }, retryStrategy: { attempts: 2 } },
    parameters: { price: '11', rule: 'dear' },
    containerOverrides: { command: ['echo', 'a "b"'], environment: [{ name: 'A', value: 'x' }], memory: 512 },
  });
  assert.match(
    call?.context.principal.arn ?? '',
    /^arn:aws:sts::123456789012:assumed-role\/r\/EventBridge-d1-[0-9a-f]{24}$/,
  );
});

test('log groups, queues and state machines are sent events, each in its own way', async () => {
  const bench = await EventsBench.open();
  const group = `arn:aws:logs:us-east-1:${scope.account}:log-group:/aws/events/own`;
  const InputTransformer = {
    InputPathsMap: { at: '$.time', what: '$.detail' },
    InputTemplate: '{"timestamp":<at>,"message":<what>}',
  };
  await bench.rule(
    'dear',
    pattern,
    { Id: 'a', Arn: group },
    { Id: 'b', Arn: `${group}2:*`, InputTransformer },
    { Id: 'c', Arn: `${queue}.fifo`, SqsParameters: { MessageGroupId: 'g' }, InputPath: '$.detail' },
    { Id: 'd', Arn: machine, RoleArn, Input: '{"fixed":true}' },
  );
  await bench.put({ ...order(11), Time: 1_700_000_000 });
  const of = (what: string) => bench.calls.filter(({ operation }) => operation === what).map(({ input }) => input);
  const logged = of('PutLogEvents').map(({ logGroupName, logEvents }) => [logGroupName, logEvents]);
  const [[name, [event]], [other, [transformed]]] = logged.sort() as [
    [string, [{ message: string }]],
    [string, [object]],
  ];
  assert.deepEqual([name, other], ['/aws/events/own', '/aws/events/own2']);
  assert.equal(JSON.parse(event.message).detail.price, 11);
  assert.deepEqual(transformed, { timestamp: 1_700_000_000_000, message: '{"price":11,"note":"a \\"b\\""}' });
  const [sent] = of('SendMessage');
  assert.deepEqual([sent?.MessageBody, sent?.MessageGroupId], ['{"price":11,"note":"a \\"b\\""}', 'g']);
  const [started] = of('StartExecution');
  assert.deepEqual([started?.stateMachineArn, started?.input], [machine, '{"fixed":true}']);
  assert.match(String(started?.name), /^[0-9a-f-]{36}_[0-9a-f-]{36}$/);
});

test('an event goes on to another bus, in another region too, and is matched there by its own name', async () => {
  const bench = await EventsBench.open();
  await bench.call('CreateEventBus', { Name: 'own' });
  await bench.rule('on', pattern, { Id: 'x', Arn: `${prefix}:event-bus/own` });
  await bench.rule('there', { ...pattern, EventBusName: 'own' }, { Id: 'x', Arn: topic });
  const { Entries } = await bench.put(order(11));
  assert.deepEqual(
    bench.calls.map(({ input }) => JSON.parse(String(input.Message)).id),
    [Entries[0]?.EventId],
  );
});

test('buses that send each other what they are sent stop at the sixteenth', async () => {
  const bench = await EventsBench.open();
  await bench.call('CreateEventBus', { Name: 'own' });
  await bench.rule('on', pattern, { Id: 'x', Arn: `${prefix}:event-bus/own` });
  await bench.rule('back', { ...pattern, EventBusName: 'own' }, { Id: 'x', Arn: `${prefix}:event-bus/default` });
  await bench.rule('told', pattern, { Id: 'x', Arn: topic });
  await bench.put(order(11));
  await bench.settle();
  await bench.settle();
  assert.equal(bench.calls.length, 8);
  assert.ok(bench.logged.some(({ message }) => message.includes('goes no further')));
});

test('the default bus is told of a delivery that was given up, but not of one that told of another', async () => {
  const bench = await EventsBench.open();
  const pattern = JSON.stringify({ source: ['batchyard.events'], 'detail-type': ['Event Delivery Failed'] });
  await bench.rule('failures', { EventPattern: pattern }, { Id: 'f', Arn: topic });
  await bench.rule('r', { EventPattern: '{"source":["shop"]}' }, { Id: 'x', Arn: `${topic}-gone` });
  bench.answer = () => new ServiceError('NotFoundException', 'Topic does not exist');
  const { Entries } = await bench.put({ Source: 'shop', DetailType: 'd', Detail: '{}' });
  await bench.settle();
  const told = bench.calls.filter(({ input }) => input.TopicArn === topic);
  assert.equal(told.length, 1);
  const { source, resources, detail } = JSON.parse(String(told[0]?.input.Message));
  assert.deepEqual([source, resources], ['batchyard.events', [`${prefix}:rule/r`, `${topic}-gone`]]);
  assert.deepEqual(detail, {
    ...{ eventId: Entries[0]?.EventId, ruleArn: `${prefix}:rule/r`, targetId: 'x', targetArn: `${topic}-gone` },
    ...{ errorCode: 'NO_RESOURCE', errorMessage: 'Topic does not exist' },
    ...{ exhaustedRetryCondition: null, retryAttempts: 0 },
  });
});

test('a state machine that a rule starts for each of its own executions is stopped at the sixteenth', async () => {
  const bench = await EventsBench.open();
  await bench.rule('again', { EventPattern: '{"source":["test.executions"]}' }, { Id: 'x', Arn: machine, RoleArn });
  const fact = (name: string): ExecutionFact => ({
    ...{ ...scope, kind: 'execution', at: 0, to: 'RUNNING', executionArn: `arn:aws:states:::execution:m:${name}` },
  });
  await bench.tell(fact('mine'));
  for (let count = 1; count < 30 && bench.calls.length === count; count += 1) {
    await bench.tell(fact(String(bench.calls.at(-1)?.input.name)));
  }
  assert.equal(bench.calls.length, 16);
});

test('the event of a fact has the same id whenever it is told', async () => {
  const bench = await EventsBench.open();
  await bench.rule('told', { EventPattern: '{"detail-type":["Execution"]}' }, { Id: 'x', Arn: topic });
  const executionArn = 'arn:aws:states:::execution:m:e';
  const logged = { sequence: 7, fact: { ...scope, kind: 'execution', at: 5000, to: 'FAILED', executionArn } } as const;
  for (let times = 0; times < 2; times += 1) {
    const consequence = await bench.service.consumer.deliver([logged]);
    bench.ledger.transact((transaction) => consequence?.(transaction));
    await bench.settle();
  }
  const ids = bench.calls.map(({ input }) => JSON.parse(String(input.Message)).id);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
  assert.match(ids[0], /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a schedule fires once a slot; of what was missed the latest alone', async () => {
  const bench = await EventsBench.open();
  bench.clock.advance(Date.parse('2027-01-01T00:00:30Z') - bench.clock.now());
  await bench.rule('each', { ScheduleExpression: 'rate(1 minute)' }, { Id: 'x', Arn: topic });
  await bench.rule('noon', { ScheduleExpression: 'cron(0 12 * * ? *)' }, { Id: 'x', Arn: topic });
  await bench.advance(59_000);
  assert.equal(bench.calls.length, 0);
  await bench.advance(1_000);
  await bench.advance(60_000);
  const times = () => messages(bench).map((event) => (event as { time: string }).time);
  assert.deepEqual(times(), ['2027-01-01T00:01:30Z', '2027-01-01T00:02:30Z']);
  const [event] = messages(bench) as [Record<string, unknown>];
  assert.deepEqual(
    [event.source, event['detail-type'], event.resources, event.detail],
    ['aws.events', 'Scheduled Event', [`${prefix}:rule/each`], {}],
  );
  // Nobody was there for more than half a day.
  bench.due.pause();
  bench.clock.advance(13 * 3_600_000);
  await bench.restart();
  assert.deepEqual(times().slice(2).sort(), ['2027-01-01T12:00:00Z', '2027-01-01T13:02:30Z']);
  // To put it again as it was changes nothing; to disable it ends it.
  await bench.call('PutRule', { Name: 'each', ScheduleExpression: 'rate(1 minute)' });
  await bench.advance(60_000);
  assert.equal(times().at(-1), '2027-01-01T13:03:30Z');
  await bench.call('DisableRule', { Name: 'each' });
  await bench.advance(600_000);
  assert.equal(times().length, 5);
  await bench.call('EnableRule', { Name: 'each' });
  await bench.advance(59_999);
  assert.equal(times().length, 5);
  await bench.advance(1);
  assert.equal(times().length, 6);
});

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 200 }) }),
    fc.record({ kind: fc.constant('crash' as const) }),
    fc.record({ kind: fc.constant('answer' as const), isWell: fc.boolean() }),
  ),
  { minLength: 5, maxLength: 20 },
);

test('whatever crashes there are, no slot is fired twice and nothing that was fired is lost', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      const bench = await EventsBench.open();
      await bench.rule('each', { ScheduleExpression: 'rate(1 minute)' }, { Id: 'x', Arn: topic });
      const start = bench.clock.now();
      const taken: string[] = [];
      let isWell = true;
      bench.answer = ({ context }) => {
        if (!isWell) return new ServiceError('InternalError', 'down', { status: 500 });
        // As Publish does: once for each key.
        const key = context.idempotencyKey ?? '';
        if (!taken.includes(key)) taken.push(key);
        return {};
      };
      for (const step of given) {
        if (step.kind === 'wait') await bench.advance(step.seconds * 1000);
        else if (step.kind === 'crash') await bench.restart();
        else isWell = step.isWell;
      }
      isWell = true;
      for (let tries = 0; tries < 12; tries += 1) await bench.advance(50_000);
      const slots = new Map<unknown, Set<unknown>>();
      for (const event of messages(bench) as readonly { id: string; time: string }[]) {
        slots.set(event.time, (slots.get(event.time) ?? new Set()).add(event.id));
      }
      for (const [time, ids] of slots) assert.equal(ids.size, 1, `${time}`);
      assert.equal(taken.length, slots.size, 'what was fired has arrived, once');
      for (const time of slots.keys()) assert.equal((Date.parse(String(time)) - start) % 60_000, 0);
    }),
    { numRuns: 25 },
  );
});
