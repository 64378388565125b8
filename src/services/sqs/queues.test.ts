import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../core/errors.ts';
import { accessOf, rootContext } from '../../core/operation.fixture.ts';
import { Authority } from '../../iam/index.ts';
import { SqsBench, scope } from './sqs.fixture.ts';

const arnOf = (name: string) => `arn:aws:sqs:${scope.region}:${scope.account}:${name}`;

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    return error instanceof ServiceError ? error.code : String(error);
  }
}

test('permissions are statements of the policy, which is kept as it was given', async () => {
  await using bench = await SqsBench.open();
  const QueueUrl = await bench.queue('q');
  const policy = async () => {
    const input = { QueueUrl, AttributeNames: ['Policy'] };
    return (await bench.call<{ Attributes?: { Policy: string } }>('GetQueueAttributes', input)).Attributes?.Policy;
  };
  const own = `"Principal": "*", "Action": "sqs:SendMessage", "Resource": "${arnOf('q')}"`;
  const given = `{ "Version": "2012-10-17", "Statement": [ { "Sid": "own", "Effect": "Allow", ${own} } ] }`;
  await bench.call('SetQueueAttributes', { QueueUrl, Attributes: { Policy: given } });
  assert.equal(await policy(), given);
  await bench.call('AddPermission', {
    QueueUrl,
    Label: 'l',
    AWSAccountIds: ['111122223333'],
    Actions: ['SendMessage'],
  });
  const [, statement] = JSON.parse((await policy()) ?? '').Statement;
  assert.deepEqual([statement.Sid, statement.Action, statement.Resource], ['l', 'SQS:SendMessage', arnOf('q')]);
  await bench.call('RemovePermission', { QueueUrl, Label: 'l' });
  assert.deepEqual(JSON.parse((await policy()) ?? '').Statement.length, 1);
  await bench.call('RemovePermission', { QueueUrl, Label: 'own' });
  assert.equal(await policy(), undefined);
});

test('what is kept too long goes by itself, and is given to nobody', async () => {
  await using bench = await SqsBench.open();
  const QueueUrl = await bench.queue('q', { MessageRetentionPeriod: '60' });
  await bench.call('SendMessage', { QueueUrl, MessageBody: 'old' });
  await bench.advance(30_000);
  await bench.call('SendMessage', { QueueUrl, MessageBody: 'young' });
  await bench.advance(31_000);
  assert.deepEqual(await bench.counts(QueueUrl), [1, 0, 0]);
  assert.deepEqual(
    (await bench.receive(QueueUrl)).map(({ Body }) => Body),
    ['young'],
  );
  await bench.advance(120_000);
  assert.deepEqual([await bench.counts(QueueUrl), await bench.store.reads.messageSlice({ limit: 9 })], [[0, 0, 0], []]);
});

test('rows of a deleted queue go, and its name is free after a minute', async () => {
  await using bench = await SqsBench.open();
  const QueueUrl = await bench.queue('q');
  for (const body of ['a', 'b']) await bench.call('SendMessage', { QueueUrl, MessageBody: body });
  await bench.call('DeleteQueue', { QueueUrl });
  await bench.settle();
  assert.deepEqual(await bench.store.reads.messageSlice({ limit: 9 }), []);
  assert.equal(await codeOf(bench.queue('q')), 'QueueDeletedRecently');
  await bench.advance(60_000);
  await bench.queue('q');
  assert.deepEqual(await bench.counts(QueueUrl), [0, 0, 0]);
});

test('a task that moves messages goes at its rate until it is cancelled', async () => {
  await using bench = await SqsBench.open();
  const dead = await bench.queue('dead');
  const redrive = JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 });
  const source = await bench.queue('source', { RedrivePolicy: redrive });
  for (const body of ['1', '2', '3']) await bench.call('SendMessage', { QueueUrl: dead, MessageBody: body });
  const start = { SourceArn: arnOf('dead'), DestinationArn: arnOf('source'), MaxNumberOfMessagesPerSecond: 1 };
  const { TaskHandle } = await bench.call('StartMessageMoveTask', start);
  await bench.settle();
  await bench.advance(1_000);
  assert.deepEqual(
    [await bench.counts(dead), await bench.counts(source)],
    [
      [1, 0, 0],
      [2, 0, 0],
    ],
  );
  const cancelled = await bench.call<object>('CancelMessageMoveTask', { TaskHandle });
  assert.deepEqual(cancelled, { ApproximateNumberOfMessagesMoved: 2 });
  await bench.advance(5_000);
  assert.deepEqual(await bench.counts(dead), [1, 0, 0]);
});

