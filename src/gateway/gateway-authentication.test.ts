import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Arn } from '../core/ids.ts';
import { rolePrincipal, rootPrincipal } from '../iam/index.ts';
import {
  account,
  type CallRequest,
  type RunningGateway,
  rootKey,
  sendRaw,
  sessions,
  sign,
  startGateway,
} from './gateway.fixture.ts';

let running: RunningGateway;
before(async () => {
  running = await startGateway();
});
after(() => running.gateway.close());

/** The same call in each family of protocols. */
const calls: Record<'rest' | 'json' | 'query', CallRequest> = {
  rest: { target: '/v1/echo', body: '{}', service: 'batch' },
  json: { target: '/', body: '{}', service: 'logs', headers: { 'x-amz-target': 'Logs_20140328.Echo' } },
  query: {
    target: '/',
    body: 'Action=Echo&Version=2010-03-31',
    service: 'sns',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  },
};

type Expected = Record<keyof typeof calls, [code: string, status: number]>;

async function expectRefusal(
  how: (call: CallRequest) => CallRequest,
  expected: Expected,
  words: RegExp,
): Promise<void> {
  for (const family of ['rest', 'json', 'query'] as const) {
    const call = how(calls[family]);
    const headers = { ...sign(call, running.address.port, running.clock.now()), ...call.headers };
    const response = await running.send({ ...call, headers });
    const [code, status] = expected[family];
    assert.equal(response.headers['x-amzn-errortype'], code, `${family}: ${response.body}`);
    assert.equal(response.status, status, family);
    assert.match(response.body, words);
  }
}

test('a signature that does not match is refused with the code of each protocol', async () => {
  await expectRefusal(
    (call) => ({ ...call, credentials: { ...rootKey, secretAccessKey: 'wrong' } }),
    {
      rest: ['InvalidSignatureException', 403],
      json: ['InvalidSignatureException', 400],
      query: ['SignatureDoesNotMatch', 403],
    },
    /The request signature we calculated does not match the signature you provided\./,
  );
});

test('a restJson1 mismatch shows the canonical request', async () => {
  const response = await running.call({ target: '/v1/echo', credentials: { ...rootKey, secretAccessKey: 'wrong' } });
  assert.match(
    JSON.parse(response.body).message,
    /should have been\n'POST\n\/v1\/echo\n.*String-to-Sign should have been\n'AWS4-HMAC-SHA256\n/s,
  );
});

test('an unknown access key is refused with the code of each protocol', async () => {
  await expectRefusal(
    (call) => ({ ...call, credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } }),
    {
      rest: ['UnrecognizedClientException', 403],
      json: ['UnrecognizedClientException', 400],
      query: ['InvalidClientTokenId', 403],
    },
    /The security token included in the request is invalid\./,
  );
});

test('an expired session token is refused with the code of each protocol', async () => {
  const session = sessions.issue(rootPrincipal(account), running.clock.now());
  await expectRefusal(
    (call) => ({ ...call, credentials: session }),
    { rest: ['ExpiredTokenException', 403], json: ['ExpiredTokenException', 400], query: ['ExpiredToken', 403] },
    /The security token included in the request is expired/,
  );
});

test('an incomplete signature is refused with the code of each protocol', async () => {
  const scopes = { rest: 'batch', json: 'logs', query: 'sns' };
  await expectRefusal(
    (call) => ({
      ...call,
      headers: {
        ...call.headers,
        authorization: `AWS4-HMAC-SHA256 Credential=AK/20231114/us-east-1/${call.service}/aws4_request, Signature=0`,
      },
    }),
    {
      rest: ['IncompleteSignatureException', 403],
      json: ['IncompleteSignatureException', 400],
      query: ['IncompleteSignature', 400],
    },
    /Authorization header requires .*SignedHeaders.* parameter\./,
  );
  assert.equal(Object.keys(scopes).length, 3);
});

test('a request without a signature is refused in the protocol that it looks like', async () => {
  const expected: Expected = {
    rest: ['MissingAuthenticationTokenException', 403],
    json: ['MissingAuthenticationTokenException', 400],
    query: ['MissingAuthenticationToken', 403],
  };
  for (const family of ['rest', 'json', 'query'] as const) {
    const response = await running.send(calls[family]);
    const [code, status] = expected[family];
    assert.equal(response.headers['x-amzn-errortype'], code);
    assert.equal(response.status, status);
  }
  const nowhere = await running.send({ method: 'GET', target: '/' });
  assert.equal(nowhere.status, 403);
  assert.equal(nowhere.headers['x-amzn-errortype'], 'MissingAuthenticationTokenException');
});

