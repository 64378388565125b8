import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateSchedulingPolicyCommand, DescribeJobQueuesCommand, ListJobsCommand } from '@aws-sdk/client-batch';
import {
  CloudTrailClient,
  type Event,
  InvalidEventCategoryException,
  InvalidLookupAttributesException,
  InvalidMaxResultsException,
  InvalidNextTokenException,
  InvalidTimeRangeException,
  LookupEventsCommand,
  type LookupEventsCommandInput,
  paginateLookupEvents,
} from '@aws-sdk/client-cloudtrail';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { clientsOf } from '../support/sdk.ts';
import { awsCli, runCommand } from './command.ts';
import { makeTrustingRole } from './trusting-role.ts';
import { account, arnPrefix, openYard, region } from './yard.ts';

const { batch, iam, sts, server } = await openYard();
const { url: endpoint, credentials } = server;
const client = new CloudTrailClient({ endpoint, region, credentials });

async function lookUp(input: LookupEventsCommandInput = {}): Promise<readonly Event[]> {
  return (await client.send(new LookupEventsCommand(input))).Events ?? [];
}

function by(AttributeKey: 'EventName' | 'ResourceName' | 'Username' | 'ReadOnly', AttributeValue: string) {
  return { LookupAttributes: [{ AttributeKey, AttributeValue }] };
}

test('a call is in the history as soon as it is answered: who made it, with what, and what came of it', async () => {
  const name = 'audited';
  const { arn, $metadata } = await batch.send(new CreateSchedulingPolicyCommand({ name, tags: { a: 'b' } }));
  const [event, ...others] = await lookUp(by('EventName', 'CreateSchedulingPolicy'));
  assert.equal(others.length, 0);
  const { EventId, EventTime, CloudTrailEvent = '', ...shown } = event ?? assert.fail();
  assert.deepEqual(shown, {
    ...{ EventName: 'CreateSchedulingPolicy', ReadOnly: 'false', Username: 'root', EventSource: 'batch.amazonaws.com' },
    AccessKeyId: credentials.accessKeyId,
    Resources: [{ ResourceType: 'AWS::Batch::SchedulingPolicy', ResourceName: arn }],
  });
  const { eventTime, userAgent, ...record } = JSON.parse(CloudTrailEvent);
  assert.equal(Date.parse(eventTime), EventTime?.getTime());
  assert.match(userAgent, /^aws-sdk-js/);
  assert.deepEqual(record, {
    eventVersion: '1.11',
    userIdentity: {
      ...{ type: 'Root', principalId: account, arn: `arn:aws:iam::${account}:root`, accountId: account },
      accessKeyId: credentials.accessKeyId,
    },
    ...{ eventSource: 'batch.amazonaws.com', eventName: 'CreateSchedulingPolicy', awsRegion: region },
    sourceIPAddress: '127.0.0.1',
    requestParameters: { name, tags: { a: 'b' } },
    responseElements: { name, arn },
    ...{ requestID: $metadata.requestId, eventID: EventId, readOnly: false },
    resources: [{ accountId: account, type: 'AWS::Batch::SchedulingPolicy', ARN: arn }],
    ...{ eventType: 'AwsApiCall', managementEvent: true, recipientAccountId: account, eventCategory: 'Management' },
  });
});

test('who may not call is in the history too, and the words of the refusal', async () => {
  const RoleArn = await makeTrustingRole(iam, 'nobody');
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'walker' }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const key = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const stranger = clientsOf({ url: server.url, credentials: key });
  const other = new CloudTrailClient({ endpoint, region, credentials: key });
  await assert.rejects(other.send(new LookupEventsCommand({})), { name: 'AccessDeniedException' });
  stranger.close();
  const [event] = await lookUp(by('Username', 'walker'));
  const { errorCode, errorMessage, responseElements, userIdentity } = JSON.parse(event?.CloudTrailEvent ?? '');
  assert.equal(errorCode, 'AccessDeniedException');
  assert.match(errorMessage, /is not authorized to perform: cloudtrail:LookupEvents/);
  assert.deepEqual([responseElements, userIdentity.type], [null, 'AssumedRole']);
  assert.equal(userIdentity.sessionContext.sessionIssuer.userName, 'nobody');
  assert.ok(!(event?.CloudTrailEvent ?? '').includes(SecretAccessKey));
});