test('without a destination a message goes back only to a queue that still names the one that it lies in', async () => {
  await using bench = await SqsBench.open();
  const dead = await bench.queue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 });
  const [left] = [await bench.queue('left', { RedrivePolicy }), await bench.queue('right', { RedrivePolicy })];
  await bench.call('SendMessage', { QueueUrl: left, MessageBody: 'm' });
  await bench.receive(left, { VisibilityTimeout: 1 });
  await bench.advance(1_000);
  await bench.receive(left);
  assert.deepEqual(await bench.counts(dead), [1, 0, 0]);
  const back = async () => {
    await bench.call('StartMessageMoveTask', { SourceArn: arnOf('dead') });
    await bench.settle();
    await bench.advance(1_000);
    const { Results } = await bench.call<{ Results: { Status: string; FailureReason?: string }[] }>(
      'ListMessageMoveTasks',
      { SourceArn: arnOf('dead') },
    );
    return [Results[0]?.Status, Results[0]?.FailureReason];
  };
  await bench.call('SetQueueAttributes', { QueueUrl: left, Attributes: { RedrivePolicy: '' } });
  assert.deepEqual(await back(), ['FAILED', 'CouldNotDetermineMessageSource']);
  assert.deepEqual(
    [await bench.counts(dead), await bench.counts(left)],
    [
      [1, 0, 0],
      [0, 0, 0],
    ],
  );
  await bench.call('SetQueueAttributes', { QueueUrl: left, Attributes: { RedrivePolicy } });
  await bench.advance(1_000);
  assert.deepEqual(await back(), ['COMPLETED', undefined]);
  assert.deepEqual(
    [await bench.counts(dead), await bench.counts(left)],
    [
      [0, 0, 0],
      [1, 0, 0],
    ],
  );
});

test('a handle is good for its receive alone: a stale one deletes nothing, of FIFO it is refused', async () => {
  await using bench = await SqsBench.open();
  for (const [name, code] of [
    ['q', 'none'],
    ['q.fifo', 'InvalidParameterValueException'],
  ] as const) {
    const QueueUrl = await bench.queue(
      name,
      name === 'q' ? {} : { FifoQueue: 'true', ContentBasedDeduplication: 'true' },
    );
    await bench.call('SendMessage', { QueueUrl, MessageBody: 'm', ...(name !== 'q' && { MessageGroupId: 'g' }) });
    const [first] = await bench.receive(QueueUrl, { VisibilityTimeout: 1 });
    await bench.advance(1_000);
    await bench.receive(QueueUrl);
    const input = { QueueUrl, ReceiptHandle: first?.ReceiptHandle };
    assert.equal(await codeOf(bench.call('DeleteMessage', input)), code);
    assert.deepEqual(await bench.counts(QueueUrl), [0, 1, 0]);
    const change = bench.call('ChangeMessageVisibility', { ...input, VisibilityTimeout: 5 });
    assert.equal(await codeOf(change), name === 'q' ? 'MessageNotInflight' : code);
  }
});

test('who has gone before the answer leaves what it was given to others', async () => {
  await using bench = await SqsBench.open();
  const QueueUrl = await bench.queue('q');
  await bench.call('SendMessage', { QueueUrl, MessageBody: 'm' });
  const client = new AbortController();
  await bench.call('ReceiveMessage', { QueueUrl }, { signal: client.signal });
  assert.deepEqual(await bench.counts(QueueUrl), [0, 1, 0]);
  client.abort();
  assert.deepEqual(await bench.counts(QueueUrl), [1, 0, 0]);
});

test('what other services deliver is there with their transaction, or not at all', async () => {
  await using bench = await SqsBench.open();
  const QueueUrl = await bench.queue('q');
  const from = { ...scope, source: { kind: 'service', service: 'sns.amazonaws.com' } } as const;
  const deliver = (arn: string, body: string, fails = false) =>
    bench.ledger.transact((transaction) => {
      const outcome = bench.service.port.deliver(transaction, arn, { MessageBody: body, sender: 'S', from });
      if (fails) throw new Error('undone');
      return outcome.kind === 'delivered' ? outcome.kind : outcome.code;
    });
  assert.equal(deliver(arnOf('q'), 'kept'), 'delivered');
  assert.throws(() => deliver(arnOf('q'), 'undone', true), /undone/);
  assert.deepEqual(await bench.counts(QueueUrl), [1, 0, 0]);
  assert.equal(deliver(arnOf('none'), 'x'), 'QueueDoesNotExist');
  assert.equal(deliver(arnOf('q'), '\u0000'), 'InvalidMessageContents');
  await bench.restart();
  assert.deepEqual(
    (await bench.receive(QueueUrl)).map(({ Body }) => Body),
    ['kept'],
  );
});

