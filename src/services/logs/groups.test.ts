import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { awsError, LogsFixture, scope } from './logs-fixture.ts';
import { fileRemovalRecords, groupDeletionRecords, logGroupRecords } from './records.ts';

test('a group is created once, described with its ARNs, and gone after its deletion', async () => {
  await using logs = await LogsFixture.open();
  await logs.call('CreateLogGroup', { logGroupName: '/my/group', tags: { team: 'a' } });
  await assert.rejects(
    logs.call('CreateLogGroup', { logGroupName: '/my/group' }),
    awsError('ResourceAlreadyExistsException', 'The specified log group already exists'),
  );
  const { logGroups = [] } = await logs.call('DescribeLogGroups', {});
  assert.deepEqual(
    logGroups.map(({ logGroupName, arn, logGroupArn }) => [logGroupName, arn, logGroupArn]),
    [
      [
        '/my/group',
        'arn:aws:logs:us-east-1:123456789012:log-group:/my/group:*',
        'arn:aws:logs:us-east-1:123456789012:log-group:/my/group',
      ],
    ],
  );
  await logs.call('DeleteLogGroup', { logGroupName: '/my/group' });
  assert.deepEqual((await logs.call('DescribeLogGroups', {})).logGroups, []);
  await assert.rejects(
    logs.call('DeleteLogGroup', { logGroupName: '/my/group' }),
    awsError('ResourceNotFoundException', 'The specified log group does not exist.'),
  );
});

test('a bad name is refused in the words of AWS', async () => {
  await using logs = await LogsFixture.open();
  await assert.rejects(
    logs.call('CreateLogGroup', { logGroupName: 'a b' }),
    awsError(
      'InvalidParameterException',
      "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
    ),
  );
  await assert.rejects(
    logs.call('CreateLogGroup', { logGroupName: 'a'.repeat(513) }),
    awsError('InvalidParameterException', /Member must have length less than or equal to 512$/),
  );
  await assert.rejects(
    logs.call('CreateLogStream', { logGroupName: '', logStreamName: 'a:b' }),
    awsError('InvalidParameterException', /^3 validation errors detected: .*; Value 'a:b' at 'logStreamName'/),
  );
});

test('what this version cannot do for a group is refused, not ignored', async () => {
  await using logs = await LogsFixture.open();
  const key = 'arn:aws:kms:us-east-1:123456789012:key/a';
  for (const more of [
    { kmsKeyId: key },
    { logGroupClass: 'ESSENTIALS' as const },
    { deletionProtectionEnabled: true },
  ]) {
    await assert.rejects(
      logs.call('CreateLogGroup', { logGroupName: 'g', ...more }),
      awsError('InvalidParameterException', /is not supported by this version of Batchyard/),
    );
  }
});

test('groups are listed by name, in pages, by prefix and by pattern', async () => {
  await using logs = await LogsFixture.open();
  for (const logGroupName of ['b/two', 'a/one', 'b/one', 'c']) await logs.call('CreateLogGroup', { logGroupName });
  const names = async (input: object) => {
    const { logGroups = [], nextToken } = await logs.call('DescribeLogGroups', input);
    return { names: logGroups.map(({ logGroupName }) => logGroupName), nextToken };
  };
  const first = await names({ limit: 3 });
  assert.deepEqual(first.names, ['a/one', 'b/one', 'b/two']);
  const second = await names({ limit: 3, nextToken: first.nextToken });
  assert.deepEqual(second, { names: ['c'], nextToken: undefined });
  assert.deepEqual((await names({ logGroupNamePrefix: 'b/' })).names, ['b/one', 'b/two']);
  assert.deepEqual((await names({ logGroupNamePattern: 'one' })).names, ['a/one', 'b/one']);
  assert.deepEqual((await names({ logGroupIdentifiers: ['c'] })).names, ['c']);
  assert.deepEqual((await names({ logGroupClass: 'STANDARD', logGroupNamePrefix: 'c' })).names, ['c']);
  assert.deepEqual((await names({ logGroupClass: 'DELIVERY' })).names, []);
  await assert.rejects(
    names({ nextToken: 'x' }),
    awsError('InvalidParameterException', 'The specified nextToken is invalid.'),
  );
  await assert.rejects(names({ limit: 51 }), awsError('InvalidParameterException', /'51' at 'limit'/));
});

