import type { Credentials } from '../../src/iam/index.ts';
import { signRequest } from '../../src/iam/index.ts';

interface Sample {
  readonly path: string;
  readonly body: string;
  /** Signing name; absent: unsigned. */
  readonly service?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What becomes of the signed headers. */
  readonly damage?: (headers: Record<string, string>) => Record<string, string>;
}

/** A mix of good and bad requests, all of which leave their connection open. */
export function mixedTraffic(jobDefinition: string): readonly Sample[] {
  const batch = (operation: string, input: object | string): Sample => ({
    path: `/v1/${operation}`,
    body: typeof input === 'string' ? input : JSON.stringify(input),
    service: 'batch',
  });
  const submit = { jobName: 'load', jobQueue: 'default', jobDefinition };
  const list = { jobQueue: 'default', jobStatus: 'RUNNABLE', maxResults: 5 };
  const json = { 'content-type': 'application/x-amz-json-1.1' };
  return [
    batch('submitjob', submit),
    batch('listjobs', list),
    batch('describejobqueues', {}),
    batch('describejobs', { jobs: ['no-such-job'] }),
    batch('submitjob', { ...submit, jobQueue: 'missing' }),
    batch('submitjob', { jobName: 7, jobQueue: [], jobDefinition: null }),
    batch('listjobs', '{"jobQueue":'),
    batch('listjobs', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`),
    batch('nosuchoperation', {}),
    { ...batch('listjobs', list), damage: (headers) => ({ ...headers, authorization: `${headers.authorization}0` }) },
    { ...batch('listjobs', list), damage: (headers) => ({ ...headers, 'x-amz-date': '20200101T000000Z' }) },
    { path: '/v1/listjobs', body: '{}' },
    { path: `/${'x'.repeat(2_000)}`, body: '' },
    { path: '/v1/tags/not-an-arn', body: '{"tags":{}}', service: 'batch' },
    { path: '/', body: '{}', service: 'logs', headers: { ...json, 'x-amz-target': 'Logs_20140328.DescribeLogGroups' } },
    { path: '/', body: '{"a":1}', service: 'logs', headers: { ...json, 'x-amz-target': 'Logs_20140328.GetLogEvents' } },
    { path: '/', body: 'Action=GetCallerIdentity&Version=2011-06-15', service: 'sts' },
    { path: '/bucket/key', body: '', service: 's3' },
    { path: '/', body: 'x'.repeat(10_000), service: 'batch', headers: { 'content-type': ';;' } },
    { path: '/healthz', body: '' },
  ];
}

/** The bytes of a request, signed now. */
export function writeSample(sample: Sample, host: string, credentials: Credentials): Buffer {
  const { path, body, service } = sample;
  const given = { host, 'content-type': 'application/json', ...sample.headers };
  const message = { method: 'POST', path, query: '', headers: given, body };
  const signing = { credentials, region: 'us-east-1', now: Date.now() };
  const signed = service === undefined ? given : signRequest(message, { ...signing, service });
  const headers = sample.damage ? sample.damage({ ...signed }) : signed;
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) });
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  );
}
