import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejectionOf } from '../../core/operation.fixture.ts';
import { functionArn, LambdaBench } from './lambda.fixture.ts';

const textOf = (payload: unknown) => Buffer.from(payload as Uint8Array).toString();
const minute = 60_000;

test('a function that fails gets its event again a minute later and two after that, then it is a dead letter', async () => {
  const bench = await LambdaBench.open();
  await bench.call('Invoke', { FunctionName: 'f', InvocationType: 'Event', Payload: '{"n":1}' }, { requestId: 'r' });
  const counts: number[] = [];
  for (const wait of [0, minute, 2 * minute]) {
    await bench.advance(Math.max(0, wait - 1));
    counts.push(bench.jobs.length);
    await bench.advance(1);
    await bench.begin();
    await bench.end(1, '{"errorType":"E","errorMessage":"m"}');
  }
  await bench.advance(60 * minute);
  assert.deepEqual([counts, bench.jobs.length], [[1, 1, 2], 3]);
  const [letter = {}] = bench.letters;
  assert.equal(bench.letters.length, 1);
  assert.equal(letter.MessageBody, '{"n":1}');
  const { RequestID, ErrorMessage } = letter.MessageAttributes as Record<string, { StringValue: string }>;
  assert.deepEqual([RequestID?.StringValue, ErrorMessage?.StringValue], ['r', '{"errorType":"E","errorMessage":"m"}']);
});

test('an event that was taken outlives a crash, and the job that is run for it is found again', async () => {
  const bench = await LambdaBench.open();
  await bench.call('Invoke', { FunctionName: 'f', InvocationType: 'Event', Payload: '1' });
  assert.equal(bench.jobs.length, 1);
  await bench.restart();
  await bench.advance(60 * minute);
  assert.equal(bench.jobs.length, 1);
  await bench.begin();
  await bench.end();
  await bench.restart();
  await bench.advance(60 * minute);
  assert.deepEqual([bench.jobs.length, bench.letters.length], [1, 0]);
});

test('a call that is repeated with its idempotency key adds no second event', async () => {
  const bench = await LambdaBench.open();
  const input = { FunctionName: 'f', InvocationType: 'Event', Payload: '1' };
  for (const [requestId, idempotencyKey] of [
    ['1', 'a'],
    ['2', 'a'],
    ['3', 'b'],
    ['4', 'a'],
  ] as const) {
    await bench.call('Invoke', input, { requestId, idempotencyKey });
    if (bench.jobs.at(-1)?.status === 'RUNNABLE') {
      await bench.begin();
      await bench.end();
    }
  }
  await bench.advance(minute);
  assert.equal(bench.jobs.length, 2);
});

test('an invocation that is repeated after a crash waits for the job of the first, whatever its request is called', async () => {
  const bench = await LambdaBench.open();
  const input = { FunctionName: 'f', Payload: '1' };
  const gone = new AbortController();
  const first = bench.call('Invoke', input, { requestId: '1', idempotencyKey: 'states:k', signal: gone.signal });
  await bench.settle();
  gone.abort(new Error('stopped'));
  await assert.rejects(first, /stopped/);
  await bench.restart();
  const second = bench.call('Invoke', input, { requestId: '2', idempotencyKey: 'states:k' });
  await bench.settle();
  await bench.begin();
  await bench.end(0, '"answer"');
  assert.equal(textOf((await second).Payload), '"answer"');
  assert.equal(bench.jobs.length, 1);
});

test('a job that began without its event, as after a crash, is no try of the function: another is run, but not for ever', async () => {
  const bench = await LambdaBench.open();
  const call = bench.call('Invoke', { FunctionName: 'f', Payload: '1' }, { idempotencyKey: 'states:k' });
  await bench.settle();
  const lost = 'the event of this invocation is gone';
  await bench.end(97, lost);
  assert.deepEqual([bench.jobs.length, new Set(bench.jobs.map(({ jobName }) => jobName)).size], [2, 2]);
  await bench.end(0, '"answer"');
  assert.equal(textOf((await call).Payload), '"answer"');
  const other = bench.call('Invoke', { FunctionName: 'f' });
  await bench.settle();
  for (let job = 0; job < 6; job += 1) await bench.end(97, lost);
  assert.equal((await other).FunctionError, 'Unhandled');
  assert.equal(bench.jobs.length, 8);
});

test('a caller may go away while its job is looked at', async () => {
  const bench = await LambdaBench.open();
  const gone = new AbortController();
  bench.onDescribe = () => {
    Object.assign(bench.jobs.at(-1) ?? {}, { status: 'SUCCEEDED' });
    gone.abort(new Error('gone'));
  };
  const { Payload } = await bench.call('Invoke', { FunctionName: 'f' }, { signal: gone.signal });
  assert.equal(textOf(Payload), 'null');
});

test('a function has its time from the start of its job, and is told to be over it', async () => {
  const bench = await LambdaBench.open();
  const call = bench.call('Invoke', { FunctionName: 'f' });
  await bench.advance(60 * minute);
  await bench.begin();
  await bench.advance(2999);
  assert.deepEqual(bench.terminated, []);
  await bench.advance(1);
  assert.deepEqual(bench.terminated, ['job-0']);
  await bench.end(137, 'something');
  const { FunctionError, Payload } = await call;
  assert.deepEqual([FunctionError, JSON.parse(textOf(Payload)).errorType], ['Unhandled', 'Sandbox.Timedout']);
});

