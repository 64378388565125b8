import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as batchSdk from '@aws-sdk/client-batch';
import { ListAnomaliesCommand } from '@aws-sdk/client-cloudwatch-logs';
import { AssumeRootCommand } from '@aws-sdk/client-sts';
import { errorCodeOf, type RawRequest, sendRaw } from './raw-request.ts';
import { account, openYard, refusalOf } from './yard.ts';

const { batch, logs, sts, server } = await openYard();

const raw = (request: RawRequest) => sendRaw(server, request);

test('the SDK raises an error of the server as a ClientException, with its fault and request id, and does not try again', async () => {
  const call = batch.send(new batchSdk.SubmitJobCommand({ jobName: 'x', jobQueue: 'nowhere', jobDefinition: 'x' }));
  const error = await call.catch((thrown: unknown) => thrown);
  assert.ok(error instanceof batchSdk.ClientException);
  assert.equal(error.$fault, 'client');
  assert.equal(error.$metadata.httpStatusCode, 400);
  assert.equal(error.$metadata.attempts, 1);
  assert.equal(error.$metadata.totalRetryDelay, 0);
  assert.match(error.$metadata.requestId ?? '', /^[0-9a-f-]{36}$/);
});

test('an error of Batch is JSON with a message, its code in x-amzn-errortype', async () => {
  const answer = await raw({ path: '/v1/submitjob', body: '{"jobName":"x","jobQueue":"nowhere","jobDefinition":"x"}' });
  assert.equal(answer.status, 400);
  assert.equal(answer.headers['content-type'], 'application/json');
  assert.equal(errorCodeOf(answer), 'ClientException');
  assert.deepEqual(JSON.parse(answer.body), { message: 'JobQueue nowhere not found.' });
});

test('missing members, wrong types and values outside an enumeration are 400s that name the member', async () => {
  const cases: readonly (readonly [path: string, body: string, code: string, words: RegExp])[] = [
    ['submitjob', '{"jobName":"x","jobQueue":"q"}', 'ClientException', /jobDefinition/],
    ['submitjob', '{"jobName":7,"jobQueue":"q","jobDefinition":"d"}', 'SerializationException', /jobName|STRING/i],
    ['listjobs', '{"jobQueue":"default","jobStatus":"LOST"}', 'ClientException', /jobStatus/],
    ['describejobs', '{}', 'ClientException', /jobs/],
    ['describejobs', '{"jobs":"x"}', 'SerializationException', /./],
    ['createjobqueue', '{"jobQueueName":"q","priority":"high"}', 'SerializationException', /./],
    [
      'createjobqueue',
      '{"jobQueueName":"q","priority":1.5,"computeEnvironmentOrder":[]}',
      'SerializationException',
      /./,
    ],
    ['registerjobdefinition', '{"jobDefinitionName":"x","type":"other"}', 'ClientException', /type/],
  ];
  for (const [operation, body, code, words] of cases) {
    const answer = await raw({ path: `/v1/${operation}`, body });
    assert.deepEqual([answer.status, errorCodeOf(answer)], [400, code], body);
    assert.match(JSON.parse(answer.body).message, words);
  }
});

test('unknown members are ignored and null is absent, as on AWS', async () => {
  const body = '{"jobQueues":null,"maxResults":null,"colour":"red"}';
  const answer = await raw({ path: '/v1/describejobqueues', body });
  assert.equal(answer.status, 200);
  assert.equal(JSON.parse(answer.body).jobQueues.length, 1);
});

test('bodies that are no JSON, among them those that the guide misprints, are refused and not guessed at', async () => {
  const jobB = `{"jobName":"JobB","jobQueue":"ProdQueue","jobDefinition":"JobB-CPU-Intensive-Processing:1",
    "containerOverrides":{"vcpus":32,"memory":4096} "arrayProperties":{"size":10000},"dependsOn":[{"jobId":"JobA_job_ID"}]}`;
  const jobD = '{"jobName":"JobD","jobQueue":"ProdQueue","jobDefinition":"d","dependsOn":[{"type":"SEQUENTIAL"},]}';
  for (const body of [jobB, jobD, '{', '[]', '"text"', '{"a":1}}', '\u0000']) {
    const answer = await raw({ path: '/v1/submitjob', body });
    assert.deepEqual([answer.status, errorCodeOf(answer)], [400, 'SerializationException'], body);
  }
});

