import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejectionOf } from '../../../core/operation.fixture.ts';
import type { AccessRequests } from '../../../core/operation.ts';
import { type AccessDecision, Authority, type CallFacts } from '../../../iam/index.ts';
import { EventsBench, prefix, scope } from '../events.fixture.ts';
import type { EventsOperationName } from '../service.ts';
import { isKeptFrom } from './address-guard.ts';
import type { HttpAnswer, HttpRequest } from './http-client.ts';
import { connectionRecords } from './records.ts';

const RoleArn = `arn:aws:iam::${scope.account}:role/events`;
const dead = `arn:aws:sqs:us-east-1:${scope.account}:dead`;

/** A bench whose endpoints note what they are sent. */
class HttpBench {
  readonly bench: EventsBench;
  readonly sent: { readonly request: HttpRequest; readonly at: number }[] = [];
  answer: (request: HttpRequest) => Partial<HttpAnswer> | Error = () => ({});

  private constructor(bench: EventsBench) {
    this.bench = bench;
    bench.send = async (request) => {
      this.sent.push({ request, at: bench.clock.now() });
      const answer = this.answer(request);
      if (answer instanceof Error) throw answer;
      return { status: 200, retryAfter: undefined, body: '', ...answer };
    };
  }

  static async open(authority?: Authority): Promise<HttpBench> {
    return new HttpBench(await EventsBench.open(undefined, authority));
  }

  async connection(type: string, AuthParameters: object, Name = 'c'): Promise<string> {
    const made = await this.bench.call('CreateConnection', { Name, AuthorizationType: type, AuthParameters });
    return String(made.ConnectionArn);
  }

  async destination(ConnectionArn: string, more: object = {}): Promise<string> {
    const InvocationEndpoint = 'https://api.test/v1/*/orders';
    const given = { Name: 'd', ConnectionArn, InvocationEndpoint, HttpMethod: 'POST', ...more };
    return String((await this.bench.call('CreateApiDestination', given)).ApiDestinationArn);
  }

  async rule(Arn: string, more: object = {}): Promise<void> {
    await this.bench.rule('r', { EventPattern: '{"source":["shop"]}' }, { Id: 'h', Arn, RoleArn, ...more });
  }

  async put(detail: object = { number: 1 }): Promise<void> {
    await this.bench.put({ Source: 'shop', DetailType: 'Order', Detail: JSON.stringify(detail) });
    await this.bench.settle();
  }

  /** What dead letters say of why. */
  get letters(): readonly unknown[] {
    return this.bench.calls.map(({ input }) => {
      const { ERROR_CODE, EXHAUSTED_RETRY_CONDITION } = input.MessageAttributes as Record<
        string,
        { StringValue: string }
      >;
      return [ERROR_CODE?.StringValue, EXHAUSTED_RETRY_CONDITION?.StringValue];
    });
  }
}

const apiKey = { ApiKeyAuthParameters: { ApiKeyName: 'x-api-key', ApiKeyValue: 'sesame' } };
const oauth = {
  OAuthParameters: {
    ClientParameters: { ClientID: 'id', ClientSecret: 'hush' },
    ...{ AuthorizationEndpoint: 'https://auth.test/token', HttpMethod: 'POST' },
    OAuthHttpParameters: { BodyParameters: [{ Key: 'audience', Value: 'orders' }] },
  },
};

async function refusal(bench: EventsBench, name: EventsOperationName, input: object) {
  const error = (await rejectionOf(bench.call(name, input))) as { code: string; message: string };
  return `${error.code}: ${error.message}`;
}

test('a connection is sealed, tells nobody what is secret, and goes on without it once it is deauthorized', async () => {
  const http = await HttpBench.open();
  const { bench } = http;
  const HeaderParameters = [
    { Key: 'x-team', Value: 'blue', IsValueSecret: false },
    { Key: 'x-more', Value: 'hidden', IsValueSecret: true },
  ];
  const arn = await http.connection('API_KEY', { ...apiKey, InvocationHttpParameters: { HeaderParameters } });
  assert.match(arn, new RegExp(`^${prefix}:connection/c/[0-9a-f-]{36}$`));
  const described = await bench.call('DescribeConnection', { Name: 'c' });
  assert.deepEqual(described.AuthParameters, {
    ApiKeyAuthParameters: { ApiKeyName: 'x-api-key' },
    InvocationHttpParameters: {
      HeaderParameters: [
        { Key: 'x-team', Value: 'blue', IsValueSecret: false },
        { Key: 'x-more', IsValueSecret: true },
      ],
    },
  });
  assert.equal(described.ConnectionState, 'AUTHORIZED');
  const [record] = bench.ledger.list(connectionRecords, scope);
  assert.equal(JSON.stringify(record).includes('sesame'), false);

  const destination = await http.destination(arn);
  const state = async () => (await bench.call('DescribeApiDestination', { Name: 'd' })).ApiDestinationState;
  assert.equal(await state(), 'ACTIVE');
  await bench.call('DeauthorizeConnection', { Name: 'c' });
  assert.equal(await state(), 'INACTIVE');
  assert.deepEqual((await bench.call('DescribeConnection', { Name: 'c' })).AuthParameters, {});
  await bench.call('UpdateConnection', { Name: 'c', AuthParameters: apiKey });
  assert.equal(await state(), 'ACTIVE');
  const { ApiDestinations } = await bench.call<{ ApiDestinations: { ApiDestinationArn: string }[] }>(
    'ListApiDestinations',
    { ConnectionArn: arn },
  );
  assert.deepEqual(
    ApiDestinations.map((each) => each.ApiDestinationArn),
    [destination],
  );
  await bench.call('DeleteConnection', { Name: 'c' });
  assert.equal(await state(), 'INACTIVE');
});

