import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arn, type Bench, openBench } from './states.fixture.ts';

const arns = [`${arn}:stateMachine:m`, `${arn}:activity:a`];

async function withBoth(): Promise<Bench> {
  const bench = await openBench();
  await bench.create('m');
  await bench.call('CreateActivity', { name: 'a' });
  return bench;
}

test('state machines and activities are tagged, retagged and untagged', async () => {
  const bench = await withBoth();
  for (const resourceArn of arns) {
    const tag = (tags: object[]) => bench.call('TagResource', { resourceArn, tags });
    await tag([{ key: 'a', value: '1' }, { key: 'b' }]);
    await tag([
      { key: 'a', value: '2' },
      { key: 'c', value: 'é +-=._:/@' },
    ]);
    await bench.call('UntagResource', { resourceArn, tagKeys: ['b', 'nothing'] });
    const { tags } = await bench.call('ListTagsForResource', { resourceArn });
    assert.deepEqual(tags, [
      { key: 'a', value: '2' },
      { key: 'c', value: 'é +-=._:/@' },
    ]);
  }
});

test('versions and aliases have no tags: they are not found', async () => {
  const bench = await withBoth();
  for (const qualifier of ['1', 'live']) {
    const resourceArn = `${arn}:stateMachine:m:${qualifier}`;
    for (const [operation, more] of [
      ['TagResource', { tags: [{ key: 'a', value: 'b' }] }],
      ['UntagResource', { tagKeys: ['a'] }],
      ['ListTagsForResource', {}],
    ] as const) {
      const refusal = await bench.refusal(operation, { resourceArn, ...more });
      assert.equal(refusal, `ResourceNotFound: Resource not found: '${resourceArn}'`);
    }
  }
});

test('a resource has at most 50 tags, those it has and those that come together', async () => {
  const bench = await withBoth();
  const many = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ key: `k${from + index}`, value: '' }));
  for (const resourceArn of arns) {
    await bench.call('TagResource', { resourceArn, tags: many(0, 50) });
    await bench.call('TagResource', { resourceArn, tags: many(40, 10) });
    assert.match(await bench.refusal('TagResource', { resourceArn, tags: many(50, 1) }), /^TooManyTags: /);
  }
});

test('tags of AWS, and those with other characters, are refused', async () => {
  const bench = await withBoth();
  const resourceArn = arns[0] ?? '';
  for (const tag of [{ key: 'AWS:x' }, { key: 'a', value: 'aws:x' }, { key: 'a?' }, { key: 'a', value: '*' }]) {
    assert.match(await bench.refusal('TagResource', { resourceArn, tags: [tag] }), /^ValidationException: /);
  }
  assert.match(await bench.refusal('UntagResource', { resourceArn, tagKeys: ['aws:x'] }), /^ValidationException: /);
});

test('tags of what is not there, or carries none, are refused', async () => {
  const bench = await withBoth();
  for (const resourceArn of [`${arn}:stateMachine:n`, `${arn}:activity:n`]) {
    const words = `ResourceNotFound: Resource not found: '${resourceArn}'`;
    assert.equal(await bench.refusal('ListTagsForResource', { resourceArn }), words);
    assert.equal(await bench.refusal('TagResource', { resourceArn, tags: [] }), words);
  }
  assert.match(await bench.refusal('ListTagsForResource', { resourceArn: `${arn}:execution:m:e` }), /^InvalidArn: /);
});
