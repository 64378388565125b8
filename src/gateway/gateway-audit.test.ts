import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { z } from 'zod';
import type { AuditRecord, ChangeUnderWay } from '../core/audit.ts';
import { CommitFailed, ServiceError } from '../core/errors.ts';
import type { Arn, Region } from '../core/ids.ts';
import {
  type AccessRequests,
  defineOperation,
  type RequestContext,
  type ServiceDefinition,
} from '../core/operation.ts';
import { textOf } from '../core/unvalidated.ts';
import { rolePrincipal, servicePrincipal } from '../iam/index.ts';
import { MemorySink } from './audit.fixture.ts';
import { account, type CallRequest, sessions, startGateway } from './gateway.fixture.ts';
import { OperationRegistry } from './operation-registry.ts';

let made: string[] = [];
let asked = 0;
let sink = new MemorySink();

function about(name: unknown): AccessRequests {
  asked += 1;
  return [
    { action: 'logs:PutLogEvents', resource: `arn:${textOf(name) ?? '?'}` },
    { action: 'logs:PutLogEvents', resource: '*' },
  ];
}

const input = z.object({ name: z.string().max(8), secret: z.string().optional(), nested: z.unknown().optional() });
const operations = {
  Change: defineOperation<object, object>()({
    schema: input,
    readOnly: false,
    audit: { kind: 'management', hide: ['secret'], hideAnswer: ['token'] },
    access: ({ name }) => about(name),
    handler: ({ name }) => {
      if (name === 'taken') throw new ServiceError('ThingExists', 'There is one.');
      if (name === 'bug') throw new TypeError('internals');
      if (name === 'look') return { seen: [...sink.underWay].map((change) => change.describe()) };
      made.push(name);
      return { secret: 'new', made: name, token: 't' };
    },
  }),
  Read: defineOperation<object, object>()({
    schema: input,
    readOnly: true,
    audit: 'management',
    access: ({ name }) => about(name),
    handler: ({ name }) => ({ name }),
  }),
  Send: defineOperation<object, object>()({
    schema: input,
    readOnly: false,
    audit: 'data',
    access: ({ name }) => about(name),
    handler: () => ({}),
  }),
  Unheard: defineOperation<object, object>()({
    schema: input,
    readOnly: false,
    audit: 'none',
    access: ({ name }) => about(name),
    handler: () => ({}),
  }),
};

const service: ServiceDefinition = {
  name: 'logs',
  apiVersion: '2014-03-28',
  protocol: { kind: 'awsJson1.1', targetPrefix: 'Logs' },
  errors: { validation: 'InvalidParameterException', internal: 'ServiceUnavailableException' },
  operations,
};

/** The sink of the current test. */
const current = new MemorySink();
Object.assign(current, {
  wants: (kind: 'management' | 'data') => sink.wants(kind),
  admit: () => sink.admit(),
  record: (record: AuditRecord, of?: ChangeUnderWay) => sink.record(record, of),
  begin: (change: ChangeUnderWay) => sink.begin(change),
  drop: (change: ChangeUnderWay) => sink.drop(change),
});
const registry = new OperationRegistry([service], current.options);
const running = await startGateway({ registry });
after(() => running.gateway.close());
beforeEach(() => {
  made = [];
  asked = 0;
  sink = new MemorySink();
});

const roleArn = 'arn:aws:iam::123456789012:role/r' as Arn;
const stranger = rolePrincipal({ account, roleArn, sessionName: 's', use: { kind: 'assumed' } });

async function call(name: string, body: object, more: Partial<CallRequest> = {}) {
  const headers = { 'x-amz-target': `Logs.${name}`, 'user-agent': 'a client' };
  const request = { target: '/', service: 'logs', headers, body: JSON.stringify(body), ...more };
  const answer = await running.call(request);
  return { status: answer.status, id: answer.headers['x-amzn-requestid'], ...JSON.parse(answer.body) };
}

function only(): AuditRecord {
  assert.equal(sink.records.length, 1);
  return sink.records[0] ?? assert.fail();
}