test('unknown paths are 404, wrong methods 405, and huge bodies 413, each an error that a client understands', async () => {
  const unknown = await raw({ path: '/v1/launchrocket', body: '{}' });
  assert.deepEqual([unknown.status, errorCodeOf(unknown)], [404, 'UnknownOperationException']);
  const wrong = await raw({ method: 'GET', path: '/v1/submitjob' });
  assert.deepEqual([wrong.status, wrong.headers.allow], [405, 'POST']);
  const large = raw({ path: '/v1/submitjob', body: `{"x":"${'x'.repeat(5 * 1024 * 1024)}"}` });
  // The server may answer and hang up before all of it was sent.
  const outcome = await large.then(
    ({ status }) => status,
    (error: NodeJS.ErrnoException) => error.code,
  );
  assert.ok(outcome === 413 || outcome === 'ECONNRESET' || outcome === 'EPIPE', String(outcome));
  const deep = await raw({ path: '/v1/describejobs', body: `{"jobs":${'['.repeat(100)}${']'.repeat(100)}}` });
  assert.equal(deep.status, 400);
});

test('every operation of the pinned SDK is known: none answers as unknown or with a server error', async () => {
  const names = Object.keys(batchSdk).filter((name) => name.endsWith('Command') && !name.startsWith('$'));
  const operations = names.map((name) => name.slice(0, -'Command'.length)).filter((name) => !/tag/i.test(name));
  assert.ok(operations.length >= 45);
  for (const operation of operations) {
    const answer = await raw({ path: `/v1/${operation.toLowerCase()}`, body: '{}' });
    assert.ok(answer.status === 200 || answer.status === 400, `${operation}: ${answer.status}`);
    assert.notEqual(errorCodeOf(answer), 'UnknownOperationException', operation);
  }
});

test('unbuilt operations of Logs and STS answer clearly, in their protocols', async () => {
  const query = new ListAnomaliesCommand({});
  const ofLogs = await refusalOf(logs.send(query));
  assert.deepEqual([ofLogs.name, ofLogs.status, ofLogs.attempts], ['UnsupportedOperationException', 400, 1]);
  assert.match(ofLogs.message, /^ListAnomalies is not supported/);
  const ofSts = await refusalOf(
    sts.send(new AssumeRootCommand({ TargetPrincipal: account, TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/p' } })),
  );
  assert.deepEqual([ofSts.name, ofSts.status, ofSts.attempts], ['NotImplemented', 400, 1]);
});

test('S3 requests get an XML error that names the variable to set, and is not tried again', async () => {
  const answer = await raw({ method: 'GET', path: '/my-bucket/key', service: 's3' });
  assert.equal(answer.status, 400);
  assert.match(String(answer.headers['content-type']), /xml/);
  assert.match(answer.body, /<Error><Code>InvalidRequest<\/Code><Message>[^<]*AWS_ENDPOINT_URL_S3/);
});

test('requests for Service Quotas and DynamoDB get errors of their own protocols that name the variable', async () => {
  const cases: readonly (readonly [service: string, target: string, version: string, variable: RegExp])[] = [
    ['servicequotas', 'ServiceQuotasV20190624.ListServices', '1.1', /AWS_ENDPOINT_URL_SERVICE_QUOTAS/],
    ['dynamodb', 'DynamoDB_20120810.GetItem', '1.0', /AWS_ENDPOINT_URL_DYNAMODB/],
  ];
  for (const [service, target, version, variable] of cases) {
    const headers = { 'x-amz-target': target, 'content-type': `application/x-amz-json-${version}` };
    const answer = await raw({ path: '/', service, headers, body: '{}' });
    assert.equal(answer.status, 400);
    assert.match(JSON.parse(answer.body).message, variable);
  }
});

test('a request without a credential scope finds its operation by path, target or version', async () => {
  const { headers } = await raw({ path: '/v1/describejobs', service: 'unsigned', body: '{}' });
  assert.equal(headers['x-amzn-errortype'], 'MissingAuthenticationTokenException');
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    assert.equal((await raw({ method: 'GET', path, service: 'unsigned' })).status, 200, path);
  }
});
