import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { z } from 'zod';
import type { Arn } from '../core/ids.ts';
import { type AccessRequests, defineOperation, type ServiceDefinition } from '../core/operation.ts';
import type { Principal, RoleUse } from '../core/principal.ts';
import { textOf, textsOf } from '../core/unvalidated.ts';
import { rolePrincipal, rootPrincipal } from '../iam/index.ts';
import { account, type CallRequest, credentials, rootKey, sessions, startGateway } from './gateway.fixture.ts';
import { OperationRegistry } from './operation-registry.ts';

/** What was done for a call, in order. */
const done: string[] = [];
beforeEach(() => {
  done.length = 0;
});

function noted<Value>(what: string, value: Value): Value {
  done.push(what);
  return value;
}

/** A list of texts that notes each text it looks at. */
const watched = z.array(z.string().refine((text) => noted('validated', text.length < 10))).max(5);

const things = {
  /** Asks at once, or once something was waited for. */
  DoThings: defineOperation<{ names: string[] }, object>()({
    schema: z.object({ names: watched, later: z.boolean().optional() }),
    readOnly: false,
    audit: 'management',
    access: ({ names, later }): AccessRequests | Promise<AccessRequests> => {
      const asked = textsOf(names).map((resource) => ({ action: 'batch:SubmitJob', resource }));
      return noted('asked', later === true ? Promise.resolve(asked) : asked);
    },
    handler: () => noted('handled', {}),
  }),
  /** Asks for each entry. */
  StopThings: defineOperation<{ names: string[] }, object>()({
    schema: z.object({ names: z.array(z.string()) }),
    readOnly: false,
    audit: 'management',
    access: ({ names }) =>
      textsOf(names).map((entry) => ({
        action: entry.startsWith('mine') ? 'batch:TerminateJob' : 'batch:DeleteJobQueue',
        resource: entry,
        entry,
      })),
    handler: ({ names }, _context, refused) => ({
      stopped: names.filter((name) => !refused.has(name)),
      refused: Object.fromEntries(refused),
    }),
  }),
  ReadThing: defineOperation<{ name: string }, object>()({
    schema: z.object({ name: z.string().max(3) }),
    readOnly: true,
    audit: 'management',
    access: ({ name }) => [{ action: 'batch:DescribeJobs', resource: textOf(name) ?? '*' }],
    handler: () => ({}),
  }),
};

const service: ServiceDefinition = {
  name: 'batch',
  apiVersion: '2016-08-10',
  protocol: {
    kind: 'restJson1',
    bindings: Object.fromEntries(
      Object.keys(things).map((name) => [name, { method: 'POST', path: `/v1/${name.toLowerCase()}` } as const]),
    ),
  },
  errors: { validation: 'ClientException', internal: 'ServerException' },
  operations: things,
};

const running = await startGateway({ registry: new OperationRegistry([service]), credentials });
after(() => running.gateway.close());

function keyOf(use: RoleUse): NonNullable<CallRequest['credentials']> {
  const roleArn = 'arn:aws:iam::123456789012:role/r' as Arn;
  const principal: Principal = rolePrincipal({ account, roleArn, sessionName: 's', use });
  return sessions.issue(principal, running.clock.now() + 60_000);
}

const stranger = keyOf({ kind: 'assumed' });
const job = keyOf({ kind: 'job' });

async function call(name: string, body: unknown, signer: CallRequest['credentials'] = stranger) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await running.call({ target: `/v1/${name}`, body: text, credentials: signer ?? rootKey });
  return { status: answer.status, code: answer.headers['x-amzn-errortype'], ...JSON.parse(answer.body) };
}

for (const later of [false, true]) {
  const when = later ? 'waiting for the answer' : 'at once';
  test(`an input of 10,000 names is refused before it is validated to those who may not call (${when})`, async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `a name that is too long ${index}`);
    const { status, code, message } = await call('dothings', { names, later });
    assert.deepEqual([status, code], [403, 'AccessDeniedException']);
    assert.match(
      message,
      /^User: arn:aws:sts::123456789012:assumed-role\/r\/s is not authorized to perform: batch:SubmitJob on resource: a name that is too long 0 because no identity-based policy allows the batch:SubmitJob action$/,
    );
    assert.deepEqual(done, ['asked']);
  });

  test(`who may call learns what is wrong with the input, after that was asked (${when})`, async () => {
    const { status, code, message } = await call('dothings', { names: ['much too long a name'], later }, job);
    assert.deepEqual([status, code], [400, 'ClientException']);
    assert.match(message, /names/);
    assert.deepEqual(done, ['asked', 'validated']);
  });

  test(`who may call is served, once (${when})`, async () => {
    assert.equal((await call('dothings', { names: ['a'], later }, job)).status, 200);
    assert.deepEqual(done, ['asked', 'validated', 'handled']);
  });
}

test('what cannot be read is a SerializationException, to those who may not call too', async () => {
  const { code } = await call('dothings', '{"names":[');
  assert.equal(code, 'SerializationException');
  assert.deepEqual(done, []);
});

test('of the root user nothing is asked', async () => {
  assert.equal((await call('dothings', { names: ['a'] }, rootKey)).status, 200);
  assert.deepEqual(done, ['validated', 'handled']);
});

for (const [words, input] of [
  ['missing', {}],
  ['of another type', { name: { a: 1 } }],
  ['null', { name: null }],
  ['longer than any name', { name: 'x'.repeat(5000) }],
] as const) {
  test(`a member that names a thing and is ${words} is as good as none when access is asked`, async () => {
    const { code, message } = await call('readthing', input);
    assert.equal(code, 'AccessDeniedException');
    assert.match(message, /batch:DescribeJobs on resource: \*/);
  });
}

test('of many entries those are done that may be, and the others are answered for', async () => {
  const { status, stopped, refused } = await call('stopthings', { names: ['mine-1', 'theirs', 'mine-2'] }, job);
  assert.equal(status, 200);
  assert.deepEqual(stopped, ['mine-1', 'mine-2']);
  assert.deepEqual(Object.keys(refused), ['theirs']);
  assert.match(refused.theirs, /is not authorized to perform: batch:DeleteJobQueue on resource: theirs because/);
  const all = await call('stopthings', { names: ['mine-1', 'theirs'] }, rootKey);
  assert.deepEqual([all.stopped, all.refused], [['mine-1', 'theirs'], {}]);
});

test('a service that calls another is asked like a client', async () => {
  const registry = new OperationRegistry([service]);
  const context = {
    ...{ account, region: 'us-east-1' as never, requestId: 'r', now: 0, signal: new AbortController().signal },
    source: { kind: 'service', service: 'states.amazonaws.com' },
  } as const;
  const as = (principal: Principal) =>
    registry.invoke('batch', 'DoThings', { names: ['a'] }, { ...context, principal });
  const roleArn = 'arn:aws:iam::123456789012:role/r' as Arn;
  const session = (...actions: string[]) =>
    rolePrincipal({ account, roleArn, sessionName: 's', use: { kind: 'state-machine', actions } });
  await assert.rejects(as(session('batch:TerminateJob')), { code: 'AccessDeniedException', status: 403 });
  assert.deepEqual(done, ['asked']);
  await as(session('batch:SubmitJob'));
  await as(rootPrincipal(account));
});
