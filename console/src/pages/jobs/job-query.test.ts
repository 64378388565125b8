import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandOf, type JobQuery, readQuery, searchOf, spanOf, writeQuery } from './job-query.ts';

const query: JobQuery = {
  queue: 'render',
  status: 'FAILED,RUNNING',
  name: 'align*',
  since: '7d',
  tag: 'team=red=blue',
  exit: '137',
  by: "o'hara",
};

test('an address says what is looked for, and nothing that is empty', () => {
  assert.deepEqual(readQuery(writeQuery(query)), query);
  assert.equal(writeQuery({ queue: ' ', status: 'FAILED' }).toString(), 'status=FAILED');
  assert.deepEqual(readQuery(new URLSearchParams('name=%20&other=x')), {});
});

test('what an address says is asked of the server; what cannot be read is not', () => {
  const now = 10 * 86_400_000;
  assert.deepEqual(searchOf(query, now), {
    queues: ['render'],
    statuses: ['FAILED', 'RUNNING'],
    name: 'align*',
    createdAfter: 3 * 86_400_000,
    tag: { key: 'team', value: 'red=blue' },
    exitCode: 137,
    submittedBy: "o'hara",
  });
  assert.deepEqual(searchOf({ since: 'x', exit: 'x', tag: 'team' }, now), { tag: { key: 'team' } });
  assert.deepEqual(
    [spanOf('90m'), spanOf('1h'), spanOf('h'), spanOf('1w')],
    [5_400_000, 3_600_000, undefined, undefined],
  );
});

test('the command that asks the same is told, its words quoted', () => {
  assert.equal(
    commandOf(query),
    "batchyard jobs --status FAILED --status RUNNING --queue render --name 'align*' --since 7d --tag team=red=blue " +
      "--exit-code 137 --by 'o'\\''hara'",
  );
});
