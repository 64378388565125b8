import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { CreateComputeEnvironmentCommand } from '@aws-sdk/client-batch';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateApiDestinationCommand,
  CreateArchiveCommand,
  CreateConnectionCommand,
  DescribeArchiveCommand,
  DescribeConnectionCommand,
  DescribeReplayCommand,
  ListReplaysCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  ResourceNotFoundException,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge';
import { until } from '../support/wait.ts';
import { awsCli, runCommand } from './command.ts';
import { account, openYard, region } from './yard.ts';

const { events, batch, server } = await openYard();
const trail = new CloudTrailClient({ endpoint: server.url, region, credentials: server.credentials });
const prefix = `arn:aws:events:${region}:${account}`;
const RoleArn = `arn:aws:iam::${account}:role/events`;

interface Received {
  readonly path: string | undefined;
  readonly key: string | string[] | undefined;
  readonly event: Readonly<Record<string, unknown>>;
}

/** An endpoint of HTTP that answers 200, and what it was sent. */
async function endpoint() {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ path: request.url, key: request.headers['x-api-key'], event: JSON.parse(body) });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { received, close, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('events reach an endpoint of HTTP with the key of its connection, and once more from an archive', async (t) => {
  const { received, url, close } = await endpoint();
  t.after(close);
  const bus = `${prefix}:event-bus/default`;
  await events.send(new CreateArchiveCommand({ ArchiveName: 'orders', EventSourceArn: bus, RetentionDays: 7 }));
  const { ConnectionArn } = await events.send(
    new CreateConnectionCommand({
      ...{ Name: 'shop', AuthorizationType: 'API_KEY' },
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'x-api-key', ApiKeyValue: 'sesame' } },
    }),
  );
  const described = await events.send(new DescribeConnectionCommand({ Name: 'shop' }));
  assert.equal(described.ConnectionState, 'AUTHORIZED');
  assert.equal(JSON.stringify(described).includes('sesame'), false);
  const { ApiDestinationArn } = await events.send(
    new CreateApiDestinationCommand({
      ...{ Name: 'shop', ConnectionArn, HttpMethod: 'POST', InvocationEndpoint: `${url}/orders/*` },
      InvocationRateLimitPerSecond: 100,
    }),
  );
  await events.send(new PutRuleCommand({ Name: 'orders', EventPattern: '{"source":["shop"]}' }));
  const HttpParameters = { PathParameterValues: ['$.detail.number'] };
  const Targets = [{ Id: 'http', Arn: ApiDestinationArn, RoleArn, HttpParameters }];
  assert.equal((await events.send(new PutTargetsCommand({ Rule: 'orders', Targets }))).FailedEntryCount, 0);
  await events.send(
    new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'Order', Detail: '{"number":7}' }] }),
  );
  await until('the endpoint has it', () => received.length === 1);
  await until('the archive has it', async () => {
    const { EventCount } = await events.send(new DescribeArchiveCommand({ ArchiveName: 'orders' }));
    return EventCount === 1;
  });
  await events.send(
    new StartReplayCommand({
      ...{ ReplayName: 'again', EventSourceArn: `${prefix}:archive/orders`, Destination: { Arn: bus } },
      ...{ EventStartTime: new Date(0), EventEndTime: new Date(4_000_000_000_000) },
    }),
  );
  await until('the endpoint has it again', () => received.length === 2);
  await until('the replay is over', async () => {
    const { State } = await events.send(new DescribeReplayCommand({ ReplayName: 'again' }));
    return State === 'COMPLETED';
  });
  const { Replays = [] } = await events.send(new ListReplaysCommand({}));
  assert.deepEqual(
    Replays.map(({ ReplayName }) => ReplayName),
    ['again'],
  );
  assert.deepEqual(
    received.map(({ path, key, event }) => [path, key, event['replay-name']]),
    [
      ['/orders/7', 'sesame', undefined],
      ['/orders/7', 'sesame', 'again'],
    ],
  );
  const missing = events.send(new DescribeArchiveCommand({ ArchiveName: 'none' }));
  await assert.rejects(missing, (error) => error instanceof ResourceNotFoundException);
});