test('a call over HTTP leaves a record: who, what, when, from where, about what, and nothing that must not be seen', async () => {
  const { id, status } = await call('Change', { name: 'a', secret: 'x', nested: [{ secret: { y: 1 }, b: 2 }] });
  assert.equal(status, 200);
  const { principal, parameters, ...record } = only();
  assert.equal(principal.arn, 'arn:aws:iam::123456789012:root');
  assert.equal(principal.accessKeyId, 'AKIAROOTROOTROOTROOT');
  assert.deepEqual(JSON.parse(JSON.stringify(parameters)), {
    name: 'a',
    secret: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    nested: [{ secret: 'HIDDEN_DUE_TO_SECURITY_REASONS', b: 2 }],
  });
  assert.deepEqual(record, {
    time: running.clock.now(),
    requestId: id,
    account,
    region: 'eu-west-1',
    source: { kind: 'network', address: '127.0.0.1', userAgent: 'a client' },
    service: 'logs',
    operation: 'Change',
    kind: 'management',
    readOnly: false,
    answer: { secret: 'HIDDEN_DUE_TO_SECURITY_REASONS', made: 'a', token: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    resources: ['arn:a'],
  });
});

test('a call between services leaves one too, with the service that calls', async () => {
  const context: RequestContext = {
    ...{ account, region: 'us-east-1' as Region, requestId: 'r', now: 5, signal: new AbortController().signal },
    principal: servicePrincipal(account, 'batch.amazonaws.com'),
    source: { kind: 'service', service: 'batch.amazonaws.com' },
  };
  await registry.invoke('logs', 'Change', { name: 'a' }, context);
  const { principal, source, time } = only();
  assert.deepEqual([principal.kind, source, time], ['service', context.source, 5]);
});

for (const [what, body, code, as] of [
  ['is denied', { name: 'a' }, 'AccessDeniedException', stranger],
  ['is invalid', { name: 'longer than 8' }, 'InvalidParameterException', undefined],
  ['has a member of a wrong type', { name: 7 }, 'SerializationException', undefined],
  ['is refused by its handler', { name: 'taken' }, 'ThingExists', undefined],
  ['fails unforeseen', { name: 'bug' }, 'ServiceUnavailableException', undefined],
] as const) {
  test(`a call that ${what} leaves a record with its code`, async () => {
    const signer = as && { credentials: sessions.issue(as, running.clock.now() + 1000) };
    assert.equal((await call('Change', body, signer)).__type, code);
    const record = only();
    assert.equal(record.errorCode, code);
    if (as) assert.equal(record.principal.arn, as.arn);
    if (as) assert.match(record.errorMessage ?? '', /is not authorized to perform/);
  });
}

test('what a record cannot hold of the parameters is left out', async () => {
  await call('Change', { name: 'a', nested: Array.from({ length: 10_000 }, () => 1) });
  await call('Change', { name: 'a', nested: 'x'.repeat(200_000) });
  for (const record of sink.records) assert.ok(!('parameters' in record));
  assert.deepEqual(made, ['a', 'a']);
});

test('calls that nobody wants, and those that are never audited, are not told and cost no question', async () => {
  await call('Send', { name: 'a' });
  await call('Unheard', { name: 'a' });
  assert.deepEqual([sink.records.length, asked], [0, 0]);
  sink.wanted.add('data');
  await call('Send', { name: 'a' });
  assert.equal(only().kind, 'data');
});

test('access is asked once for the policy and the record together', async () => {
  await call('Change', { name: 'a' }, { credentials: sessions.issue(stranger, running.clock.now() + 1000) });
  assert.deepEqual([only().resources, asked], [['arn:a'], 1]);
});

test('what was answered to a read is in no record, and a refusal has no answer', async () => {
  await call('Read', { name: 'a' });
  await call('Change', { name: 'taken' });
  assert.deepEqual(
    sink.records.map((record) => 'answer' in record),
    [false, false],
  );
});

test('a change that was made, and then could not be stored, has another record that says so', async () => {
  const lost = new CommitFailed('disk-full', 'no space left');
  const full = await startGateway({ registry, settled: () => Promise.reject(lost) });
  const headers = { 'x-amz-target': 'Logs.Change' };
  await full.call({ target: '/', service: 'logs', headers, body: '{"name":"a"}' });
  await full.gateway.close();
  const [made, undone] = sink.records;
  assert.equal(made?.requestId, undone?.requestId);
  assert.deepEqual(
    sink.records.map(({ errorCode, errorMessage }) => [errorCode, errorMessage]),
    [
      [undefined, undefined],
      ['ServiceUnavailableException', 'no space left'],
    ],
  );
});

test('the answer waits until its record is kept', async () => {
  const kept = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  sink.keep = () => {
    if (sink.records.length === 0) return undefined;
    reached.resolve();
    return kept.promise;
  };
  let answered = false;
  const answer = call('Change', { name: 'a' }).then(() => {
    answered = true;
  });
  await reached.promise;
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  assert.deepEqual([answered, made], [false, ['a']]);
  kept.resolve();
  await answer;
});

test('while no record can be kept, changes are refused and not made, and reads go on', async () => {
  sink.keep = () => Promise.reject(new Error('the disk is full'));
  const change = await call('Change', { name: 'a' });
  assert.deepEqual([change.status, change.__type], [503, 'ServiceUnavailableException']);
  assert.match(change.message, /nothing has been changed/);
  assert.deepEqual(made, []);
  assert.deepEqual(
    [(await call('Read', { name: 'a' })).name, (await call('Unheard', { name: 'a' })).status],
    ['a', 200],
  );
  sink.keep = () => undefined;
  assert.equal((await call('Change', { name: 'a' })).status, 200);
  assert.deepEqual(made, ['a']);
});

test('a change whose record is lost after all is not answered as made', async () => {
  sink.keep = () => (sink.records.length === 0 ? undefined : Promise.reject(new Error('the disk is full')));
  const { status, message } = await call('Change', { name: 'a' });
  assert.equal(status, 503);
  assert.match(message, /It may have been made nevertheless/);
});

test('without a sink nothing is asked for the audit', async () => {
  const silent = new OperationRegistry([service]);
  const bare = await startGateway({ registry: silent });
  const headers = { 'x-amz-target': 'Logs.Change' };
  const answer = await bare.call({ target: '/', service: 'logs', headers, body: '{"name":"a"}' });
  await bare.gateway.close();
  assert.deepEqual([answer.status, asked, made], [200, 0, ['a']]);
});

test('while a change is made it is known what its record will be, and no longer once it has one', async () => {
  const { seen } = await call('Change', { name: 'look', secret: 'x' });
  const { answer, ...known } = only();
  assert.ok(answer);
  const { parameters, resources, requestId } = JSON.parse(JSON.stringify(known));
  assert.equal(seen.length, 1);
  assert.deepEqual(seen[0].parameters, { name: 'look', secret: 'HIDDEN_DUE_TO_SECURITY_REASONS' });
  assert.deepEqual([seen[0].parameters, seen[0].resources, seen[0].requestId], [parameters, resources, requestId]);
  await call('Change', { name: 'taken' });
  await call('Change', { name: 'longer than 8' });
  await call('Read', { name: 'a' });
  sink.keep = () => Promise.reject(new Error('the disk is full'));
  await call('Change', { name: 'a' });
  assert.equal(sink.underWay.size, 0);
});
