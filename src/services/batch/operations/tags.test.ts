import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, openBench, smallDefinition, smallEnvironment } from '../batch.fixture.ts';

const arn = 'arn:aws:batch:us-east-1:123456789012';

async function benchWithAll(): Promise<{ bench: Bench; jobId: string; arns: string[] }> {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', smallEnvironment);
  await bench.call('RegisterJobDefinition', smallDefinition);
  const { jobId } = await bench.call<{ jobId: string }>('SubmitJob', {
    jobName: 'j',
    jobQueue: 'default',
    jobDefinition: 'x',
  });
  await bench.call('CreateSchedulingPolicy', { name: 'fair' });
  const names = [
    'compute-environment/m',
    'job-queue/default',
    'job-definition/x:1',
    `job/${jobId}`,
    'scheduling-policy/fair',
  ];
  return { bench, jobId, arns: names.map((name) => `${arn}:${name}`) };
}

async function tagsOf({ call }: Bench, resourceArn: string): Promise<unknown> {
  return (await call<{ tags: unknown }>('ListTagsForResource', { resourceArn })).tags;
}

test('environments, queues, definitions and jobs are tagged, retagged and untagged by ARN', async () => {
  const { bench, arns } = await benchWithAll();
  for (const resourceArn of arns) {
    await bench.call('TagResource', { resourceArn, tags: { a: '1', b: '' } });
    await bench.call('TagResource', { resourceArn, tags: { a: '2', c: 'é +-=._:/@' } });
    await bench.call('UntagResource', { resourceArn, tagKeys: ['b', 'nothing'] });
    assert.deepEqual(await tagsOf(bench, resourceArn), { a: '2', c: 'é +-=._:/@' }, resourceArn);
  }
});

test('tags of one job that are changed at the same time all arrive', async () => {
  const { bench, jobId } = await benchWithAll();
  const resourceArn = `${arn}:job/${jobId}`;
  await Promise.all(['a', 'b', 'c'].map((key) => bench.call('TagResource', { resourceArn, tags: { [key]: '1' } })));
  assert.deepEqual(await tagsOf(bench, resourceArn), { a: '1', b: '1', c: '1' });
});

test('a resource has at most 50 tags, those it has and those that come together', async () => {
  const { bench, arns } = await benchWithAll();
  const many = (from: number, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${from + index}`, '']));
  for (const resourceArn of arns) {
    await bench.call('TagResource', { resourceArn, tags: many(0, 40) });
    await bench.call('TagResource', { resourceArn, tags: many(30, 20) });
    const words = await bench.refusal('TagResource', { resourceArn, tags: { one: 'more' } });
    assert.equal(words, 'A resource can have at most 50 tags, got 51.');
  }
});

const badTags: readonly (readonly [title: string, tags: Record<string, string>])[] = [
  ['an empty key', { '': 'x' }],
  ['a key of 129 characters', { ['x'.repeat(129)]: 'x' }],
  ['a value of 257 characters', { a: 'x'.repeat(257) }],
  ['a key that begins with aws:', { 'aws:a': 'x' }],
  ['a key that begins with aWs:', { 'aWs:a': 'x' }],
  ['a value that begins with AWS:', { a: 'AWS:x' }],
  ['a key with a question mark', { 'a?': 'x' }],
];
for (const [title, tags] of badTags) {
  test(`${title} is refused`, async () => {
    const { bench, arns } = await benchWithAll();
    const code = title.endsWith('question mark') ? 'BadRequestException' : 'ClientException';
    for (const resourceArn of arns) await assert.rejects(bench.call('TagResource', { resourceArn, tags }), { code });
    for (const resourceArn of arns) assert.deepEqual(await tagsOf(bench, resourceArn), {});
  });
}

test('keys of 128 characters beyond the basic plane are accepted', async () => {
  const { bench, arns } = await benchWithAll();
  const key = '𠮷'.repeat(128);
  await bench.call('TagResource', { resourceArn: arns[0], tags: { [key]: '𠮷'.repeat(256) } });
});

test("AWS's own tags cannot be removed", async () => {
  const { bench, arns } = await benchWithAll();
  assert.match(await bench.refusal('UntagResource', { resourceArn: arns[0], tagKeys: ['aws:x'] }), /reserved/);
});

const strangers: readonly (readonly [title: string, resource: string, words: RegExp])[] = [
  ['a queue that is not there', `${arn}:job-queue/nobody`, /^Resource not found/],
  ['a definition without revision', `${arn}:job-definition/x`, /^Resource not found/],
  ['a scheduling policy that is not there', `${arn}:scheduling-policy/p`, /^Resource not found/],
  ['a job that is not there', `${arn}:job/01234567-89ab-7def-8123-456789abcdef`, /^Resource not found/],
  ['a child job', `${arn}:job/01234567-89ab-7def-8123-456789abcdef:0`, /^Child jobs/],
  [
    'a resource of another region',
    'arn:aws:batch:eu-west-1:123456789012:job-queue/default',
    /^Resource ARN is not valid/,
  ],
  ['a resource of another service', 'arn:aws:sqs:us-east-1:123456789012:default', /^Resource ARN is not valid/],
  ['a name', 'default', /^Resource ARN is not valid/],
];
for (const [title, resourceArn, words] of strangers) {
  test(`${title} cannot be tagged`, async () => {
    const { bench } = await benchWithAll();
    assert.match(await bench.refusal('TagResource', { resourceArn, tags: { a: 'b' } }), words);
    assert.match(await bench.refusal('ListTagsForResource', { resourceArn }), words);
  });
}

test('tagging a definition leaves it the newest and usable', async () => {
  const { bench } = await benchWithAll();
  await bench.call('TagResource', { resourceArn: `${arn}:job-definition/x:1`, tags: { a: 'b' } });
  await bench.call('SubmitJob', { jobName: 'j', jobQueue: 'default', jobDefinition: 'x' });
});
