import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, openBench, scope } from '../batch.fixture.ts';
import { replaceable } from '../operations/environments.fixture.ts';
import { type ComputeEnvironmentRecord, computeEnvironmentRecords, type InstanceRecord } from '../records.ts';
import { launchFactsOf, userDataOf } from './launch-facts.ts';
import { launchSetupOf } from './launch-setup.ts';

type Data = Readonly<Record<string, unknown>>;

/** An environment `m` with these resources, and what EC2 has of launch templates: by name, and what `$Default` means of them. */
async function open(resources: object = {}, templates: Record<string, Data> = {}) {
  const versions = new Map(Object.entries(templates).map(([name, data]) => [name, [data]]));
  const bench = await openBench({
    findTemplate: (_scope, { launchTemplateName: name = '' }) => {
      const all = versions.get(name);
      return all && { id: `lt-${name}`, version: all.length, data: all.at(-1) ?? {} };
    },
  });
  const computeResources = { ...replaceable.computeResources, ...resources };
  await bench.call('CreateComputeEnvironment', { ...replaceable, computeResources });
  return {
    bench,
    update: (change: object) =>
      bench.call('UpdateComputeEnvironment', { computeEnvironment: 'm', computeResources: change }),
    addVersion: (name: string, data: Data) => versions.get(name)?.push(data),
    facts: (instance: Partial<InstanceRecord> = {}) => launchFactsOf(setupOf(bench), instanceOf(instance)),
    userData: (type = 'c5.large') => {
      const encoded = userDataOf(setupOf(bench), instanceOf({ type }), 'arn:cluster');
      return Buffer.from(encoded, 'base64').toString();
    },
  };
}

const environmentOf = ({ ledger }: Bench): ComputeEnvironmentRecord =>
  ledger.get(computeEnvironmentRecords, scope, 'm') ?? assert.fail('there is no environment m');

function setupOf(bench: Bench) {
  const environment = environmentOf(bench);
  return launchSetupOf(bench.ledger, environment, environment.setup) ?? assert.fail('it has no setup');
}

const instanceOf = (more: Partial<InstanceRecord>): InstanceRecord => ({
  ...scope,
  ...{ id: 'i-1', order: 1, type: 'c5.large', vcpus: 2, state: 'ready', environment: 'm', purchase: 'on-demand' },
  ...{ capacity: { vcpuMillis: 2_000, memoryMiB: 3_800, gpus: 0 }, price: 1, interruption: 0, zone: 'us-east-1a' },
  ...{ launchReason: 'for a test', launchedAt: 1, ...more },
});

const named = (launchTemplateName: string) => ({ launchTemplate: { launchTemplateName } });
const gpus = { type: 'p4d.24xlarge', capacity: { vcpuMillis: 96_000, memoryMiB: 1_000, gpus: 8 } };
const image = (imageType: string, imageIdOverride: string) => ({ ec2Configuration: [{ imageType, imageIdOverride }] });

test('the image of a launch template comes before imageIdOverride, that before imageId, and that before the service’s own', async () => {
  const all = { ...image('ECS_AL2', 'ami-override'), imageId: 'ami-id', ...named('mine') };
  const has = async (resources: object) => (await open(resources, { mine: { ImageId: 'ami-template' } })).facts().image;
  assert.deepEqual(await has(all), { id: 'ami-template', from: 'launch-template', type: 'ECS_AL2' });
  const { launchTemplate: _template, ...ownImages } = all;
  assert.deepEqual(await has(ownImages), { id: 'ami-override', from: 'imageIdOverride', type: 'ECS_AL2' });
  assert.deepEqual(await has({ imageId: 'ami-id' }), { id: 'ami-id', from: 'imageId', type: 'ECS_AL2023' });
  const own = await has({});
  assert.deepEqual([own.from, own.type], ['service', 'ECS_AL2023']);
  assert.match(own.id, /^ami-[0-9a-f]{17}$/);
});

test('images are chosen by instance type: those for GPUs, those for Arm, and overrides of one type of image', async () => {
  const { facts } = await open({ ...image('ECS_AL2', 'ami-2'), instanceTypes: ['c5', 'p4d'] });
  assert.deepEqual(facts().image, { id: 'ami-2', from: 'imageIdOverride', type: 'ECS_AL2' });
  assert.deepEqual([facts(gpus).image.from, facts(gpus).image.type], ['service', 'ECS_AL2023_NVIDIA']);
  const onlyGpus = await open(image('ECS_AL2_NVIDIA', 'ami-gpu'));
  assert.equal(onlyGpus.facts().image.id, 'ami-gpu');
  const arm = await open({ instanceTypes: ['c7g'] });
  assert.notEqual(arm.facts({ type: 'c7g.large' }).image.id, (await open()).facts().image.id);
});

test('an image of a launch template stays until another version names one, or the latest is asked for', async () => {
  const { update, addVersion, facts } = await open(
    { ...named('mine'), imageId: 'ami-id' },
    { mine: { ImageId: 'ami-1' } },
  );
  addVersion('mine', { KeyName: 'me' });
  // A launch template is looked at again with the next update of the infrastructure, and not before.
  await update({ maxvCpus: 64 });
  assert.deepEqual([facts().image.id, facts().keyName], ['ami-1', undefined]);
  await update({ bidPercentage: 70 });
  assert.deepEqual([facts().image.id, facts().keyName], ['ami-1', 'me']);
  await update({ launchTemplate: { launchTemplateName: '' } });
  assert.deepEqual([facts().image.id, facts().keyName], ['ami-1', undefined]);
  await update({ updateToLatestImageVersion: true });
  assert.equal(facts().image.id, 'ami-id');
});