test("a request has the target's parameters, those of the connection in their place, and its proof; values come of the event", async () => {
  const http = await HttpBench.open();
  const InvocationHttpParameters = {
    HeaderParameters: [{ Key: 'x-both', Value: 'of the connection' }],
    QueryStringParameters: [{ Key: 'q', Value: 'c&d' }],
    BodyParameters: [{ Key: 'token', Value: 'hidden', IsValueSecret: true }],
  };
  const connection = await http.connection('BASIC', {
    BasicAuthParameters: { Username: 'me', Password: 'pass:word' },
    InvocationHttpParameters,
  });
  const arn = await http.destination(connection);
  await http.rule(arn, {
    InputPath: '$.detail',
    HttpParameters: {
      PathParameterValues: ['$.detail.place'],
      HeaderParameters: {
        'x-both': 'of the target',
        'x-number': '$.detail.number',
        'User-Agent': 'mine',
        Host: 'evil',
      },
      QueryStringParameters: { own: '$.source', none: '$.detail.none' },
    },
  });
  await http.put({ number: 7, place: '../../a b' });
  const [{ request }] = http.sent as [(typeof http.sent)[number]];
  assert.equal(request.url.href, 'https://api.test/v1/..%2F..%2Fa%20b/orders?own=shop&none=&q=c%26d');
  const { 'batchyard-event-id': id, ...headers } = request.headers;
  assert.match(id ?? '', /^[0-9a-f-]{36}$/);
  assert.deepEqual(headers, {
    'content-type': 'application/json; charset=utf-8',
    'x-both': 'of the connection',
    'x-number': '7',
    authorization: `Basic ${Buffer.from('me:pass:word').toString('base64')}`,
    'user-agent': 'Amazon/EventBridge/ApiDestinations',
    range: 'bytes=0-1048575',
  });
  assert.deepEqual(JSON.parse(request.body ?? ''), { number: 7, place: '../../a b', token: 'hidden' });
});

test('what an event says makes no header of its own: it is refused, and goes to the dead-letter queue', async () => {
  const http = await HttpBench.open();
  const arn = await http.destination(await http.connection('API_KEY', apiKey));
  const HttpParameters = { HeaderParameters: { 'x-text': '$.detail.text' } };
  await http.rule(arn, { HttpParameters, DeadLetterConfig: { Arn: dead } });
  await http.put({ text: 'a\r\nx-admin: yes' });
  assert.equal(http.sent.length, 0);
  assert.deepEqual(http.letters, [['INVALID_PARAMETER', undefined]]);
});

test('401, 407, 409, 429 and 5xx are tried again, all else is not', async () => {
  for (const [status, isTried] of [
    [401, true],
    [407, true],
    [409, true],
    [429, true],
    [500, true],
    [503, true],
    [302, false],
    [400, false],
    [403, false],
    [404, false],
  ] as const) {
    const http = await HttpBench.open();
    const arn = await http.destination(await http.connection('API_KEY', apiKey));
    http.answer = () => ({ status });
    await http.rule(arn, { RetryPolicy: { MaximumRetryAttempts: 1 }, DeadLetterConfig: { Arn: dead } });
    await http.put();
    await http.bench.advance(2_000);
    await http.bench.settle();
    assert.equal(http.sent.length, isTried ? 2 : 1, `${status}`);
    assert.deepEqual(http.letters, [['ERROR_FROM_TARGET', isTried ? 'MaximumRetryAttempts' : undefined]], `${status}`);
  }
});

