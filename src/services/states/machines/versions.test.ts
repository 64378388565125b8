import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RandomSource } from '../../../core/random.ts';
import { stateMachineRecords } from '../records.ts';
import { arn, type Bench, openBench, passes, roleArn, scope } from '../states.fixture.ts';

const machine = `${arn}:stateMachine:m`;
const other = '{"StartAt":"B","States":{"B":{"Type":"Succeed"}}}';

async function withTwoVersions(random?: RandomSource): Promise<Bench> {
  const bench = await openBench(random && { random });
  await bench.create('m', { publish: true, versionDescription: 'one' });
  bench.clock.advance(1000);
  await bench.call('UpdateStateMachine', {
    stateMachineArn: machine,
    definition: other,
    publish: true,
    versionDescription: 'two',
  });
  return bench;
}

const route = (version: number, weight: number) => ({ stateMachineVersionArn: `${machine}:${version}`, weight });

test('a version stays what the machine was when it was published', async () => {
  const bench = await withTwoVersions();
  const described = await bench.call('DescribeStateMachine', { stateMachineArn: `${machine}:1` });
  assert.equal(described.stateMachineArn, `${machine}:1`);
  assert.equal(described.definition, passes);
  assert.equal(described.description, 'one');
  assert.equal(described.revisionId, undefined);
  const second = await bench.call('DescribeStateMachine', { stateMachineArn: `${machine}:2` });
  assert.equal(second.definition, other);
  assert.deepEqual(second.creationDate, new Date(bench.clock.now()));
  const { revision, ...chosen } = bench.catalog.resolve(scope, `${machine}:1`);
  assert.equal(revision.definition, passes);
  assert.deepEqual(chosen, { stateMachineVersionArn: `${machine}:1` });
});

test('a revision is published once; a number is never used twice', async () => {
  const bench = await openBench();
  await bench.create('m');
  const publish = (more: object = {}) =>
    bench.call<{ stateMachineVersionArn: string }>('PublishStateMachineVersion', { stateMachineArn: machine, ...more });
  const first = await publish({ description: 'd', revisionId: 'INITIAL' });
  assert.equal(first.stateMachineVersionArn, `${machine}:1`);
  assert.deepEqual(await publish(), first);
  await bench.call('DeleteStateMachineVersion', { stateMachineVersionArn: `${machine}:1` });
  assert.equal((await publish()).stateMachineVersionArn, `${machine}:2`);
});

test('an update that changes nothing but the description of the version publishes another revision', async () => {
  const bench = await openBench();
  await bench.create('m', { publish: true, versionDescription: 'one' });
  const update = (more: object) =>
    bench.call('UpdateStateMachine', { stateMachineArn: machine, definition: passes, publish: true, ...more });
  for (const same of [{ versionDescription: 'one' }, {}]) {
    const { updateDate: _, ...answer } = await update(same);
    assert.deepEqual(answer, { stateMachineVersionArn: `${machine}:1` }, 'the revision is still the first');
  }
  const second = await update({ versionDescription: 'two' });
  assert.equal(second.stateMachineVersionArn, `${machine}:2`);
  const described = await bench.call('DescribeStateMachine', { stateMachineArn: `${machine}:2` });
  assert.deepEqual(
    [described.definition, described.description, described.revisionId],
    [passes, 'two', second.revisionId],
  );
  assert.notEqual(second.revisionId, undefined);
  const repeated = await update({ versionDescription: 'two' });
  assert.deepEqual(
    [repeated.stateMachineVersionArn, repeated.revisionId],
    [second.stateMachineVersionArn, second.revisionId],
  );
  const published = await bench.call('PublishStateMachineVersion', { stateMachineArn: machine, description: 'x' });
  assert.equal(published.stateMachineVersionArn, `${machine}:2`);
});

test('a state machine is created again only with the same wish to publish, and the same description of the version', async () => {
  const bench = await openBench();
  const create = (name: string, more: object) => ({ name, definition: passes, roleArn, ...more });
  const published = { publish: true, versionDescription: 'd' };
  await bench.call('CreateStateMachine', create('m', published));
  const again = await bench.call('CreateStateMachine', create('m', published));
  assert.equal(again.stateMachineVersionArn, `${machine}:1`);
  await bench.create('n');
  for (const other of [
    create('m', {}),
    create('m', { publish: true }),
    create('m', { publish: true, versionDescription: 'e' }),
    create('n', published),
  ]) {
    assert.match(await bench.refusal('CreateStateMachine', other), /^StateMachineAlreadyExists: /);
  }
});

