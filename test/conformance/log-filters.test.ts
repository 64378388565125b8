import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteMetricFilterCommand,
  DeleteSubscriptionFilterCommand,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
  DescribeSubscriptionFiltersCommand,
  InvalidParameterException,
  type MetricTransformation,
  PutLogEventsCommand,
  PutMetricFilterCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { registerShell, submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd } from '../support/wait.ts';
import { awsCli, batchyard, runCommand } from './command.ts';
import { account, region, wholeFile } from './yard.ts';

/** A message of a subscription, unpacked. */
interface Message {
  readonly messageType: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  readonly logEvents: readonly { readonly id: string; readonly timestamp: number; readonly message: string }[];
}

const messages: Message[] = [];
const endpoint = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (piece: string) => {
    body += piece;
  });
  request.on('end', () => {
    const { data } = (JSON.parse(body) as { readonly awslogs: { readonly data: string } }).awslogs;
    messages.push(JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()) as Message);
    response.end('null');
  });
}).listen(0, '127.0.0.1');
await once(endpoint, 'listening');
const { port } = endpoint.address() as AddressInfo;
const directory = mkdtempSync(join(tmpdir(), 'log-filters-'));
const config = join(directory, 'batchyard.json');
const functions = { told: { url: `http://127.0.0.1:${port}/`, timeout: '60s' } };
writeFileSync(config, JSON.stringify({ lambda: { functions } }));
const strict = ['--log-level', 'error', '--config', config, '--iam-deliveries', 'if-allowed'];
const server = await ServerProcess.start(wholeFile, strict);
const clients = clientsOf(server);
const { logs, cloudWatch, batch } = clients;
const lambda = new LambdaClient({ endpoint: server.url, region, credentials: server.credentials });
after(() => {
  clients.close();
  lambda.destroy();
  endpoint.closeAllConnections();
  endpoint.close();
  rmSync(directory, { recursive: true });
});
const arnOf = (name: string) => `arn:aws:lambda:${region}:${account}:function:${name}`;

async function group(logGroupName: string) {
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const names = { logGroupName, logStreamName: 'stream' };
  await logs.send(new CreateLogStreamCommand(names));
  return names;
}

async function put(names: { readonly logGroupName: string; readonly logStreamName: string }, lines: readonly string[]) {
  const logEvents = lines.map((message) => ({ timestamp: Date.now(), message }));
  await logs.send(new PutLogEventsCommand({ ...names, logEvents }));
}

async function filter(logGroupName: string, filterPattern: string, more: Partial<MetricTransformation> = {}) {
  const transformation = { metricName: 'found', metricNamespace: 'Filters', metricValue: '1', ...more };
  const metricTransformations = [transformation];
  await logs.send(new PutMetricFilterCommand({ logGroupName, filterName: 'f', filterPattern, metricTransformations }));
}

async function sumOf(MetricName: string, Dimensions: { readonly Name: string; readonly Value: string }[] = []) {
  const range = { StartTime: new Date(Date.now() - 3_600_000), EndTime: new Date(Date.now() + 3_600_000) };
  const input = { Namespace: 'Filters', MetricName, Dimensions, ...range, Period: 3600, Statistics: ['Sum' as const] };
  const { Datapoints = [] } = await cloudWatch.send(new GetMetricStatisticsCommand(input));
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
}

test('a metric filter counts what is put and what jobs write, with values and dimensions of the events', async () => {
  const names = await group('put');
  const pattern = '{ $.ms > 0 && $.host = * }';
  await filter('put', pattern, {
    metricName: 'ms',
    metricValue: '$.ms',
    dimensions: { Host: '$.host' },
    unit: 'Count',
  });
  await put(names, ['{"ms":20,"host":"a"}', '{"ms":0,"host":"a"}', '{"ms":3,"host":"b"}', '{"ms":1,"host":"a"}']);
  await until('both hosts', async () => (await sumOf('ms', [{ Name: 'Host', Value: 'b' }])) === 3);
  assert.equal(await sumOf('ms', [{ Name: 'Host', Value: 'a' }]), 21);

  await group('/aws/batch/job');
  await filter('/aws/batch/job', 'ERROR', { metricName: 'errors' });
  const definition = await registerShell(batch, {
    ...{ name: 'errs', script: 'echo ERROR 1; echo fine; echo ERROR 2' },
  });
  const jobId = await submit(batch, definition);
  await waitForEnd(batch, jobId);
  await until('what the job wrote', async () => (await sumOf('errors')) === 2);
});

