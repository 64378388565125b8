import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CallRequest, type Response, type RunningGateway, startGateway } from './gateway.fixture.ts';

let running: RunningGateway;
before(async () => {
  running = await startGateway();
});
after(() => running.gateway.close());

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

function rest(target: string, body: string, more: Partial<CallRequest> = {}): Promise<Response> {
  return running.call({ target, body, headers: { 'content-type': 'application/json' }, ...more });
}

function json(operation: string, body: string): Promise<Response> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${operation}` };
  return running.call({ target: '/', body, headers, service: 'logs' });
}

function query(body: string): Promise<Response> {
  return running.call({ target: '/', body, headers: form, service: 'sns' });
}

test('restJson1 answers JSON with dates in seconds, the region of the scope, and the request id in a header', async () => {
  const response = await rest('/v1/echo', '{"name":"abc","unknown":1,"size":null}');
  assert.equal(response.status, 200);
  assert.equal(response.headers['content-type'], 'application/json');
  const { requestId, ...output } = JSON.parse(response.body);
  assert.equal(response.headers['x-amzn-requestid'], requestId);
  assert.match(requestId, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
  assert.deepEqual(output, {
    input: { name: 'abc' },
    arn: 'arn:aws:iam::123456789012:root',
    region: 'eu-west-1',
    account: '123456789012',
    date: 1_700_000_000.5,
    blob: 'AQID',
  });
});

test('restJson1 binds labels and queries, decoded, with an ARN encoded or not', async () => {
  for (const target of [
    '/v1/things/arn%3Aaws%3Abatch%3A%3A%3Aq%2Fa%2Bb%20%C3%BC',
    '/v1/things/arn:aws:batch:::q/a+b%20%C3%BC',
  ]) {
    const response = await running.call({ method: 'GET', target: `${target}?all=yes&tagKeys=one%20two&tagKeys=%26` });
    assert.equal(response.status, 200, response.body);
    assert.deepEqual(JSON.parse(response.body), {
      name: 'GetThing',
      thingArn: 'arn:aws:batch:::q/a+b ü',
      all: 'yes',
      keys: ['one two', '&'],
    });
  }
  const deleted = await running.call({ method: 'DELETE', target: '/v1/things/x' });
  assert.equal(JSON.parse(deleted.body).name, 'DeleteThing');
});

test('awsJson1.1 goes by X-Amz-Target', async () => {
  const response = await json('Echo', '{"name":"abc"}');
  assert.equal(response.headers['content-type'], 'application/x-amz-json-1.1');
  assert.deepEqual(JSON.parse(response.body).input, { name: 'abc' });
});

test('awsQuery decodes lists, maps and structures, and answers XML', async () => {
  const response = await query(
    'Action=Echo&Version=2010-03-31&name=abc&items.member.2.key=b&items.member.1.key=%26a' +
      '&tags.entry.1.key=k&tags.entry.1.value=v+1&nested.deep.er=1',
  );
  assert.equal(response.status, 200, response.body);
  assert.equal(response.headers['content-type'], 'text/xml');
  const requestId = response.headers['x-amzn-requestid'];
  assert.equal(
    response.body,
    '<EchoResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><EchoResult><input><name>abc</name>' +
      '<items><member><key>&amp;a</key></member><member><key>b</key></member></items><tags><k>v 1</k></tags>' +
      '<nested><deep><er>1</er></deep></nested></input><arn>arn:aws:iam::123456789012:root</arn>' +
      `<region>eu-west-1</region><account>123456789012</account><requestId>${requestId}</requestId>` +
      '<date>2023-11-14T22:13:20.500Z</date><blob>AQID</blob></EchoResult>' +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></EchoResponse>`,
  );
});

test('a service error comes in the shape of each protocol, with its members', async () => {
  const message = 'No <thing> & "x"';
  const restError = await rest('/v1/fail', '{"how":"x"}');
  assert.equal(restError.status, 404);
  assert.equal(restError.headers['x-amzn-errortype'], 'ThingNotFoundException');
  assert.deepEqual(JSON.parse(restError.body), { message, resource: 'r-1' });

  const jsonError = await json('Fail', '{"how":"x"}');
  assert.equal(jsonError.status, 404);
  assert.deepEqual(JSON.parse(jsonError.body), { __type: 'ThingNotFoundException', message, resource: 'r-1' });

  const queryError = await query('Action=Fail&how=x');
  assert.equal(queryError.status, 404);
  assert.equal(
    queryError.body,
    '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>' +
      '<Code>ThingNotFoundException</Code><Message>No &lt;thing&gt; &amp; &quot;x&quot;</Message></Error>' +
      `<RequestId>${queryError.headers['x-amzn-requestid']}</RequestId></ErrorResponse>`,
  );
});