test('hostile input is refused in SQS words', async () => {
  await using bench = await SqsBench.open();
  const QueueUrl = await bench.queue('q', { MaximumMessageSize: '1024' });
  const send = (given: object) => codeOf(bench.call('SendMessage', { QueueUrl, MessageBody: 'm', ...given }));
  const text = (StringValue: string, DataType = 'String') => ({ DataType, StringValue });
  const invalid = 'InvalidParameterValueException';
  assert.equal(await send({ MessageBody: 'x'.repeat(1025) }), invalid);
  assert.equal(await send({ MessageBody: '\ud800' }), 'InvalidMessageContents');
  assert.equal(await send({ DelaySeconds: 901 }), invalid);
  assert.equal(await send({ MessageAttributes: { 'aws.x': text('v') } }), invalid);
  assert.equal(await send({ MessageAttributes: { n: text('seven', 'Number') } }), invalid);
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`a${at}`, text('v')]));
  assert.equal(await send({ MessageAttributes: many }), invalid);
  assert.equal(
    await send({ MessageAttributes: JSON.parse('{"__proto__":{"DataType":"String","StringValue":"v"}}') }),
    'none',
  );
  const remove = (ReceiptHandle: string) => codeOf(bench.call('DeleteMessage', { QueueUrl, ReceiptHandle }));
  assert.equal(await remove('A'.repeat(100_000)), 'ReceiptHandleIsInvalid');
  assert.equal(await remove(Buffer.alloc(29, 1).toString('base64')), 'ReceiptHandleIsInvalid');
  for (const url of ['', 'x'.repeat(100_000), '/123456789012/q/../r', 'http://x/999999999999/q']) {
    assert.equal(await codeOf(bench.receive(url)), 'QueueDoesNotExist', url.slice(0, 50));
  }
});

test('a message that comes back to its group waits until no other of the group is out', async () => {
  await using bench = await SqsBench.open();
  const QueueUrl = await bench.queue('q.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  for (const MessageBody of ['1', '2']) await bench.call('SendMessage', { QueueUrl, MessageBody, MessageGroupId: 'g' });
  const [first, second] = await bench.receive(QueueUrl);
  const input = { QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 };
  await bench.call('ChangeMessageVisibility', input);
  assert.deepEqual(await bench.receive(QueueUrl), []);
  await bench.call('DeleteMessage', { QueueUrl, ReceiptHandle: second?.ReceiptHandle });
  assert.deepEqual(
    (await bench.receive(QueueUrl)).map(({ Body }) => Body),
    ['1'],
  );
});

test('who waits is woken one after the other, as long as there is something', async () => {
  await using bench = await SqsBench.open();
  const QueueUrl = await bench.queue('q');
  const wait = () => bench.receive(QueueUrl, { WaitTimeSeconds: 20, MaxNumberOfMessages: 1 });
  const waiting = [wait(), wait()];
  await bench.settle();
  const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: Id }));
  await bench.call('SendMessageBatch', { QueueUrl, Entries });
  await bench.settle();
  await bench.advance(21_000);
  const given = await Promise.all(waiting);
  assert.deepEqual(
    given.map((messages) => messages.map(({ Body }) => Body)),
    [['a'], ['b']],
  );
});

test('what was given before memory was filled anew is given back once, when its client has gone', async () => {
  await using bench = await SqsBench.open();
  const QueueUrl = await bench.queue('q');
  await bench.call('SendMessage', { QueueUrl, MessageBody: 'a' });
  const client = new AbortController();
  await bench.call('ReceiveMessage', { QueueUrl }, { signal: client.signal });
  await bench.service.fill();
  client.abort();
  assert.deepEqual(await bench.counts(QueueUrl), [1, 0, 0]);
  assert.equal((await bench.receive(QueueUrl)).length, 1);
  await bench.advance(31_000);
  assert.deepEqual(await bench.counts(QueueUrl), [1, 0, 0]);
});