test('the default bus is told that a compute environment became valid', async (t) => {
  const { received, url, close } = await endpoint();
  t.after(close);
  const { ConnectionArn } = await events.send(
    new CreateConnectionCommand({
      ...{ Name: 'operator', AuthorizationType: 'BASIC' },
      AuthParameters: { BasicAuthParameters: { Username: 'u', Password: 'p' } },
    }),
  );
  const { ApiDestinationArn: Arn } = await events.send(
    new CreateApiDestinationCommand({ Name: 'o', ConnectionArn, HttpMethod: 'PUT', InvocationEndpoint: url }),
  );
  const EventPattern = JSON.stringify({ source: ['batchyard.batch'], detail: { status: ['VALID'] } });
  await events.send(new PutRuleCommand({ Name: 'environments', EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: 'environments', Targets: [{ Id: 'x', Arn, RoleArn }] }));
  await batch.send(
    new CreateComputeEnvironmentCommand({
      ...{ computeEnvironmentName: 'own', type: 'UNMANAGED', unmanagedvCpus: 2 },
      serviceRole: `arn:aws:iam::${account}:role/service`,
    }),
  );
  const [{ event }] = await until('the endpoint has it', () => received.length > 0 && (received as [Received]));
  const arn = `arn:aws:batch:${region}:${account}:compute-environment/own`;
  const { statusReason: _reason, ...detail } = event.detail as Readonly<Record<string, unknown>>;
  assert.deepEqual([event['detail-type'], event.resources], ['Batch Compute Environment Status Change', [arn]]);
  assert.deepEqual([detail.computeEnvironmentArn, detail.computeEnvironmentName, detail.status], [arn, 'own', 'VALID']);
});

test(
  'the aws CLI makes, shows and deletes archives, replays, connections and API destinations',
  awsCli.needed,
  async () => {
    const { accessKeyId, secretAccessKey } = server.credentials;
    const env = {
      ...{ AWS_ENDPOINT_URL: server.url, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
      ...{ AWS_DEFAULT_REGION: region, AWS_PAGER: '' },
    };
    const aws = async (...words: readonly string[]) => {
      const { exit, stdout, stderr } = await runCommand(awsCli.file, ['events', ...words], { env, cwd: server.shared });
      assert.equal(exit, 0, stderr);
      return stdout.trim() === '' ? undefined : JSON.parse(stdout);
    };
    const bus = `${prefix}:event-bus/default`;
    await aws('create-archive', '--archive-name', 'cli', '--event-source-arn', bus, '--retention-days', '1');
    const archive = `${prefix}:archive/cli`;
    const range = ['--event-start-time', '2027-01-01', '--event-end-time', '2027-01-02', '--destination', `Arn=${bus}`];
    const started = await aws('start-replay', '--replay-name', 'cli', '--event-source-arn', archive, ...range);
    assert.equal(started.ReplayArn, `${prefix}:replay/cli`);
    const { Replays } = await aws('list-replays', '--event-source-arn', archive);
    assert.equal(Replays[0].EventSourceArn, archive);
    await aws('delete-archive', '--archive-name', 'cli');
    const key = 'ApiKeyAuthParameters={ApiKeyName=x-api-key,ApiKeyValue=sesame}';
    const type = ['--authorization-type', 'API_KEY', '--auth-parameters', key];
    const { ConnectionArn } = await aws('create-connection', '--name', 'cli', ...type);
    // Given by itself, older CLIs would fetch what is at the address.
    const to = { HttpMethod: 'POST', InvocationEndpoint: 'https://shop.example/orders/*', ConnectionArn };
    await aws('create-api-destination', '--name', 'cli', '--cli-input-json', JSON.stringify(to));
    const destination = await aws('describe-api-destination', '--name', 'cli');
    assert.deepEqual([destination.ApiDestinationState, destination.InvocationRateLimitPerSecond], ['ACTIVE', 300]);
    await aws('delete-api-destination', '--name', 'cli');
    const gone = await aws('delete-connection', '--name', 'cli');
    assert.equal(gone.ConnectionState, 'DELETING');
  },
);

test('no record of a call has what a connection proves itself by', async () => {
  const AuthParameters = { BasicAuthParameters: { Username: 'u', Password: 'sesame-of-audit' } };
  await events.send(new CreateConnectionCommand({ Name: 'audited', AuthorizationType: 'BASIC', AuthParameters }));
  const attribute = { AttributeKey: 'EventName', AttributeValue: 'CreateConnection' } as const;
  const found = await until('the record is found', async () => {
    const { Events = [] } = await trail.send(new LookupEventsCommand({ LookupAttributes: [attribute] }));
    const texts = Events.map(({ CloudTrailEvent = '' }) => CloudTrailEvent);
    return texts.some((text) => text.includes('"audited"')) && texts;
  });
  assert.equal(found.join().includes('sesame'), false);
  assert.ok(found.join().includes('HIDDEN_DUE_TO_SECURITY_REASONS'));
});
