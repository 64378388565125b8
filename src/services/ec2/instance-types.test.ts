import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInTypes } from '../../instance-types/index.ts';
import { Ec2Bench } from './ec2.fixture.ts';

const namesOf = ({ InstanceTypes }: { InstanceTypes: { InstanceType: string }[] }) =>
  InstanceTypes.map(({ InstanceType }) => InstanceType);

test('instance types are those of the catalogue, with what it says of them', async () => {
  await using bench = await Ec2Bench.open();
  const { InstanceTypes } = await bench.call('DescribeInstanceTypes', { InstanceTypes: ['c5.metal', 'g5.12xlarge'] });
  const [metal, g5] = InstanceTypes;
  assert.deepEqual(metal, {
    InstanceType: 'c5.metal',
    CurrentGeneration: true,
    FreeTierEligible: false,
    SupportedUsageClasses: ['on-demand', 'spot'],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    BareMetal: true,
    ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
    VCpuInfo: { DefaultVCpus: 96 },
    MemoryInfo: { SizeInMiB: 196_608 },
    EbsInfo: { EncryptionSupport: 'supported' },
    NetworkInfo: { EfaSupported: false },
    PlacementGroupInfo: { SupportedStrategies: ['cluster', 'partition', 'spread'] },
    BurstablePerformanceSupported: false,
  });
  assert.deepEqual(g5.GpuInfo, {
    Gpus: [{ Name: 'A10G', Manufacturer: 'NVIDIA', Count: 4, MemoryInfo: { SizeInMiB: 24_576 } }],
    TotalGpuMemoryInMiB: 98_304,
  });
  const twice = await bench.call('DescribeInstanceTypes', { InstanceTypes: ['c5.large', 'c5.large'] });
  assert.deepEqual(namesOf(twice), ['c5.large']);
});

test('instance types that are not there are named in the refusal', async () => {
  await using bench = await Ec2Bench.open();
  const call = bench.call('DescribeInstanceTypes', { InstanceTypes: ['c5.nano', 'c5.large', 'x.y'] });
  await assert.rejects(call, {
    code: 'InvalidInstanceType',
    message: 'The following supplied instance types do not exist: [c5.nano, x.y]',
  });
});

test('instance types are found by filters, and one that the catalogue cannot answer is refused', async () => {
  await using bench = await Ec2Bench.open();
  const found = async (filters: Record<string, string[]>) => {
    const Filters = Object.entries(filters).map(([Name, Values]) => ({ Name, Values }));
    return namesOf(await bench.call('DescribeInstanceTypes', { Filters }));
  };
  const arm = { 'processor-info.supported-architecture': ['arm64'], 'instance-type': ['m6g.*', 'm5.*'] };
  const sizes = { 'vcpu-info.default-vcpus': ['4', '8'], 'bare-metal': ['false'] };
  assert.deepEqual(await found({ ...arm, ...sizes }), ['m6g.2xlarge', 'm6g.xlarge']);
  assert.deepEqual(await found({ 'memory-info.size-in-mib': ['3840'] }), ['c3.large', 'c4.large', 'm3.medium']);
  assert.deepEqual(await found({ 'network-info.efa-supported': ['true'], 'instance-type': ['p5*'] }), [
    ...['p5.48xlarge', 'p5.4xlarge', 'p5en.48xlarge'],
  ]);
  assert.deepEqual(await found({ 'current-generation': ['false'], 'instance-type': ['c*'] }), [
    ...['c3.2xlarge', 'c3.4xlarge', 'c3.8xlarge', 'c3.large', 'c3.xlarge'],
    ...['c4.2xlarge', 'c4.4xlarge', 'c4.8xlarge', 'c4.large', 'c4.xlarge'],
  ]);
  const strategies = { 'placement-group-info.supported-strategies': ['cluster'] };
  assert.deepEqual(
    await found({ ...strategies, 'ebs-info.encryption-support': ['supported'], 'instance-type': ['c5.m*'] }),
    ['c5.metal'],
  );
  await assert.rejects(found({ 'ebs-info.nvme-support': ['required'] }), {
    code: 'InvalidParameterValue',
    message: "The filter 'ebs-info.nvme-support' is invalid",
  });
});

test('instance types come in pages of five to a hundred, unless a call names them', async () => {
  await using bench = await Ec2Bench.open();
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await bench.call('DescribeInstanceTypes', NextToken === undefined ? {} : { NextToken });
    assert.ok(page.InstanceTypes.length <= 100);
    names.push(...namesOf(page));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  assert.deepEqual(names, [...builtInTypes().all.keys()]);
  assert.equal((await bench.call('DescribeInstanceTypes', { MaxResults: '5' })).InstanceTypes.length, 5);
  for (const MaxResults of [4, 101])
    await assert.rejects(bench.call('DescribeInstanceTypes', { MaxResults }), { code: 'InvalidParameterValue' });
  const both = bench.call('DescribeInstanceTypes', { MaxResults: 5, InstanceTypes: ['c5.large'] });
  await assert.rejects(both, { code: 'InvalidParameterCombination' });
  await assert.rejects(bench.call('DescribeInstanceTypes', { NextToken: 'x' }), { code: 'InvalidParameterValue' });
});