test('a retention of the days that AWS allows is set, shown and taken off', async () => {
  await using logs = await LogsFixture.open();
  await logs.call('CreateLogGroup', { logGroupName: 'g' });
  await logs.call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 7 });
  assert.equal((await logs.call('DescribeLogGroups', {})).logGroups?.[0]?.retentionInDays, 7);
  await logs.call('DeleteRetentionPolicy', { logGroupName: 'g' });
  assert.equal((await logs.call('DescribeLogGroups', {})).logGroups?.[0]?.retentionInDays, undefined);
  await assert.rejects(
    logs.call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 8 }),
    awsError('InvalidParameterException', /'8' at 'retentionInDays' .* enum value set: \[1, 3, 5, 7/),
  );
});

test('a tag may have any name, also one that is an object’s own elsewhere', async () => {
  await using logs = await LogsFixture.open();
  const tags = JSON.parse('{"__proto__":"1","a":"2"}');
  await logs.call('CreateLogGroup', { logGroupName: 'odd', tags });
  const { tags: listed = {} } = await logs.call('ListTagsLogGroup', { logGroupName: 'odd' });
  assert.deepEqual(Object.entries(listed).sort(), [
    ['__proto__', '1'],
    ['a', '2'],
  ]);
});

test('tags are put, listed and taken off by ARN and by name alike', async () => {
  await using logs = await LogsFixture.open();
  const resourceArn = 'arn:aws:logs:us-east-1:123456789012:log-group:g';
  await logs.call('CreateLogGroup', { logGroupName: 'g', tags: { a: '1' } });
  await logs.call('TagResource', { resourceArn, tags: { b: '2' } });
  await logs.call('TagLogGroup', { logGroupName: 'g', tags: { c: '3' } });
  await logs.call('UntagResource', { resourceArn: `${resourceArn}:*`, tagKeys: ['a'] });
  assert.deepEqual((await logs.call('ListTagsForResource', { resourceArn })).tags, { b: '2', c: '3' });
  await logs.call('UntagLogGroup', { logGroupName: 'g', tags: ['b'] });
  assert.deepEqual((await logs.call('ListTagsLogGroup', { logGroupName: 'g' })).tags, { c: '3' });
  await assert.rejects(
    logs.call('TagResource', { resourceArn: resourceArn.replace('us-east-1', 'eu-west-1'), tags: { b: '2' } }),
    awsError('ResourceNotFoundException', 'The specified log group does not exist.'),
  );
});

test('a 51st tag and a reserved key are refused', async () => {
  await using logs = await LogsFixture.open();
  await logs.call('CreateLogGroup', { logGroupName: 'g' });
  const tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, '']));
  await assert.rejects(logs.call('TagLogGroup', { logGroupName: 'g', tags }), awsError('TooManyTagsException', /50/));
  await assert.rejects(
    logs.call('TagLogGroup', { logGroupName: 'g', tags: { 'aws:x': '' } }),
    awsError('InvalidParameterException', /reserved/),
  );
});

test('deleting a group deletes its streams, rows and files, and its name can be used anew', async () => {
  await using logs = await LogsFixture.open();
  for (let index = 0; index < 130; index += 1) {
    await logs.put(await logs.stream('g', `s${index}`), ['line']);
  }
  await logs.call('DeleteLogGroup', { logGroupName: 'g' });
  assert.equal(await logs.store.reads.logBytes(), 0);
  await logs.service.close();
  assert.deepEqual(directoriesOf(logs), []);
  assert.deepEqual([...logs.ledger.all(groupDeletionRecords), ...logs.ledger.all(fileRemovalRecords)], []);
  await logs.call('CreateLogGroup', { logGroupName: 'g' });
  assert.deepEqual((await logs.call('DescribeLogStreams', { logGroupName: 'g' })).logStreams, []);
});