test('a receiver is left alone for as long as it asks, and for good if it asks for less than no time', async () => {
  const http = await HttpBench.open();
  const arn = await http.destination(await http.connection('API_KEY', apiKey));
  http.answer = () => (http.sent.length === 1 ? { status: 503, retryAfter: '120' } : {});
  await http.rule(arn, { DeadLetterConfig: { Arn: dead } });
  await http.put();
  await http.bench.advance(119_000);
  assert.equal(http.sent.length, 1);
  await http.bench.advance(2_000);
  assert.equal(http.sent.length, 2);
  http.answer = () => ({ status: 429, retryAfter: '-1' });
  await http.put();
  await http.bench.advance(600_000);
  assert.equal(http.sent.length, 3);
  assert.deepEqual(http.letters, [['ERROR_FROM_TARGET', undefined]]);
});

test('no more requests go to a destination in a second than it takes', async () => {
  const http = await HttpBench.open();
  const connection = await http.connection('API_KEY', apiKey);
  const arn = await http.destination(connection, { InvocationRateLimitPerSecond: 3 });
  await http.rule(arn);
  const entries = Array.from({ length: 10 }, () => ({ Source: 'shop', DetailType: 'Order', Detail: '{}' }));
  await http.bench.put(...entries);
  await http.bench.settle();
  const counts = [http.sent.length];
  for (let second = 0; second < 3; second += 1) {
    await http.bench.advance(1_001);
    counts.push(http.sent.length);
  }
  assert.deepEqual(counts, [3, 6, 9, 10]);
});

test('a dead endpoint with thousands of events waiting keeps another one from nothing', async () => {
  const http = await HttpBench.open();
  const { bench } = http;
  const connection = await http.connection('API_KEY', apiKey);
  const deadArn = await http.destination(connection, { Name: 'dead', InvocationEndpoint: 'https://dead.test/' });
  const livingArn = await http.destination(connection, { Name: 'living', InvocationEndpoint: 'https://living.test/' });
  http.answer = ({ url }) => (url.host === 'dead.test' ? new Error('no way there') : {});
  await bench.rule('dead', { EventPattern: '{"source":["shop"]}' }, { Id: 'x', Arn: deadArn, RoleArn });
  await bench.rule('living', { EventPattern: '{"source":["office"]}' }, { Id: 'x', Arn: livingArn, RoleArn });
  for (let each = 0; each < 300; each += 1) {
    await bench.call('PutEvents', {
      Entries: Array.from({ length: 10 }, () => ({ Source: 'shop', DetailType: 'd', Detail: '{}' })),
    });
  }
  await bench.advance(1_000);
  await bench.put({ Source: 'office', DetailType: 'd', Detail: '{}' });
  await bench.settle();
  assert.equal(http.sent.filter(({ request }) => request.url.host === 'living.test').length, 1);
});

test('a connection of OAuth is authorized by its token, has another after 401, and says why it got none', async () => {
  const http = await HttpBench.open();
  const { bench } = http;
  let tokens = 0;
  let isRefused = true;
  http.answer = ({ url }) => {
    if (url.host === 'auth.test') {
      tokens += 1;
      return { body: JSON.stringify({ access_token: `t${tokens}`, expires_in: 3600 }) };
    }
    const status = isRefused ? 401 : 200;
    isRefused = false;
    return { status };
  };
  const connection = await http.connection('OAUTH_CLIENT_CREDENTIALS', oauth);
  await bench.settle();
  assert.equal((await bench.call('DescribeConnection', { Name: 'c' })).ConnectionState, 'AUTHORIZED');
  const [{ request: asked }] = http.sent as [(typeof http.sent)[number]];
  assert.deepEqual(
    [asked.headers.authorization, asked.body],
    [`Basic ${Buffer.from('id:hush').toString('base64')}`, 'grant_type=client_credentials&audience=orders'],
  );
  await http.rule(await http.destination(connection));
  await http.put();
  await bench.advance(2_000);
  const posts = http.sent.filter(({ request }) => request.url.host === 'api.test');
  assert.deepEqual(
    posts.map(({ request }) => request.headers.authorization),
    ['Bearer t1', 'Bearer t2'],
  );
  // Before its end another one is asked for.
  await bench.advance(3_600_000);
  await http.put();
  assert.equal(http.sent.at(-1)?.request.headers.authorization, 'Bearer t3');

  http.answer = () => ({ status: 403 });
  await http.connection('OAUTH_CLIENT_CREDENTIALS', oauth, 'wrong');
  await bench.settle();
  const { ConnectionState, StateReason } = await bench.call('DescribeConnection', { Name: 'wrong' });
  assert.deepEqual([ConnectionState, StateReason], ['DEAUTHORIZED', 'The authorization endpoint answered 403.']);
  const shown = JSON.stringify(await bench.call('DescribeConnection', { Name: 'wrong' }));
  assert.equal(shown.includes('hush'), false);
});

test('an authorization endpoint that does not answer is asked again for a while', async () => {
  const http = await HttpBench.open();
  http.answer = () => new Error('no way there');
  await http.connection('OAUTH_CLIENT_CREDENTIALS', oauth);
  for (let second = 0; second < 150; second += 1) await http.bench.advance(1_000);
  assert.equal(http.sent.length, 8);
  const { ConnectionState, StateReason } = await http.bench.call('DescribeConnection', { Name: 'c' });
  assert.deepEqual([ConnectionState, StateReason], ['DEAUTHORIZED', 'no way there']);
});