test('a repeated creation that publishes answers a version of that configuration, after an update away and back too', async () => {
  const bench = await openBench();
  const input = { name: 'm', definition: passes, roleArn, publish: true, versionDescription: 'd' };
  await bench.call('CreateStateMachine', input);
  await bench.call('UpdateStateMachine', { stateMachineArn: machine, definition: other, publish: true });
  await bench.call('UpdateStateMachine', { stateMachineArn: machine, definition: passes });
  const again = await bench.call('CreateStateMachine', input);
  assert.equal(again.stateMachineVersionArn, `${machine}:1`);
  await bench.call('DeleteStateMachineVersion', { stateMachineVersionArn: `${machine}:1` });
  const anew = await bench.call('CreateStateMachine', input);
  assert.equal(anew.stateMachineVersionArn, `${machine}:3`);
  const version = await bench.call('DescribeStateMachine', { stateMachineArn: `${machine}:3` });
  assert.deepEqual([version.definition, version.description], [passes, 'd']);
  assert.deepEqual(await bench.call('CreateStateMachine', input), anew);
});

test('of a machine of which nobody knows how it was created a repeat is told by its published version', async () => {
  const bench = await openBench();
  const input = { name: 'm', definition: passes, roleArn, publish: true, versionDescription: 'd' };
  const created = await bench.call('CreateStateMachine', input);
  const { createdWith: _with, ...record } = bench.ledger.get(stateMachineRecords, scope, 'm') ?? assert.fail();
  bench.ledger.transact((transaction) => transaction.put(stateMachineRecords, record));
  assert.deepEqual(await bench.call('CreateStateMachine', input), created);
  const { stateMachineVersionArn: _version, ...unpublished } = created;
  const { publish: _publish, versionDescription: _description, ...plain } = input;
  assert.deepEqual(await bench.call('CreateStateMachine', plain), unpublished);
  const otherwise = await bench.refusal('CreateStateMachine', { ...input, versionDescription: 'e' });
  assert.match(otherwise, /^StateMachineAlreadyExists: /);
});

test('publishing a revision that is no longer the current one is a conflict', async () => {
  const bench = await withTwoVersions();
  const { revisionId } = await bench.call('DescribeStateMachine', { stateMachineArn: machine });
  const input = { stateMachineArn: machine, revisionId: 'INITIAL' };
  assert.equal(
    await bench.refusal('PublishStateMachineVersion', input),
    'ConflictException: Failed to publish the State Machine version for revision INITIAL. ' +
      `The current State Machine revision is ${revisionId}.`,
  );
});

test('versions are listed with the newest first; where there is no machine, there are none', async () => {
  const bench = await withTwoVersions();
  const list = (input: object) =>
    bench.call<{ stateMachineVersions: { stateMachineVersionArn: string }[]; nextToken?: string }>(
      'ListStateMachineVersions',
      input,
    );
  const first = await list({ stateMachineArn: machine, maxResults: 1 });
  assert.deepEqual(first.stateMachineVersions, [
    { stateMachineVersionArn: `${machine}:2`, creationDate: new Date(bench.clock.now()) },
  ]);
  const second = await list({ stateMachineArn: machine, nextToken: first.nextToken });
  assert.deepEqual(
    second.stateMachineVersions.map(({ stateMachineVersionArn }) => stateMachineVersionArn),
    [`${machine}:1`],
  );
  assert.deepEqual(await list({ stateMachineArn: `${machine}2` }), { stateMachineVersions: [] });
});

test('a version that aliases route to cannot be deleted', async () => {
  const bench = await withTwoVersions();
  for (const name of ['live', 'test']) {
    await bench.call('CreateStateMachineAlias', { name, routingConfiguration: [route(1, 100)] });
  }
  assert.equal(
    await bench.refusal('DeleteStateMachineVersion', { stateMachineVersionArn: `${machine}:1` }),
    'ConflictException: Version to be deleted must not be referenced by an alias. ' +
      'Current list of aliases referencing this version: [live, test]',
  );
  await bench.call('DeleteStateMachineVersion', { stateMachineVersionArn: `${machine}:2` });
  assert.throws(() => bench.catalog.resolve(scope, `${machine}:2`), { code: 'StateMachineDoesNotExist' });
});