test('key pair, groups and placement group of the environment win over those of its launch template, and tags are merged', async () => {
  const template = {
    ...{ KeyName: 'theirs', SecurityGroupIds: ['sg-t'], Placement: { GroupName: 'far' } },
    TagSpecifications: [
      {
        ResourceType: 'instance',
        Tags: [
          { Key: 'a', Value: 'template' },
          { Key: 'b', Value: 'template' },
        ],
      },
      { ResourceType: 'volume', Tags: [{ Key: 'c', Value: 'volume' }] },
    ],
    // What the service decides by itself.
    ...{ InstanceType: 'm5.large', IamInstanceProfile: { Name: 'other' }, DisableApiTermination: true },
  };
  const own = { ec2KeyPair: 'ours', placementGroup: 'near', tags: { b: 'environment', d: 'environment' } };
  const both = (await open({ ...named('mine'), ...own }, { mine: template })).facts();
  assert.deepEqual([both.keyName, both.groupIds, both.placementGroup], ['ours', ['sg-1'], 'near']);
  const tags = { a: 'template', b: 'environment', d: 'environment', AWSBatchServiceTag: 'batch' };
  assert.deepEqual(both.tags, tags);
  assert.deepEqual(both.template, { id: 'lt-mine', version: 1 });
  assert.equal(both.profile, 'arn:aws:iam::123456789012:instance-profile/ecsInstanceRole');
  const alone = (await open({ ...named('mine'), securityGroupIds: [] }, { mine: template })).facts();
  assert.deepEqual([alone.keyName, alone.groupIds, alone.placementGroup], ['theirs', ['sg-t'], 'far']);
  assert.equal((await open()).facts().tags.AWSBatchServiceTag, 'batch');
});

test('groups of network interfaces of a launch template count where it names none by themselves', async () => {
  const NetworkInterfaces = [{ Groups: ['sg-a', 'sg-b'], SubnetId: 'subnet-t' }, { Groups: ['sg-b'] }, {}];
  const { facts } = await open({ ...named('mine'), securityGroupIds: [] }, { mine: { NetworkInterfaces } });
  assert.deepEqual([facts().groupIds, facts().subnetId], [['sg-a', 'sg-b'], 'subnet-1']);
});

test('a launch template that is for a type, or for its family, is the one of its instances', async () => {
  const overrides = [
    { launchTemplateName: 'family', targetInstanceTypes: ['m5'] },
    { launchTemplateName: 'type', targetInstanceTypes: ['c5.large'] },
  ];
  const templates = Object.fromEntries(['mine', 'family', 'type'].map((KeyName) => [KeyName, { KeyName }]));
  const instanceTypes = ['c5', 'm5', 'r5'];
  const launchTemplate = { launchTemplateName: 'mine', overrides };
  const { facts } = await open({ instanceTypes, launchTemplate }, templates);
  const keyOf = (type: string) => facts({ type }).keyName;
  assert.deepEqual(
    [keyOf('c5.large'), keyOf('m5.xlarge'), keyOf('c5.xlarge'), keyOf('r5.large')],
    ['type', 'family', 'mine', 'mine'],
  );
});

test('instances go into the subnets of their environment in turn', async () => {
  const { facts } = await open({ subnets: ['subnet-1', 'subnet-2'] });
  assert.deepEqual(
    [1, 2, 3].map((order) => facts({ order }).subnetId),
    ['subnet-2', 'subnet-1', 'subnet-2'],
  );
  assert.equal((await open({ subnets: [] })).facts().subnetId, undefined);
});

test('a template that EC2 does not have is taken, and says nothing', async () => {
  const { facts, userData } = await open(named('elsewhere'));
  assert.deepEqual([facts().template, facts().keyName], [undefined, undefined]);
  assert.match(userData(), /ECS_CLUSTER=arn:cluster/);
});

test('user data are those of the launch template, and the service’s own behind them', async () => {
  const given =
    'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/x-shellscript\n\necho mine\n--b--\n';
  const UserData = Buffer.from(given).toString('base64');
  const { userData, bench } = await open(named('mine'), { mine: { UserData } });
  assert.equal(
    userData(),
    [
      'Content-Type: multipart/mixed; boundary="==BATCH=="\nMIME-Version: 1.0\n',
      '--==BATCH==\nContent-Type: text/x-shellscript\n\necho mine',
      '--==BATCH==\nContent-Type: text/x-shellscript; charset="us-ascii"\n',
      '#!/bin/bash\necho "ECS_CLUSTER=arn:cluster" >> /etc/ecs/ecs.config\n',
      '--==BATCH==--\n',
    ].join('\n'),
  );
  assert.equal(environmentOf(bench).status, 'VALID');
});

test('user data that are no archive make INVALID, and a repaired template is looked at with any update', async () => {
  const script = Buffer.from('#!/bin/bash\n').toString('base64');
  const { update, addVersion, facts, bench } = await open(named('mine'), { mine: { UserData: script } });
  assert.equal(environmentOf(bench).status, 'INVALID');
  addVersion('mine', { KeyName: 'me' });
  await update({ maxvCpus: 8 });
  assert.deepEqual([environmentOf(bench).status, facts().keyName], ['VALID', 'me']);
});