test("a bug is the service's internal error: the client learns nothing of it, the log all", async () => {
  for (const [response, code] of [
    [await rest('/v1/fail', '{"how":"bug"}'), 'ServerException'],
    [await json('Fail', '{"how":"bug"}'), 'ServiceUnavailableException'],
    [await query('Action=Fail&how=bug'), 'InternalError'],
  ] as const) {
    assert.equal(response.status, 500);
    assert.equal(response.headers['x-amzn-errortype'], code);
    assert.doesNotMatch(response.body, /secret internals/);
    const requestId = response.headers['x-amzn-requestid'];
    const logged = running.logged.find(({ level, details }) => level === 'error' && details.requestId === requestId);
    assert.match(String(logged?.details.err), /secret internals/);
  }
});

const wrongInputs: [body: string, code: string, words: RegExp][] = [
  ['{', 'SerializationException', /not valid JSON/],
  ['[]', 'SerializationException', /must be a JSON object/],
  ['"x"', 'SerializationException', /must be a JSON object/],
  ['{"name":1}', 'SerializationException', /^NUMBER_VALUE can not be converted to a String at 'name'$/],
  ['{"name":true}', 'SerializationException', /^TRUE_VALUE can not be converted to a String at 'name'$/],
  ['{"size":"1"}', 'SerializationException', /^STRING_VALUE can not be converted to a Double at 'size'$/],
  ['{"name":{}}', 'SerializationException', /^Start of structure or map found where not expected at 'name'$/],
  ['{"items":{}}', 'SerializationException', /^Expected list or null at 'items'$/],
  ['{"items":[null]}', 'SerializationException', /^Expected structure, map or null at 'items.1.member'$/],
  [
    '{"name":"ABC"}',
    'validation',
    /^1 validation error detected: Value 'ABC' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: \[a-z\]\+$/,
  ],
  ['{"name":""}', 'validation', /'name' failed .* Member must have length greater than or equal to 1/],
  ['{"size":11}', 'validation', /Value '11' at 'size' .* Member must have value less than or equal to 10$/],
  ['{"kind":"medium"}', 'validation', /Member must satisfy enum value set: \[small, large\]$/],
  [
    '{"size":0,"items":[{"key":"abc"},{"key":"abcd"}]}',
    'validation',
    /^2 validation errors detected: Value '0' at 'size' .*; Value 'abcd' at 'items.2.member.key' .* less than or equal to 3$/,
  ],
  // AWS was recorded to repeat 3,097 characters.
  [`{"name":"${'a'.repeat(4_096)}"}`, 'validation', /^1 validation error detected: Value 'a{4096}' at 'name'/],
  [`{"name":"${'a'.repeat(4_097)}"}`, 'validation', /^1 validation error detected: Value 'a{4096}\.\.\.' at 'name'/],
  ['{"items":[{}]}', 'validation', /Value null at 'items.1.member.key' .* Member must not be null$/],
];

test('malformed and invalid input is named in the words of AWS', async () => {
  for (const [body, code, words] of wrongInputs) {
    for (const [response, validation] of [
      [await rest('/v1/echo', body), 'ClientException'],
      [await json('Echo', body), 'InvalidParameterException'],
    ] as const) {
      assert.equal(response.status, 400, body);
      assert.equal(response.headers['x-amzn-errortype'], code === 'validation' ? validation : code, body);
      assert.match(JSON.parse(response.body).message, words);
    }
  }
});

test('JSON that is nested too deep is refused before anything recursive sees it', async () => {
  const nested = (depth: number) => `{"nested":${'['.repeat(depth - 1)}"\\"{"${']'.repeat(depth - 1)}}`;
  assert.equal((await rest('/v1/echo', nested(64))).status, 200);
  for (const depth of [65, 500_000]) {
    const response = await rest('/v1/echo', nested(depth));
    assert.equal(response.status, 400);
    assert.match(response.body, /nested more than 64 levels deep/);
  }
});

