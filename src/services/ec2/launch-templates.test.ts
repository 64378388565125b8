import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ec2Bench, scope } from './ec2.fixture.ts';
import { launchTemplateFinder } from './launch-templates.ts';

const LaunchTemplateName = 'batch';

test('a template is made once, listed, described and deleted', async () => {
  await using bench = await Ec2Bench.open();
  const input = { LaunchTemplateName, LaunchTemplateData: { ImageId: 'ami-1' }, ClientToken: 'once' };
  const { LaunchTemplate } = await bench.call('CreateLaunchTemplate', input);
  assert.match(LaunchTemplate.LaunchTemplateId, /^lt-0[0-9a-f]{16}$/);
  assert.deepEqual([LaunchTemplate.DefaultVersionNumber, LaunchTemplate.LatestVersionNumber], [1, 1]);
  assert.deepEqual((await bench.call('CreateLaunchTemplate', input)).LaunchTemplate, LaunchTemplate);
  const other = bench.call('CreateLaunchTemplate', { ...input, ClientToken: 'again' });
  await assert.rejects(other, { code: 'InvalidLaunchTemplateName.AlreadyExistsException' });
  const { LaunchTemplateId } = LaunchTemplate;
  for (const named of [{ LaunchTemplateIds: [LaunchTemplateId] }, { LaunchTemplateNames: [LaunchTemplateName] }, {}])
    assert.deepEqual((await bench.call('DescribeLaunchTemplates', named)).LaunchTemplates, [LaunchTemplate]);
  await bench.call('DeleteLaunchTemplate', { LaunchTemplateId });
  const byId = bench.call('DescribeLaunchTemplates', { LaunchTemplateIds: [LaunchTemplateId] });
  await assert.rejects(byId, { code: 'InvalidLaunchTemplateId.NotFound' });
  const byName = bench.call('DescribeLaunchTemplates', { LaunchTemplateNames: [LaunchTemplateName] });
  await assert.rejects(byName, { code: 'InvalidLaunchTemplateName.NotFoundException' });
  const malformed = bench.call('DescribeLaunchTemplates', { LaunchTemplateIds: ['x'] });
  await assert.rejects(malformed, { code: 'InvalidLaunchTemplateId.Malformed' });
});

test('versions are numbered, inherit what they do not say, and one of them is the default', async () => {
  await using bench = await Ec2Bench.open();
  const first = { ImageId: 'ami-1', InstanceType: 'c5.large', EbsOptimized: 'true' };
  await bench.call('CreateLaunchTemplate', {
    LaunchTemplateName,
    LaunchTemplateData: first,
    VersionDescription: 'first',
  });
  const add = (LaunchTemplateData: object, more: object = {}) =>
    bench.call('CreateLaunchTemplateVersion', { LaunchTemplateName, LaunchTemplateData, ...more });
  const second = await add({ ImageId: 'ami-2' }, { SourceVersion: '1', ClientToken: 'once' });
  assert.equal(second.LaunchTemplateVersion.VersionNumber, 2);
  assert.deepEqual(second.LaunchTemplateVersion.LaunchTemplateData, { ...first, EbsOptimized: true, ImageId: 'ami-2' });
  const repeated = await add({ ImageId: 'ami-2' }, { SourceVersion: '1', ClientToken: 'once' });
  assert.equal(repeated.LaunchTemplateVersion.VersionNumber, 2);
  await add({ ImageId: 'ami-3' });
  const modified = await bench.call('ModifyLaunchTemplate', { LaunchTemplateName, DefaultVersion: '2' });
  assert.deepEqual([modified.LaunchTemplate.DefaultVersionNumber, modified.LaunchTemplate.LatestVersionNumber], [2, 3]);
  const read = async (more: object) => {
    const answer = await bench.call('DescribeLaunchTemplateVersions', { LaunchTemplateName, ...more });
    return answer.LaunchTemplateVersions.map(({ VersionNumber }: { VersionNumber: number }) => VersionNumber);
  };
  assert.deepEqual(await read({}), [3, 2, 1]);
  assert.deepEqual(await read({ Versions: ['$Latest', '$Default', '1'] }), [3, 2, 1]);
  assert.deepEqual(await read({ MinVersion: '2' }), [3, 2]);
  assert.deepEqual(await read({ MaxVersion: '2' }), [2, 1]);
  assert.deepEqual(await read({ Filters: [{ Name: 'image-id', Values: ['ami-2'] }] }), [2]);
  const page = await bench.call('DescribeLaunchTemplateVersions', { LaunchTemplateName, MaxResults: 2 });
  assert.deepEqual(await read({ MaxResults: 2, NextToken: page.NextToken }), [1]);
  await assert.rejects(read({ Versions: ['9'] }), { code: 'InvalidLaunchTemplateId.VersionNotFound' });
  await assert.rejects(read({ Versions: ['x'] }), { code: 'InvalidParameterValue' });
  const described = await bench.call('DescribeLaunchTemplateVersions', { LaunchTemplateName, Versions: ['1'] });
  assert.equal(described.LaunchTemplateVersions[0].VersionDescription, 'first');
  assert.equal(described.LaunchTemplateVersions[0].DefaultVersion, false);
  const { LaunchTemplateId } = described.LaunchTemplateVersions[0];
  const both = bench.call('DeleteLaunchTemplate', { LaunchTemplateId, LaunchTemplateName });
  await assert.rejects(both, { code: 'InvalidParameterCombination' });
  await assert.rejects(bench.call('DeleteLaunchTemplate', {}), { code: 'MissingParameter' });
  await bench.call('DeleteLaunchTemplate', { LaunchTemplateName });
  assert.deepEqual(bench.ledger.count({ type: 'ec2LaunchTemplateVersion' } as never, bench.context()), 0);
});

test('what user data say is kept from the audit', async () => {
  await using bench = await Ec2Bench.open();
  for (const name of ['CreateLaunchTemplate', 'CreateLaunchTemplateVersion'] as const) {
    const operation = bench.service.operations[name];
    assert.ok(operation.kind === 'operation');
    assert.deepEqual(operation.audit, { kind: 'management', hide: ['UserData'] });
  }
});

test('a launch finds the version that it means now, by id or name, and nothing where there is none', async () => {
  await using bench = await Ec2Bench.open();
  const created = await bench.call('CreateLaunchTemplate', {
    LaunchTemplateName,
    LaunchTemplateData: { ImageId: 'ami-1' },
  });
  const id: string = created.LaunchTemplate.LaunchTemplateId;
  await bench.call('CreateLaunchTemplateVersion', { LaunchTemplateName, LaunchTemplateData: { ImageId: 'ami-2' } });
  const find = launchTemplateFinder(bench.ledger);
  const first = { id, version: 1, data: { ImageId: 'ami-1' } };
  const latest = { id, version: 2, data: { ImageId: 'ami-2' } };
  const named = { launchTemplateName: LaunchTemplateName };
  for (const version of [undefined, '', '$Default', '1']) assert.deepEqual(find(scope, { ...named, version }), first);
  assert.deepEqual(find(scope, { launchTemplateId: id, version: '$Latest' }), latest);
  await bench.call('ModifyLaunchTemplate', { LaunchTemplateName, DefaultVersion: '2' });
  assert.deepEqual(find(scope, named), latest);
  for (const nothing of [
    {},
    { ...named, version: '3' },
    { ...named, version: 'toString' },
    { launchTemplateId: 'lt-1' },
  ])
    assert.equal(find(scope, nothing), undefined);
});