test('a role session is denied whatever needs a permission, with the words of AWS', async () => {
  const roleArn = 'arn:aws:iam::123456789012:role/render' as Arn;
  const principal = rolePrincipal({ account, roleArn, sessionName: 'me', use: { kind: 'assumed' } });
  const { arn } = principal;
  assert.equal(arn, 'arn:aws:sts::123456789012:assumed-role/render/me');
  const session = sessions.issue(principal, running.clock.now() + 1000);
  const denied = await running.call({ target: '/v1/echo', credentials: session });
  assert.equal(denied.status, 403);
  assert.equal(denied.headers['x-amzn-errortype'], 'AccessDeniedException');
  assert.equal(
    JSON.parse(denied.body).message,
    `User: ${arn} is not authorized to perform: batch:Echo on resource: * because no identity-based policy allows the batch:Echo action`,
  );
  const label = await running.call({ method: 'DELETE', target: '/v1/things/arn%3Aq', credentials: session });
  assert.match(label.body, /to perform: batch:DeleteThing on resource: arn:q/);
  const json = await running.call({ ...calls.json, credentials: session });
  assert.deepEqual([json.status, JSON.parse(json.body).__type], [400, 'AccessDeniedException']);
  const query = await running.call({ ...calls.query, credentials: session });
  assert.deepEqual([query.status, query.headers['x-amzn-errortype']], [403, 'AccessDenied']);
});

test('the signature covers the path as it travelled and every repetition of a header', async () => {
  const { port } = running.address;
  const signed = sign({ target: '/v1/echo', headers: { 'x-amz-meta': 'a,b' } }, port, running.clock.now());
  const { 'x-amz-meta': _, ...others } = signed;
  const lines = Object.entries(others).map(([name, value]) => `${name}: ${value}`);
  const head = (repeated: string[]) =>
    `${['POST /v1/echo HTTP/1.1', ...lines, ...repeated, 'connection: close'].join('\r\n')}\r\ncontent-length: 0\r\n\r\n`;
  assert.match(await sendRaw(port, head(['x-amz-meta: a', 'X-Amz-Meta:  b '])), /^HTTP\/1.1 200 /);
  assert.match(await sendRaw(port, head(['x-amz-meta: b', 'X-Amz-Meta: a'])), /^HTTP\/1.1 403 /);
  const moved = await running.send({ target: '/v1/fail', headers: signed });
  assert.equal(moved.headers['x-amzn-errortype'], 'InvalidSignatureException');
});

test('a GET with a body must have signed it', async () => {
  const call: CallRequest = { method: 'GET', target: '/v1/things/x', body: '{"all":"yes"}' };
  const headers = { ...sign(call, running.address.port, running.clock.now()), 'content-length': '13' };
  assert.equal(JSON.parse((await running.send({ ...call, headers })).body).all, 'yes');
  const altered = await running.send({ ...call, body: '{"all":"no!"}', headers });
  assert.equal(altered.status, 403);
});

test('with authentication off everybody is the root user, signed or not', async () => {
  const open = await startGateway({ authMode: 'none' });
  try {
    const signed = await open.call({
      target: '/v1/echo',
      credentials: { accessKeyId: 'any', secretAccessKey: 'thing' },
    });
    assert.deepEqual(
      [JSON.parse(signed.body).arn, JSON.parse(signed.body).region],
      ['arn:aws:iam::123456789012:root', 'eu-west-1'],
    );
    for (const family of ['rest', 'json'] as const) {
      const unsigned = await open.send(calls[family]);
      assert.deepEqual([unsigned.status, JSON.parse(unsigned.body).region], [200, 'us-east-1']);
    }
    assert.match((await open.send(calls.query)).body, /^<EchoResponse /);
    const byUrl = await open.send({ method: 'GET', target: '/?Version=2010-03-31&Action=Echo' });
    assert.match(byUrl.body, /^<EchoResponse /);
    const nothing = await open.send({ target: '/', body: '{}' });
    assert.deepEqual([nothing.status, nothing.headers['x-amzn-errortype']], [404, 'UnknownOperationException']);
    const stranger = await open.send({ ...calls.rest, headers: { host: 'evil.example' } });
    assert.equal(stranger.status, 403);
  } finally {
    await open.gateway.close();
  }
});