test('a purge ends what is out: of its attempt, its group and its time nothing is left', async () => {
  await using bench = await SqsBench.open();
  const QueueUrl = await bench.queue('q.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  const send = (MessageBody: string) => bench.call('SendMessage', { QueueUrl, MessageBody, MessageGroupId: 'g' });
  const attempt = { ReceiveRequestAttemptId: 'one' };
  await send('a');
  assert.equal((await bench.receive(QueueUrl, attempt)).length, 1);
  await bench.call('PurgeQueue', { QueueUrl });
  assert.deepEqual([await bench.counts(QueueUrl), await bench.receive(QueueUrl, attempt)], [[0, 0, 0], []]);
  await send('b');
  await bench.advance(31_000);
  assert.deepEqual(await bench.counts(QueueUrl), [1, 0, 0]);
  const received = await bench.receive(QueueUrl, attempt);
  assert.deepEqual(
    received.map(({ Body }) => Body),
    ['b'],
  );
});

test('the policy that a queue was given is asked beside those of the caller, and none of another queue', async () => {
  await using bench = await SqsBench.open();
  const [QueueUrl, other] = [await bench.queue('q'), await bench.queue('other')];
  const { SendMessage, StartMessageMoveTask } = bench.service.definition.operations;
  const policiesIn = async (operation: typeof SendMessage | typeof StartMessageMoveTask, input: object) => {
    assert.ok(operation.kind === 'operation');
    return (await accessOf(operation, input, rootContext(scope, 0))).map(({ resourcePolicy }) => resourcePolicy);
  };
  assert.deepEqual(await policiesIn(SendMessage, { QueueUrl, MessageBody: 'm' }), [undefined]);
  const Statement = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: arnOf('q') };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await bench.call('SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
  assert.deepEqual(await policiesIn(SendMessage, { QueueUrl, MessageBody: 'm' }), [Policy]);
  assert.deepEqual(await policiesIn(SendMessage, { QueueUrl: other, MessageBody: 'm' }), [undefined]);
  const moved = { SourceArn: arnOf('other'), DestinationArn: arnOf('q') };
  const four = Array.from({ length: 4 }, () => undefined);
  assert.deepEqual(await policiesIn(StartMessageMoveTask, moved), [...four, Policy]);
});

test('another service delivers only what the policy of the queue lets it, where that is asked', async () => {
  await using bench = await SqsBench.open(new Authority({ deliveries: 'if-allowed' }));
  const QueueUrl = await bench.queue('q');
  const topic = 'arn:aws:sns:us-east-1:123456789012:news';
  const deliver = () =>
    bench.ledger.transact((transaction) => {
      const source = { kind: 'service', service: 'sns.amazonaws.com', arn: topic } as const;
      const message = { MessageBody: 'm', sender: 'S', from: { ...scope, source } };
      const outcome = bench.service.port.deliver(transaction, arnOf('q'), message);
      return outcome.kind === 'delivered' ? outcome.kind : `${outcome.code}: ${outcome.message}`;
    });
  const allow = (arn: string) => {
    const Statement = {
      ...{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage' },
      ...{ Resource: arnOf('q'), Condition: { ArnEquals: { 'aws:SourceArn': arn } } },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    return bench.call('SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
  };
  assert.match(deliver(), /^AccessDenied: User: sns.amazonaws.com is not authorized to perform: sqs:SendMessage on/);
  await allow(`${topic}2`);
  assert.match(deliver(), /^AccessDenied/);
  await allow(topic);
  assert.equal(deliver(), 'delivered');
  assert.deepEqual(await bench.counts(QueueUrl), [1, 0, 0]);
});

test('a task without a destination asks for each queue that its messages go back to', async () => {
  await using bench = await SqsBench.open();
  await bench.queue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 });
  for (const name of ['a', 'b']) await bench.queue(name, { RedrivePolicy });
  await bench.queue('c');
  const { StartMessageMoveTask } = bench.service.definition.operations;
  assert.ok(StartMessageMoveTask.kind === 'operation');
  const asked = await accessOf(StartMessageMoveTask, { SourceArn: arnOf('dead') }, rootContext(scope, 0));
  const sent = asked.filter(({ action }) => action === 'sqs:SendMessage').map(({ resource }) => resource);
  assert.deepEqual(sent, [arnOf('a'), arnOf('b')]);
});

test('what cannot be evaluated as a policy is refused: it would deny nothing', async () => {
  await using bench = await SqsBench.open();
  const QueueUrl = await bench.queue('q');
  for (const Policy of ['{}', '{"Statement":{"Effect":"Deny","Principal":"*","Action":"sqs:*"}}'])
    await assert.rejects(bench.call('SetQueueAttributes', { QueueUrl, Attributes: { Policy } }), /Policy/);
});