test('an unknown operation, path or method is refused as each protocol does it', async () => {
  const path = await rest('/v1/nothing', '{}');
  assert.equal(path.status, 404);
  assert.equal(path.headers['x-amzn-errortype'], 'UnknownOperationException');
  const method = await running.call({ method: 'PUT', target: '/v1/things/x' });
  assert.equal(method.status, 405);
  assert.equal(method.headers.allow, 'GET, DELETE');
  const unusual = await running.call({ method: 'PROPFIND', target: '/v1/echo' });
  assert.equal(unusual.status, 405);
  for (const name of ['Nothing', '__proto__', 'constructor', '']) {
    const target = await json(name, '{}');
    assert.equal(target.status, 400);
    assert.equal(JSON.parse(target.body).__type, 'UnknownOperationException');
  }
  const action = await query('Action=Nothing&Version=2010-03-31');
  assert.equal(action.status, 400);
  assert.match(
    action.body,
    /<Code>InvalidAction<\/Code><Message>Could not find operation Nothing for version 2010-03-31</,
  );
});

test('an operation that is not built yet answers a 400 that names it and the coverage page', async () => {
  for (const [response, code] of [
    [await rest('/v1/later', '{}'), 'ClientException'],
    [await json('Later', '{}'), 'UnsupportedOperationException'],
    [await query('Action=Later'), 'NotImplemented'],
  ] as const) {
    assert.equal(response.status, 400);
    assert.equal(response.headers['x-amzn-errortype'], code);
    assert.match(response.body, /Later is not supported by this version of Batchyard: docs\/coverage\.md/);
  }
});

test('a request for a service that is not served names the variable to set, in the protocol of that service', async () => {
  const cases: [service: string, headers: Record<string, string>, pattern: RegExp][] = [
    ['s3', {}, /^<\?xml[^>]*>\n<Error><Code>InvalidRequest<\/Code><Message>.*AWS_ENDPOINT_URL_S3 /],
    ['ec2', form, /<Response><Errors><Error><Code>InvalidAction<\/Code><Message>.*AWS_ENDPOINT_URL_EC2 .*<RequestID>/],
    ['iam', form, /^<ErrorResponse><Error><Type>Sender<\/Type>.*AWS_ENDPOINT_URL_IAM /],
    [
      'dynamodb',
      { 'x-amz-target': 'DynamoDB_20120810.GetItem', 'content-type': 'application/x-amz-json-1.0' },
      /__type.*AWS_ENDPOINT_URL_DYNAMODB /,
    ],
    ['lambda', {}, /^\{"message":".*AWS_ENDPOINT_URL_LAMBDA /],
    ['application-autoscaling', {}, /AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING /],
    ['my-service', {}, /AWS_ENDPOINT_URL_MY_SERVICE /],
    [
      'monitoring',
      { 'smithy-protocol': 'rpc-v2-cbor' },
      /^\xa2?.*__type.*UnknownOperationException.*AWS_ENDPOINT_URL_CLOUDWATCH /s,
    ],
  ];
  for (const [service, headers, pattern] of cases) {
    const response = await running.call({ method: 'PUT', target: '/bucket/key?x=1', service, headers });
    assert.equal(response.status, 400, service);
    assert.match(response.body, pattern);
    assert.ok(response.headers['x-amzn-requestid']);
  }
});

test('every request leaves one log line and two metrics', async () => {
  running.logged.length = 0;
  await rest('/v1/echo?secret=1', '{"name":"abc"}');
  await rest('/v1/echo', '{"name":"ABC"}');
  await running.send({ target: '/v1/echo' });
  const lines = running.logged.filter(({ message }) => message === 'request');
  assert.deepEqual(
    lines.map(({ details: { requestId, ms, ...rest } }) => rest),
    [
      {
        method: 'POST',
        service: 'batch',
        operation: 'Echo',
        status: 200,
        principal: 'arn:aws:iam::123456789012:root',
        code: undefined,
      },
      {
        method: 'POST',
        service: 'batch',
        operation: 'Echo',
        status: 400,
        principal: 'arn:aws:iam::123456789012:root',
        code: 'ClientException',
      },
      {
        method: 'POST',
        service: 'batch',
        operation: 'Echo',
        status: 403,
        principal: undefined,
        code: 'MissingAuthenticationTokenException',
      },
    ],
  );
  const metrics = await running.send({ method: 'GET', target: '/metrics' });
  assert.match(metrics.body, /batchyard_requests_total\{service="batch",operation="Echo",status="200"\} \d/);
  assert.match(
    metrics.body,
    /batchyard_request_duration_seconds_bucket\{le="0.001",service="batch",operation="Echo",status="200"\}/,
  );
  assert.match(metrics.body, /batchyard_event_loop_delay_seconds\{quantile="0.99"\}/);
  assert.match(metrics.body, /process_resident_memory_bytes/);
});
