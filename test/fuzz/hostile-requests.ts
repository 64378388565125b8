import fc from 'fast-check';
import { type Credentials, presignRequest, signRequest } from '../../src/iam/index.ts';

/** A request as it is meant, before it is written down. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly signing: Signing;
}

/** How a request is signed, and what is then done to it. */
export type Signing =
  | { readonly kind: 'none' }
  | { readonly kind: 'valid' | 'presigned'; readonly service: string; readonly region: string; readonly now: number }
  | { readonly kind: 'damaged'; readonly service: string; readonly at: number; readonly by: string }
  | { readonly kind: 'invented'; readonly authorization: string };

const services = ['batch', 'logs', 'sts', 'batchyard', 's3', 'ec2', 'states', 'no-such-service', ''];
const batchPaths = [
  'submitjob describejobs listjobs canceljob terminatejob registerjobdefinition deregisterjobdefinition',
  'describejobdefinitions createjobqueue updatejobqueue deletejobqueue describejobqueues',
  'createcomputeenvironment updatecomputeenvironment deletecomputeenvironment describecomputeenvironments',
  'createschedulingpolicy listschedulingpolicies',
].flatMap((line) => line.split(' ').map((name) => `/v1/${name}`));
const logsTargets = [
  'CreateLogGroup DeleteLogGroup CreateLogStream DeleteLogStream DescribeLogGroups DescribeLogStreams PutLogEvents',
  'GetLogEvents FilterLogEvents PutRetentionPolicy DeleteRetentionPolicy TagResource ListTagsForResource NoSuchThing',
].flatMap((line) => line.split(' ').map((name) => `Logs_20140328.${name}`));
const members = [
  'jobName jobQueue jobDefinition jobs jobId reason jobStatus filters maxResults nextToken containerOverrides command',
  'environment name value resourceRequirements type dependsOn parameters retryStrategy attempts evaluateOnExit timeout',
  'tags jobDefinitionName containerProperties image vcpus memory ulimits mountPoints volumes jobQueueName priority state',
  'computeEnvironmentOrder order computeEnvironment computeEnvironmentName computeResources maxvCpus serviceRole',
  'logGroupName logStreamName logEvents timestamp message startTime endTime startFromHead filterPattern limit orderBy',
  'retentionInDays resourceArn __proto__ constructor toString',
].flatMap((line) => line.split(' '));

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'default',
    '',
    ' ',
    '*',
    'a'.repeat(300),
    '\0',
    'arn:aws:batch:us-east-1:123456789012:job-queue/default',
  ),
);
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, -1, 0, 2 ** 53, 1e308, 'ENABLED', 'DISABLED', 'container'),
);
const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...members), tie('value'), { maxKeys: 5 }),
  ),
}));
const input = fc.dictionary(
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...members) }, { weight: 1, arbitrary: text }),
  json,
  {
    maxKeys: 8,
  },
);
/** A list of very many values, all alike: in slices of them anything could be wrong. */
function manyValues([member, value, count]: [string, string, number]): Buffer {
  return Buffer.from(`{${JSON.stringify(member)}:[${`${value},`.repeat(count)}${value}]}`);
}

