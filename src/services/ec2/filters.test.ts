import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ec2Bench } from './ec2.fixture.ts';

/** A filter of so many values with wildcards, of which the last one finds `t-1` and what begins so. */
const patterns = (count: number) => [
  {
    Name: 'launch-template-name',
    Values: [...Array.from({ length: count - 1 }, (_, number) => `none-${number}?`), 't-1*'],
  },
];

test('the more wildcards, the fewer records a page looks at; all of its pages together are whole', async () => {
  await using bench = await Ec2Bench.open();
  for (let number = 100; number < 400; number += 1)
    await bench.call('CreateLaunchTemplate', { LaunchTemplateName: `t-${number}`, LaunchTemplateData: {} });
  const list = (Filters: object[], NextToken?: string) =>
    bench.call('DescribeLaunchTemplates', { Filters, ...(NextToken && { NextToken }) });
  const one = await list(patterns(1));
  assert.deepEqual([one.LaunchTemplates.length, one.NextToken], [100, undefined]);
  const first = await list(patterns(20));
  const rest = await list(patterns(20), first.NextToken);
  assert.ok(first.NextToken !== undefined && rest.NextToken === undefined);
  assert.equal(first.LaunchTemplates.length + rest.LaunchTemplates.length, 100);
  const Values = Array.from({ length: 200 }, (_, number) => `t-${200 + number}`);
  const plain = await list([{ Name: 'launch-template-name', Values }]);
  assert.deepEqual([plain.LaunchTemplates.length, plain.NextToken], [200, undefined]);
});

test('more wildcards than one turn should compare are refused, also where a list has no pages', async () => {
  await using bench = await Ec2Bench.open();
  const message = 'The request uses more than 20 filter values with wildcards.';
  const refused = { code: 'FilterLimitExceeded', message };
  await assert.rejects(bench.call('DescribeLaunchTemplates', { Filters: patterns(21) }), refused);
  const Filters = [{ Name: 'key-name', Values: patterns(21)[0]?.Values }];
  await assert.rejects(bench.call('DescribeKeyPairs', { Filters }), refused);
});