test('a deletion that a crash cut short shows nothing of the group, and is finished at the next start', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream('g', 's');
  await logs.put(names, ['line']);
  const group = logs.ledger.get(logGroupRecords, scope, 'g');
  assert.ok(group);
  // The first of the deletion's transactions, and no other.
  const { markDeleted } = await import('./groups.ts');
  logs.ledger.transact((transaction) => markDeleted(logs, transaction, group));
  await logs.store.settled();
  await logs.restart();
  await assert.rejects(
    logs.call('CreateLogGroup', { logGroupName: 'g' }),
    awsError('OperationAbortedException', /conflicting operation/),
  );
  // A job may start meanwhile: it gets the group anew, and sees nothing of the old one.
  const task = await logs.task('g', 'job/default/1');
  task.writer.close();
  const before = await logs.call('DescribeLogStreams', { logGroupName: 'g' });
  assert.deepEqual(
    before.logStreams?.map(({ logStreamName }) => logStreamName),
    ['job/default/1'],
  );
  await assert.rejects(
    logs.put(names, ['x']),
    awsError('ResourceNotFoundException', 'The specified log stream does not exist.'),
  );
  logs.service.sweeper.begin();
  while (logs.ledger.all(groupDeletionRecords).length > 0) await nextTurn();
  await logs.service.close();
  assert.equal(await logs.store.reads.logStream(scope, 'g', 's'), undefined);
  assert.ok(await logs.store.reads.logStream(scope, 'g', 'job/default/1'));
  assert.deepEqual([...logs.ledger.all(groupDeletionRecords), ...logs.ledger.all(fileRemovalRecords)], []);
});

test('a deletion that ends leaves the mark of a later one, whose streams would show in a group of that name for ever', async () => {
  await using logs = await LogsFixture.open();
  const letGo = heldReads(logs);
  const deleteAgain = () => logs.call('DeleteLogGroup', { logGroupName: 'g' });
  (await logs.task('g', 'first')).writer.close();
  const first = deleteAgain();
  // Auto-created by a job while the first deletion is under way, in the same millisecond.
  (await logs.task('g', 'second')).writer.close();
  const second = deleteAgain();
  letGo();
  await first;
  const marks = () => logs.ledger.all(groupDeletionRecords).length;
  assert.equal(marks(), 1);
  (await logs.task('g', 'third')).writer.close();
  letGo();
  await second;
  assert.equal(marks(), 0);
  const { logStreams } = await logs.call('DescribeLogStreams', { logGroupName: 'g' });
  assert.deepEqual(
    logStreams?.map(({ logStreamName }) => logStreamName),
    ['third'],
  );
});

/** Holds the next two reads of streams; answers what lets the first of those go that wait. */
function heldReads({ store }: LogsFixture): () => void {
  const held: (() => void)[] = [];
  const read = store.reads.logStreams;
  const logStreams = async (...query: Parameters<typeof read>) => {
    if (held.length < 2) await new Promise<void>((resolve) => held.push(resolve));
    return read(...query);
  };
  Object.assign(store.reads, { logStreams });
  let next = 0;
  return () => held[next++]?.();
}

test('files that a crash kept from being removed are removed at the next start', async () => {
  await using logs = await LogsFixture.open();
  await logs.put(await logs.stream(), ['line']);
  const [directory] = directoriesOf(logs);
  assert.ok(directory);
  const { Deletions } = await import('./deletions.ts');
  const dead = new Deletions({
    ...logs,
    logDirectory: '/nowhere',
    random: { bytes: () => Buffer.alloc(10) },
    logger: console,
  });
  logs.ledger.transact((transaction) =>
    dead.add(transaction, scope, [directory], { ...scope, groupName: 'g', streamName: 's' }),
  );
  await logs.store.settled();
  await logs.restart();
  await logs.service.streams.finishAbandoned(() => true);
  assert.ok(existsSync(join(logs.directory, directory)), 'its task may still be writing');
  await logs.service.streams.finishAbandoned(() => false);
  await logs.service.close();
  assert.ok(!existsSync(join(logs.directory, directory)));
  assert.deepEqual([...logs.ledger.all(groupDeletionRecords), ...logs.ledger.all(fileRemovalRecords)], []);
});

/** The directories of streams, below the log directory. */
function directoriesOf(logs: LogsFixture): string[] {
  const root = join(logs.directory, scope.account, scope.region);
  return readdirSync(root).flatMap((shard) =>
    readdirSync(join(root, shard)).map((id) => join(scope.account, scope.region, shard, id)),
  );
}