test('an alias is described, changed, listed and deleted', async () => {
  const bench = await withTwoVersions();
  const input = { name: 'live', description: 'd', routingConfiguration: [route(1, 100)] };
  const created = await bench.call('CreateStateMachineAlias', input);
  const alias = `${machine}:live`;
  const creationDate = new Date(bench.clock.now());
  assert.deepEqual(created, { stateMachineAliasArn: alias, creationDate });
  assert.deepEqual(await bench.call('CreateStateMachineAlias', input), created);
  assert.match(
    await bench.refusal('CreateStateMachineAlias', { ...input, routingConfiguration: [route(2, 100)] }),
    /^ConflictException: Failed to create alias because an alias with the same name/,
  );
  bench.clock.advance(1000);
  await bench.call('UpdateStateMachineAlias', {
    stateMachineAliasArn: alias,
    routingConfiguration: [route(1, 20), route(2, 80)],
  });
  assert.deepEqual(await bench.call('DescribeStateMachineAlias', { stateMachineAliasArn: alias }), {
    stateMachineAliasArn: alias,
    name: 'live',
    description: 'd',
    routingConfiguration: [route(1, 20), route(2, 80)],
    creationDate,
    updateDate: new Date(bench.clock.now()),
  });
  await bench.call('CreateStateMachineAlias', { name: 'old', routingConfiguration: [route(1, 100)] });
  const names = async (stateMachineArn: string) => {
    const answer = await bench.call<{ stateMachineAliases: { stateMachineAliasArn: string }[] }>(
      'ListStateMachineAliases',
      { stateMachineArn },
    );
    return answer.stateMachineAliases.map(({ stateMachineAliasArn }) => stateMachineAliasArn);
  };
  assert.deepEqual(await names(machine), [alias, `${machine}:old`], 'the one created first comes first');
  assert.deepEqual(await names(`${machine}:2`), [alias]);
  assert.equal((await bench.call('DescribeStateMachine', { stateMachineArn: alias })).stateMachineArn, `${machine}:2`);
  await bench.call('DeleteStateMachineAlias', { stateMachineAliasArn: alias });
  assert.deepEqual(await names(machine), [`${machine}:old`]);
  const notThere = 'ResourceNotFound: Request references a resource that does not exist.';
  assert.equal(await bench.refusal('DescribeStateMachineAlias', { stateMachineAliasArn: alias }), notThere);
  const change = { stateMachineAliasArn: alias, description: 'd' };
  assert.equal(await bench.refusal('UpdateStateMachineAlias', change), notThere);
  await bench.call('DeleteStateMachineAlias', { stateMachineAliasArn: alias });
});

const badRoutings: readonly (readonly [title: string, routing: object[], words: RegExp])[] = [
  [
    'weights that add up to 99',
    [route(1, 50), route(2, 49)],
    /^ValidationException: Sum of .* must equal 100.*\[50, 49\]/,
  ],
  ['one version twice', [route(1, 50), route(1, 50)], /^ValidationException: .*distinct state machine version ARNs/],
  ['a version that is not there', [route(3, 100)], /^ResourceNotFound: /],
  [
    'the machine itself',
    [{ stateMachineVersionArn: machine, weight: 100 }],
    /^ValidationException: Routing configuration must contain state machine version ARNs\. Received: \[arn:aws:states:us-east-1:123456789012:stateMachine:m\]$/,
  ],
  [
    'another alias',
    [{ stateMachineVersionArn: `${machine}:live`, weight: 100 }],
    /^ValidationException: .*version ARNs/,
  ],
  ['what is no ARN', [{ stateMachineVersionArn: 'm', weight: 100 }], /^InvalidArn: /],
  [
    'versions of two machines',
    [route(1, 50), { stateMachineVersionArn: `${machine}2:1`, weight: 50 }],
    /^ValidationException: .*same state machine/,
  ],
];
for (const [title, routingConfiguration, words] of badRoutings) {
  test(`an alias cannot route to ${title}`, async () => {
    const bench = await withTwoVersions();
    assert.match(await bench.refusal('CreateStateMachineAlias', { name: 'x', routingConfiguration }), words);
  });
}

test('an update of an alias must say what, and stay with its machine', async () => {
  const bench = await withTwoVersions();
  await bench.create('n', { publish: true });
  await bench.call('CreateStateMachineAlias', { name: 'live', routingConfiguration: [route(1, 100)] });
  const stateMachineAliasArn = `${machine}:live`;
  assert.match(
    await bench.refusal('UpdateStateMachineAlias', { stateMachineAliasArn }),
    /^ValidationException: Either/,
  );
  const foreign = [{ stateMachineVersionArn: `${arn}:stateMachine:n:1`, weight: 100 }];
  assert.match(
    await bench.refusal('UpdateStateMachineAlias', { stateMachineAliasArn, routingConfiguration: foreign }),
    /^ValidationException: .*versions of state machine m/,
  );
});

test('an alias routes by chance, in proportion to the weights', async () => {
  let drawn = 0;
  const random: RandomSource = {
    bytes: (count) => {
      const bytes = Buffer.alloc(count);
      bytes.writeUInt32BE(drawn, 0);
      return bytes;
    },
  };
  const bench = await withTwoVersions(random);
  await bench.call('CreateStateMachineAlias', { name: 'live', routingConfiguration: [route(1, 25), route(2, 75)] });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (number) => {
      drawn = number;
      const { stateMachineVersionArn, stateMachineAliasArn } = bench.catalog.resolve(scope, `${machine}:live`);
      assert.equal(stateMachineVersionArn, `${machine}:${number < 2 ** 30 ? 1 : 2}`);
      assert.equal(stateMachineAliasArn, `${machine}:live`);
    }),
  );
});

test('a revision is compiled once', async () => {
  const bench = await withTwoVersions();
  const { revision } = bench.catalog.resolve(scope, machine);
  const compiled = bench.catalog.compile(revision);
  assert.equal(compiled.startAt, 'B');
  assert.equal(bench.catalog.compile(revision), compiled);
});