test('a job that cannot be ended is no secret, whatever has become of it since it began', async () => {
  const bench = await LambdaBench.open();
  bench.onTerminate = () => {
    throw new Error('no');
  };
  const call = rejectionOf(bench.call('Invoke', { FunctionName: 'f' }));
  await bench.settle();
  await bench.begin();
  await bench.begin();
  await bench.advance(3000);
  assert.match(String(await call), /no/);
});

test('beyond its concurrency a function is not invoked, and is again as soon as there is room', async () => {
  const bench = await LambdaBench.open();
  const first = bench.call('Invoke', { FunctionName: 'narrow' });
  await bench.settle();
  const code = 'TooManyRequestsException';
  await assert.rejects(bench.call('Invoke', { FunctionName: functionArn('narrow') }), { code, status: 429 });
  await bench.begin();
  await bench.end();
  await first;
  const second = bench.call('Invoke', { FunctionName: 'narrow' });
  await bench.settle();
  await bench.end();
  assert.equal((await second).StatusCode, 200);
});

test('a policy has a size, and who changes it names the version that is changed', async () => {
  const bench = await LambdaBench.open();
  const FunctionName = 'f';
  const add = (StatementId: string, more: object = {}) =>
    bench.call('AddPermission', {
      ...{ FunctionName, StatementId, Action: 'lambda:InvokeFunction', Principal: 'sns.amazonaws.com' },
      ...more,
    });
  await add('one', { SourceArn: 'arn:aws:sns:us-east-1:123456789012:t' });
  await assert.rejects(add('one'), { code: 'ResourceConflictException', status: 409 });
  const { RevisionId, Policy } = await bench.call('GetPolicy', { FunctionName });
  assert.deepEqual(JSON.parse(String(Policy)).Statement[0].Condition, {
    ArnLike: { 'AWS:SourceArn': 'arn:aws:sns:us-east-1:123456789012:t' },
  });
  await assert.rejects(add('two', { RevisionId: 'other' }), { code: 'PreconditionFailedException', status: 412 });
  await add('two', { RevisionId });
  const SourceArn = `arn:aws:sns:us-east-1:123456789012:${'t'.repeat(2000)}`;
  const many = Array.from({ length: 10 }, (_, index) => index);
  const code = 'PolicyLengthExceededException';
  await assert.rejects(
    async () => {
      for (const index of many) await add(`long-${index}`, { SourceArn });
    },
    { code },
  );
  await bench.restart();
  await bench.call('RemovePermission', { FunctionName, StatementId: 'one' });
});

test('a policy says for whose sake it lets a service in', async () => {
  const bench = await LambdaBench.open();
  const given = { FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction' };
  const who = { Principal: 'events.amazonaws.com', SourceAccount: '123456789012' };
  const { Statement } = await bench.call('AddPermission', { ...given, ...who });
  assert.deepEqual(JSON.parse(String(Statement)), {
    ...{ Sid: 's', Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'lambda:InvokeFunction' },
    Resource: functionArn('f'),
    Condition: { StringEquals: { 'AWS:SourceAccount': '123456789012' } },
  });
});

test('functions are listed by name, in pages', async () => {
  const bench = await LambdaBench.open();
  const namesOf = ({ Functions }: Readonly<Record<string, unknown>>) =>
    (Functions as readonly { readonly FunctionName: string }[]).map((each) => each.FunctionName);
  const first = await bench.call('ListFunctions', { MaxItems: 1 });
  const second = await bench.call('ListFunctions', { MaxItems: 1, Marker: first.NextMarker });
  assert.deepEqual([namesOf(first), namesOf(second), second.NextMarker], [['f'], ['narrow'], 'narrow']);
  const code = 'InvalidParameterValueException';
  await assert.rejects(bench.call('ListFunctions', { Marker: 'none' }), { code });
});

test('there is no version but $LATEST', async () => {
  const bench = await LambdaBench.open();
  const names = ['GetFunction', 'GetFunctionConfiguration', 'GetPolicy', 'Invoke', 'RemovePermission'] as const;
  const more = { StatementId: 's', Action: 'lambda:InvokeFunction', Principal: 'sns.amazonaws.com' };
  for (const name of [...names, 'AddPermission'] as const) {
    const message = `Function not found: ${functionArn('f')}:7`;
    const refused = { code: 'ResourceNotFoundException', status: 404, message };
    await assert.rejects(bench.call(name, { FunctionName: 'f', Qualifier: '7', ...more }), refused);
    await assert.rejects(bench.call(name, { FunctionName: `${functionArn('f')}:7`, ...more }), refused);
  }
  for (const FunctionName of ['f', 'f:$LATEST', functionArn('f'), '123456789012:function:f']) {
    assert.equal((await bench.call('GetFunctionConfiguration', { FunctionName })).FunctionName, 'f');
  }
  assert.equal((await bench.call('GetFunctionConfiguration', { FunctionName: 'f', Qualifier: '$LATEST' })).Timeout, 3);
});

test('a configuration is shown without what may be secret', async () => {
  const bench = await LambdaBench.open();
  const shown = [
    await bench.call('GetFunction', { FunctionName: 'f' }),
    await bench.call('GetFunctionConfiguration', { FunctionName: 'f' }),
    await bench.call('GetFunction', { FunctionName: 'posted' }),
  ];
  assert.match(JSON.stringify(shown), /http:\/\/functions\.test\/path/);
  assert.doesNotMatch(JSON.stringify(shown), /secret/);
});