test('filters are shown by group and by metric, counted with their group, and deleted', async () => {
  const logGroupName = 'shown';
  await group(logGroupName);
  await filter(logGroupName, 'ERROR', { metricName: 'shown', defaultValue: 0 });
  const { metricFilters = [] } = await logs.send(
    new DescribeMetricFiltersCommand({ metricName: 'shown', metricNamespace: 'Filters' }),
  );
  assert.deepEqual(
    metricFilters.map(({ creationTime, ...rest }) => [typeof creationTime, rest]),
    [
      [
        'number',
        {
          ...{ filterName: 'f', filterPattern: 'ERROR', logGroupName, applyOnTransformedLogs: false },
          metricTransformations: [
            { metricName: 'shown', metricNamespace: 'Filters', metricValue: '1', defaultValue: 0 },
          ],
        },
      ],
    ],
  );
  const described = async () => {
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
    return logGroups?.[0]?.metricFilterCount;
  };
  assert.equal(await described(), 1);
  await logs.send(new DeleteMetricFilterCommand({ logGroupName, filterName: 'f' }));
  assert.equal(await described(), 0);
});

test('a subscribed function is sent what matches, if its policy lets Logs invoke it', async () => {
  const names = await group('subscribed');
  const { logGroupName } = names;
  const input = { logGroupName, filterName: 'sub', filterPattern: 'ERROR', destinationArn: arnOf('told') };
  const subscribe = () => logs.send(new PutSubscriptionFilterCommand({ ...input, distribution: 'Random' }));
  await assert.rejects(subscribe(), (error) => {
    return error instanceof InvalidParameterException && /given CloudWatch Logs permission/.test(error.message);
  });
  const SourceArn = `arn:aws:logs:${region}:${account}:log-group:${logGroupName}:*`;
  const allowed = { StatementId: 's', Action: 'lambda:InvokeFunction', Principal: 'logs.amazonaws.com', SourceArn };
  await lambda.send(new AddPermissionCommand({ FunctionName: 'told', ...allowed }));
  await subscribe();
  await put(names, ['ERROR one', 'fine', 'ERROR two']);
  await until('both', () => messages.some(({ messageType }) => messageType === 'DATA_MESSAGE'));
  const [message] = messages.filter(({ messageType }) => messageType === 'DATA_MESSAGE');
  assert.deepEqual(
    [message?.logGroup, message?.logStream, message?.subscriptionFilters, message?.logEvents.map((it) => it.message)],
    [logGroupName, 'stream', ['sub'], ['ERROR one', 'ERROR two']],
  );
  assert.equal(messages[0]?.messageType, 'CONTROL_MESSAGE');
  const shown = await logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName }));
  assert.deepEqual(
    shown.subscriptionFilters?.map(({ filterName, destinationArn, distribution }) => [
      filterName,
      destinationArn,
      distribution,
    ]),
    [['sub', arnOf('told'), 'Random']],
  );
  await logs.send(new DeleteSubscriptionFilterCommand({ logGroupName, filterName: 'sub' }));
});

test('the aws CLI makes a metric filter and tries its pattern', awsCli.needed, async () => {
  await group('by-cli');
  const words = ['env', '--data', server.dataDirectory, '--port', new URL(server.url).port];
  const { stdout: exports } = await runCommand(batchyard, words);
  const env = { EXPORTS: exports, AWS_PAGER: '' };
  const aws = async (...args: readonly string[]) => {
    const script = `eval "$EXPORTS" && exec "$0" "$@"`;
    const { exit, stdout, stderr } = await runCommand('/bin/sh', ['-c', script, awsCli.file, 'logs', ...args], { env });
    assert.equal(exit, 0, stderr);
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  const named = ['--log-group-name', 'by-cli', '--filter-name', 'f'];
  const transformation = 'metricName=m,metricNamespace=Cli,metricValue=$.ms,dimensions={Host=$.host}';
  const pattern = ['--filter-pattern', '{ $.ms > 1 && $.host = * }'];
  await aws('put-metric-filter', ...named, ...pattern, '--metric-transformations', transformation);
  const { metricFilters } = await aws('describe-metric-filters', '--log-group-name', 'by-cli');
  assert.deepEqual(metricFilters[0].metricTransformations[0].dimensions, { Host: '$.host' });
  const { matches } = await aws('test-metric-filter', ...pattern, '--log-event-messages', '{"ms":2,"host":"a"}');
  assert.deepEqual(matches[0].extractedValues, { '$.ms': '2', '$.host': 'a' });
});