test('a destination that is gone, or made anew under its name, gets nothing: what waits goes to the dead-letter queue', async () => {
  const http = await HttpBench.open();
  const connection = await http.connection('API_KEY', apiKey);
  const arn = await http.destination(connection);
  await http.rule(arn, { DeadLetterConfig: { Arn: dead } });
  await http.bench.call('DeleteApiDestination', { Name: 'd' });
  await http.destination(connection);
  await http.put();
  assert.equal(http.sent.length, 0);
  assert.deepEqual(http.letters, [['NO_RESOURCE', undefined]]);
});

test("what cannot be a connection, a destination or a target is refused in AWS's words", async () => {
  const http = await HttpBench.open();
  const { bench } = http;
  const connection = await http.connection('API_KEY', apiKey);
  const lacks =
    'ValidationException: Parameter AuthParameters is not valid. Reason: it lacks what the authorization type';
  const basic = { Name: 'b', AuthorizationType: 'BASIC', AuthParameters: apiKey };
  assert.equal(await refusal(bench, 'CreateConnection', basic), `${lacks} BASIC needs.`);
  assert.equal(
    await refusal(bench, 'CreateConnection', { Name: 'c', AuthorizationType: 'API_KEY', AuthParameters: apiKey }),
    'ResourceAlreadyExistsException: Connection c already exists.',
  );
  const destination = { Name: 'x', ConnectionArn: connection, HttpMethod: 'POST' };
  for (const InvocationEndpoint of [
    'ftp://a',
    'nothing',
    'https://*.test/',
    'https://me:pass@a.test/',
    'file:///etc',
  ]) {
    assert.match(
      await refusal(bench, 'CreateApiDestination', { ...destination, InvocationEndpoint }),
      /^ValidationException: Parameter InvocationEndpoint is not valid/,
      InvocationEndpoint,
    );
  }
  const none = `${prefix}:connection/none/1`;
  assert.equal(
    await refusal(bench, 'CreateApiDestination', {
      ...destination,
      ConnectionArn: none,
      InvocationEndpoint: 'https://a',
    }),
    `ResourceNotFoundException: Failed to describe the connection(s). Connection '${none}' does not exist.`,
  );
  const Arn = await http.destination(connection);
  await bench.rule('r', { EventPattern: '{"source":["shop"]}' });
  const put = (target: object) => refusal(bench, 'PutTargets', { Rule: 'r', Targets: [{ Id: 'h', ...target }] });
  assert.equal(await put({ Arn }), `ValidationException: RoleArn is required for target ${Arn}.`);
  const HttpParameters = { PathParameterValues: ['$.a[?(@.b)]'] };
  assert.equal(await put({ Arn, RoleArn, HttpParameters }), 'ValidationException: InputPath for target h is invalid.');
});

test('addresses of this machine and of metadata are kept from, however they are written', () => {
  const kept = [
    '127.0.0.1',
    '127.9.9.9',
    '[::1]',
    '0.0.0.0',
    '[::]',
    '169.254.169.254',
    '[fe80::1]',
    '[fd00:ec2::254]',
  ];
  const mapped = ['[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[64:ff9b::7f00:1]', '100.100.100.200'];
  for (const host of [...kept, ...mapped]) assert.equal(isKeptFrom(host), true, host);
  for (const host of ['10.0.0.1', '192.168.1.1', '8.8.8.8', '[2606:4700::1]', 'localhost']) {
    assert.equal(isKeptFrom(host), false, host);
  }
  // A URL's own reading of other ways to write an address.
  for (const url of ['http://0x7f.1/', 'http://2130706433/', 'http://127.1/']) {
    assert.equal(isKeptFrom(new URL(url).hostname), true, url);
  }
});

/** Refuses one action, of whomever. */
class Refusing extends Authority {
  override decide(call: CallFacts, requests: AccessRequests): AccessDecision {
    const request = requests.find(({ action }) => action === 'events:InvokeApiDestination');
    if (!request) return super.decide(call, requests);
    return { kind: 'deny', request, message: `not ${request.action} on ${request.resource}`, why: { kind: 'nobody' } };
  }
}

test('an API destination is sent nothing as a role that may not invoke it, and the dead letter says so', async () => {
  const http = await HttpBench.open(new Refusing());
  const arn = await http.destination(await http.connection('API_KEY', apiKey));
  await http.rule(arn, { DeadLetterConfig: { Arn: dead } });
  await http.put();
  assert.equal(http.sent.length, 0);
  assert.deepEqual(http.letters, [['NO_PERMISSIONS', undefined]]);
});
