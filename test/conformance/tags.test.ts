import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  ListTagsForResourceCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-batch';
import { registerShell } from '../support/jobs.ts';
import { describeJob, waitForEnd } from '../support/wait.ts';
import { arnPrefix, assertRefused, describeDefinition, findQueue, openYard, refusalOf } from './yard.ts';

const { batch } = await openYard();
const quick = await registerShell(batch, { name: 'quick', script: 'true' });

const tag = (resourceArn: string, tags: Record<string, string>) =>
  batch.send(new TagResourceCommand({ resourceArn, tags }));
const untag = (resourceArn: string, ...tagKeys: string[]) =>
  batch.send(new UntagResourceCommand({ resourceArn, tagKeys }));
const tagsOf = async (resourceArn: string) => (await batch.send(new ListTagsForResourceCommand({ resourceArn }))).tags;

async function submitTagged(tags: Record<string, string>) {
  const input = { jobName: 'tagged', jobQueue: 'default', jobDefinition: quick, tags };
  const { jobId = '', jobArn = '' } = await batch.send(new SubmitJobCommand(input));
  return { jobId, jobArn };
}

/** One resource of each kind, created with the tag `first`. */
async function createEach(): Promise<readonly string[]> {
  const tags = { first: '1' };
  const environment = { type: 'UNMANAGED' as const, serviceRole: 'AWSBatchServiceRole', tags };
  await batch.send(new CreateComputeEnvironmentCommand({ computeEnvironmentName: 'tagged', ...environment }));
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName: 'tagged', priority: 1, computeEnvironmentOrder, tags }));
  const containerProperties = { image: 'i', vcpus: 1, memory: 4 };
  await batch.send(
    new RegisterJobDefinitionCommand({ jobDefinitionName: 'tagged', type: 'container', containerProperties, tags }),
  );
  const { jobArn } = await submitTagged(tags);
  const named = ['compute-environment/tagged', 'job-queue/tagged', 'job-definition/tagged:1'];
  return [...named.map((resource) => `${arnPrefix}:${resource}`), jobArn];
}

test('environments, queues, definitions and jobs are tagged at creation and after, and a tag given again is replaced', async () => {
  for (const arn of await createEach()) {
    assert.deepEqual(await tagsOf(arn), { first: '1' }, arn);
    await tag(arn, { first: 'one', 'Key with spaces /+-=._:@': '' });
    assert.deepEqual(await tagsOf(arn), { first: 'one', 'Key with spaces /+-=._:@': '' });
    await untag(arn, 'first', 'never there');
    assert.deepEqual(await tagsOf(arn), { 'Key with spaces /+-=._:@': '' });
  }
  const kept = { 'Key with spaces /+-=._:@': '' };
  assert.deepEqual((await findQueue(batch, 'tagged'))?.tags, kept);
  assert.deepEqual((await describeDefinition(batch, 'tagged:1')).tags, kept);
});

test('tags of a job can be changed while it waits and after it has ended', async () => {
  const { jobId, jobArn } = await submitTagged({ state: 'new', État: 'ü' });
  await waitForEnd(batch, jobId);
  await tag(jobArn, { state: 'ended' });
  assert.deepEqual((await describeJob(batch, jobId)).tags, { state: 'ended', État: 'ü' });
});

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

test('a resource has at most 50 tags, and a change that would make it more changes nothing', async () => {
  const { jobArn } = await submitTagged(many(50));
  await assertRefused(tag(jobArn, { another: '1' }), /at most 50 tags/);
  await tag(jobArn, { k0: 'again' });
  assert.equal(Object.keys((await tagsOf(jobArn)) ?? {}).length, 50);
  await assertRefused(submitTagged(many(51)), /at most 50 tags/);
});

test('keys of 128 and values of 256 characters fit, longer ones do not; letter case matters', async () => {
  const { jobArn } = await submitTagged({ ['é'.repeat(128)]: 'ü'.repeat(256), key: '1', KEY: '2' });
  assert.equal(Object.keys((await tagsOf(jobArn)) ?? {}).length, 3);
  await assertRefused(tag(jobArn, { ['k'.repeat(129)]: 'v' }), /128/);
  await assertRefused(tag(jobArn, { k: 'v'.repeat(257) }), /256/);
  await assertRefused(tag(jobArn, { '': 'v' }), /key/i);
  const { name, message } = await refusalOf(tag(jobArn, { 'a;b': 'v' }));
  assert.equal(name, 'BadRequestException');
  assert.match(message, /illegal characters/);
});

test("keys and values that begin with aws: in any case are out of users' reach, in every creation too", async () => {
  const { jobArn } = await submitTagged({});
  for (const tags of [{ 'aws:x': '1' }, { 'AWS:x': '1' }, { x: 'aWs:1' }]) {
    await assertRefused(tag(jobArn, tags), /aws:/);
    await assertRefused(submitTagged(tags), /aws:/);
  }
  await assertRefused(untag(jobArn, 'aws:x'), /aws:/);
});

test('tags need the ARN of something that is there', async () => {
  await assertRefused(tagsOf(`${arnPrefix}:job-queue/nowhere`), /not found/);
  await assertRefused(tagsOf(`${arnPrefix}:job/00000000-0000-4000-8000-000000000000`), /not found/);
  await assertRefused(tagsOf('arn:aws:batch:us-east-1:999999999999:job-queue/default'), /not valid/);
  await assertRefused(tagsOf('default'), /not valid/);
});