const body = fc.oneof(
  { weight: 6, arbitrary: input.map((value) => Buffer.from(JSON.stringify(value))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.nat(2_000).map((depth) => Buffer.from('{"a":'.repeat(depth) + '['.repeat(depth))) },
  { weight: 1, arbitrary: json.map((value) => Buffer.from(JSON.stringify(value) ?? '')) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...members), fc.constantFrom('null', '{}', '[]', '0'), fc.nat(100_000))
      .map(manyValues),
  },
);
/** Anything but what ends a request line. */
const path = fc.oneof(
  fc.constantFrom(...batchPaths),
  fc.webPath(),
  fc
    .string({ unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 60 })
    .map((rest) => `/${rest}`),
  text.map((rest) => `/v1/tags/${encodeURIComponent(rest.toWellFormed())}`),
  fc.constantFrom(
    '/',
    '//',
    '/..',
    '/%',
    '/%zz',
    '/%00',
    '/v1/tags/',
    '*',
    '/v1/tags/arn%3Aaws',
    'http://127.0.0.1/v1/listjobs',
  ),
);
const headerValue = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 80,
});
/** None of these changes where a request ends. */
const headers = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      'content-type',
      'x-amz-target',
      'x-amz-date',
      'x-amz-security-token',
      'x-amz-content-sha256',
      'origin',
      'expect',
    ),
    fc.constantFrom(
      'accept',
      'user-agent',
      'sec-fetch-site',
      'cookie',
      'amz-sdk-request',
      'x-forwarded-for',
      'content-encoding',
    ),
    fc.stringMatching(/^x-[a-z0-9-]{1,20}$/),
  ),
  headerValue,
  { maxKeys: 5, noNullPrototype: true },
);
const place = {
  service: fc.constantFrom(...services),
  region: fc.constantFrom('us-east-1', 'eu-west-1', 'no region', ''),
};
const now = fc.oneof(fc.constant(0), fc.integer({ min: -1e12, max: 1e12 }));
const signing: fc.Arbitrary<Signing> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: 'none' } as const) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('valid' as const, 'presigned' as const), ...place, now }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('damaged' as const),
      service: place.service,
      at: fc.nat(300),
      by: headerValue,
    }),
  },
  {
    weight: 1,
    arbitrary: headerValue.map(
      (authorization) => ({ kind: 'invented', authorization: `AWS4-HMAC-SHA256 ${authorization}` }) as const,
    ),
  },
);

/** Requests that are nothing but strange: any method, path, headers, body and signature. */
export const strangeRequests: fc.Arbitrary<HostileRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'MKCOL'),
  path,
  query: fc.oneof(
    fc.constant(''),
    fc.webQueryParameters(),
    headerValue.map((value) => value.replaceAll(' ', '+')),
  ),
  headers,
  body,
  signing,
});

/** JSON text of an input, now and then with a member that is a very long list. */
const inputText = fc.oneof(
  { weight: 20, arbitrary: input.map((value) => Buffer.from(JSON.stringify(value))) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...members), fc.constantFrom('null', '{}', '""'), fc.nat(12_000))
      .map(manyValues),
  },
);

const operation = fc.oneof(
  fc
    .constantFrom(...batchPaths)
    .map((name) => ({ service: 'batch', path: name, headers: { 'content-type': 'application/json' } })),
  fc.constantFrom(...logsTargets).map((target) => {
    return {
      service: 'logs',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    };
  }),
);

/** Requests for real operations, well signed, with any input: they reach the handlers. */
export const signedOperations: fc.Arbitrary<HostileRequest> = fc
  .tuple(operation, inputText)
  .map(([{ service, ...rest }, bytes]) => ({
    method: 'POST',
    query: '',
    body: bytes,
    signing: { kind: 'valid', service, region: 'us-east-1', now: 0 },
    ...rest,
  }));

/** Writes a request down for a server at `host`. `signing.now` is an offset to the time of now. */
export function writeRequest(request: HostileRequest, host: string, credentials: Credentials): Buffer {
  const { method, path: target, body: bytes } = request;
  const { query, headers: signed } = sign(request, host, credentials);
  const lines = Object.entries({ ...signed, 'content-length': String(bytes.length), connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const line = `${method} ${target}${query === '' ? '' : `?${query}`} HTTP/1.1\r\n`;
  return Buffer.concat([Buffer.from(`${line}${head}\r\n`, 'latin1'), bytes]);
}

function sign(request: HostileRequest, host: string, credentials: Credentials) {
  const { method, path: target, query, body: bytes, signing: how } = request;
  const given = { ...request.headers, host };
  const message = { method, path: target, query, headers: given, body: bytes };
  const common = { credentials, region: 'us-east-1' };
  switch (how.kind) {
    case 'none':
      return { query, headers: given };
    case 'invented':
      return { query, headers: { ...given, authorization: how.authorization } };
    case 'valid':
      return { query, headers: signRequest(message, { ...common, ...how, now: Date.now() + how.now }) };
    case 'presigned':
      return {
        query: presignRequest(message, { ...common, ...how, now: Date.now() + how.now, expiresIn: 60 }),
        headers: given,
      };
    case 'damaged': {
      const headers = signRequest(message, { ...common, service: how.service, now: Date.now() });
      const { authorization = '' } = headers;
      return { query, headers: { ...headers, authorization: authorization.slice(0, how.at) + how.by } };
    }
  }
}