test('the history is paged, the newest first, and survives the server', async () => {
  for (let call = 0; call < 7; call += 1) await batch.send(new DescribeJobQueuesCommand({ maxResults: call + 1 }));
  await server.stop();
  await server.restart();
  const seen: number[] = [];
  const input = by('EventName', 'DescribeJobQueues');
  for await (const { Events = [] } of paginateLookupEvents({ client, pageSize: 3 }, input))
    seen.push(...Events.map(({ CloudTrailEvent = '' }) => JSON.parse(CloudTrailEvent).requestParameters.maxResults));
  assert.deepEqual(seen.slice(0, 7), [7, 6, 5, 4, 3, 2, 1]);
});

test('a resource is found by its ARN and by its name, and a region has its own history', async () => {
  await assert.rejects(batch.send(new ListJobsCommand({ jobQueue: 'nothing' })));
  const arn = `${arnPrefix}:scheduling-policy/audited`;
  assert.deepEqual(await lookUp(by('ResourceName', 'audited')), await lookUp(by('ResourceName', arn)));
  assert.equal((await lookUp(by('ResourceName', arn))).length, 1);
  const elsewhere = new CloudTrailClient({ endpoint, region: 'eu-west-1', credentials });
  const { Events = [] } = await elsewhere.send(new LookupEventsCommand(by('ReadOnly', 'false')));
  assert.deepEqual(Events, []);
});

test('what is looked up in a range of time is what was called then, both ends included', async () => {
  const [event] = await lookUp(by('EventName', 'CreateSchedulingPolicy'));
  const at = event?.EventTime ?? assert.fail();
  const next = new Date(at.getTime() + 1000);
  const range = (StartTime: Date, EndTime?: Date) => ({
    ...by('EventName', 'CreateSchedulingPolicy'),
    ...{ StartTime, ...(EndTime && { EndTime }) },
  });
  assert.deepEqual(await lookUp(range(at, at)), [event]);
  assert.deepEqual(await lookUp(range(next)), []);
  assert.deepEqual(await lookUp(range(new Date(0), new Date(at.getTime() - 1000))), []);
});

test('what cannot be looked up is refused with the codes of CloudTrail', async () => {
  const two = [...by('EventName', 'a').LookupAttributes, ...by('EventName', 'b').LookupAttributes];
  const late = { StartTime: new Date(2000), EndTime: new Date(1000) };
  for (const [input, type] of [
    [{ LookupAttributes: two }, InvalidLookupAttributesException],
    [{ MaxResults: 51 }, InvalidMaxResultsException],
    [{ MaxResults: 0 }, InvalidMaxResultsException],
    [late, InvalidTimeRangeException],
    [{ EventCategory: 'insight' as const }, InvalidEventCategoryException],
    [{ NextToken: 'x' }, InvalidNextTokenException],
  ] as const)
    await assert.rejects(lookUp(input), (error) => error instanceof type);
  const { NextToken } = await client.send(new LookupEventsCommand({ MaxResults: 1 }));
  const other = { ...by('ReadOnly', 'true'), NextToken };
  await assert.rejects(lookUp(other), (error) => error instanceof InvalidNextTokenException);
});

test('the aws CLI looks events up', awsCli.needed, async () => {
  const words = ['cloudtrail', 'lookup-events', '--max-items', '1', '--start-time', '2020-01-01'];
  const filter = ['--lookup-attributes', 'AttributeKey=EventName,AttributeValue=CreateSchedulingPolicy'];
  const { stdout, stderr } = await runCommand(awsCli.file, [...words, ...filter], {
    env: {
      ...{ AWS_ENDPOINT_URL: server.url, AWS_DEFAULT_REGION: region, AWS_PAGER: '' },
      ...{ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
    },
  });
  assert.equal(stderr, '');
  assert.equal(JSON.parse(stdout).Events[0].EventName, 'CreateSchedulingPolicy');
});
