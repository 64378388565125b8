import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInTypes } from './built-in.ts';
import type { InstanceType } from './instance-type.ts';

const types = builtInTypes();
const region = 'us-east-1';
const named = (name: string): InstanceType => types.all.get(name) ?? assert.fail(`there is no ${name}`);
const familiesOf = (...names: string[]) => [...new Set(types.expand(names, region).types.map((type) => type.family))];

/** AWS's table of types for jobs with GPUs (spec 01 §15): GPUs, memory of all of them in GiB, vCPUs, memory in GiB. */
const withGpus: Readonly<Record<string, readonly [number, number, number, number]>> = {
  'g3s.xlarge': [1, 8, 4, 30.5],
  'g3.4xlarge': [1, 8, 16, 122],
  'g3.8xlarge': [2, 16, 32, 244],
  'g3.16xlarge': [4, 32, 64, 488],
  'g4dn.xlarge': [1, 16, 4, 16],
  'g4dn.2xlarge': [1, 16, 8, 32],
  'g4dn.4xlarge': [1, 16, 16, 64],
  'g4dn.8xlarge': [1, 16, 32, 128],
  'g4dn.12xlarge': [4, 64, 48, 192],
  'g4dn.16xlarge': [1, 16, 64, 256],
  'g5.xlarge': [1, 24, 4, 16],
  'g5.2xlarge': [1, 24, 8, 32],
  'g5.4xlarge': [1, 24, 16, 64],
  'g5.8xlarge': [1, 24, 32, 128],
  'g5.16xlarge': [1, 24, 64, 256],
  'g5.12xlarge': [4, 96, 48, 192],
  'g5.24xlarge': [4, 96, 96, 384],
  'g5.48xlarge': [8, 192, 192, 768],
  'p2.xlarge': [1, 12, 4, 61],
  'p2.8xlarge': [8, 96, 32, 488],
  'p2.16xlarge': [16, 192, 64, 732],
  'p3.2xlarge': [1, 16, 8, 61],
  'p3.8xlarge': [4, 64, 32, 244],
  'p3.16xlarge': [8, 128, 64, 488],
  'p3dn.24xlarge': [8, 256, 96, 768],
  'p4d.24xlarge': [8, 320, 96, 1152],
  'p5.48xlarge': [8, 640, 192, 2048],
};

test('the types of AWS Batch for jobs with GPUs are there as its guide has them', () => {
  for (const [name, expected] of Object.entries(withGpus)) {
    const { gpus, vcpus, memoryMiB, registered } = named(name);
    const { count = 0, memoryMiB: each = 0 } = gpus ?? {};
    assert.deepEqual([count, (count * each) / 1024, vcpus, memoryMiB / 1024], expected, name);
    assert.equal(registered.gpus, count, name);
  }
});

test('there are types of c, m and r in each generation from 4 to 8, and of g and p', () => {
  const families = [...new Set([...types.all.values()].map((type) => type.family))];
  for (const letter of 'cmr')
    for (const generation of [4, 5, 6, 7, 8])
      assert.ok(
        families.some((family) => family.startsWith(`${letter}${generation}`)),
        `${letter}${generation}`,
      );
  for (const one of ['g4dn', 'g5', 'g6', 'p4d', 'p5', 'p6-b200']) assert.ok(families.includes(one), one);
});

/** Of the families that AWS Batch names where it knows a type not (aws/amazon-genomics-cli issue 209) those that are no c, m, r, g or p of generations 4 to 8. */
const others = ['c3', 'd2', 'd3', 'd3en', 'f1', 'g2', 'i2', 'i3', 'i3en', 'inf1', 'm3', 'x1', 'x1e', 'x2gd', 'z1d'];

test('the other families that AWS Batch knows are there, and those with credits for bursts are not', () => {
  for (const family of others) assert.equal(types.find(family, region)?.kind, 'family', family);
  for (const family of ['t2', 't3', 't3a', 't4g']) assert.equal(types.find(family, region), undefined, family);
});

test('sizes, prices and architectures are those of AWS', () => {
  const shown = ({ vcpus, memoryMiB, architecture, onDemand }: InstanceType) => [
    ...[vcpus, memoryMiB, architecture, onDemand],
  ];
  assert.deepEqual(shown(named('c4.8xlarge')), [36, 61_440, 'x86_64', 1.591]);
  assert.deepEqual(shown(named('m4.10xlarge')), [40, 163_840, 'x86_64', 2]);
  assert.deepEqual(shown(named('c5n.18xlarge')), [72, 196_608, 'x86_64', 3.888]);
  assert.deepEqual(shown(named('r6g.medium')), [1, 8_192, 'arm64', 0.0504]);
  assert.deepEqual(shown(named('m7i-flex.large')), [2, 8_192, 'x86_64', 0.09576]);
  assert.deepEqual(shown(named('c7gd.large')), [2, 4_096, 'arm64', 0.0907]);
  assert.deepEqual(shown(named('c7i.metal-24xl')), [96, 196_608, 'x86_64', 4.7124]);
  assert.deepEqual(shown(named('r8g.48xlarge')), [192, 1_572_864, 'arm64', 11.31072]);
  assert.deepEqual(shown(named('i3.metal')), [72, 524_288, 'x86_64', 4.992]);
  assert.deepEqual(shown(named('x2gd.medium')), [1, 16_384, 'arm64', 0.0835]);
  assert.deepEqual(shown(named('r3.large')), [2, 15_360, 'x86_64', 0.166]);
  assert.deepEqual(shown(named('d2.8xlarge')), [36, 249_856, 'x86_64', 5.52]);
  assert.deepEqual(named('c5.large').estimated, ['spot', 'interruption']);
});

test('an instance registers all of its vCPUs, and of its memory what an operating system and the agent leave', () => {
  assert.deepEqual(named('m4.large').registered, { vcpuMillis: 2_000, memoryMiB: 7_985 - 32, gpus: 0 });
  for (const { name, registered, memoryMiB } of types.all.values())
    assert.ok(registered.memoryMiB > 0 && registered.memoryMiB < memoryMiB, name);
});

test('GPUs that AWS Batch has no image for are not registered', () => {
  assert.equal(named('g4ad.xlarge').gpus?.manufacturer, 'AMD');
  assert.equal(named('g4ad.xlarge').registered.gpus, 0);
  assert.equal(named('g5g.xlarge').gpus?.count, 1);
  assert.equal(named('g5g.xlarge').registered.gpus, 0);
});

test('a family stands for its sizes but metal, which is named by itself', () => {
  const { kind, architecture, types: found = [] } = types.find('c5', region) ?? {};
  assert.deepEqual([kind, architecture], ['family', 'x86_64']);
  assert.deepEqual(
    found.map((type) => type.size),
    ['large', 'xlarge', '2xlarge', '4xlarge', '9xlarge', '12xlarge', '18xlarge', '24xlarge'],
  );
  assert.ok(found.every(({ metal }) => !metal));
  assert.equal(types.find('c5.metal', region)?.kind, 'type');
  assert.ok(types.find('c7i', region)?.types.every(({ size }) => !size.startsWith('metal')));
});

test('sets stand for families, which depend on the region, and have one architecture', () => {
  assert.deepEqual(familiesOf('optimal'), ['c4', 'm4', 'r4']);
  const elsewhere = types.expand(['optimal'], 'eu-north-1').types;
  assert.deepEqual([...new Set(elsewhere.map(({ family }) => family))], ['c5', 'm5', 'r5']);
  assert.deepEqual(familiesOf('default_x86_64'), ['m6i', 'c6i', 'r6i', 'c7i']);
  assert.deepEqual(familiesOf('default_arm64'), ['m6g', 'c6g', 'r6g', 'c7g']);
  for (const [set, expected] of [
    ['optimal', 'x86_64'],
    ['default_x86_64', 'x86_64'],
    ['default_arm64', 'arm64'],
  ] as const) {
    const found = types.find(set, region);
    assert.equal(found?.architecture, expected);
    assert.ok(found?.types.every(({ architecture }) => architecture === expected));
  }
});

test('names together stand for each type once, in their order, and what stands for nothing is told', () => {
  const { types: found, unknown } = types.expand(['m5.xlarge', 'm5', 'c5.nano', 'constructor', 'toString'], region);
  assert.deepEqual(
    found.slice(0, 3).map((type) => type.name),
    ['m5.xlarge', 'm5.large', 'm5.2xlarge'],
  );
  assert.equal(new Set(found).size, found.length);
  assert.deepEqual(unknown, ['c5.nano', 'constructor', 'toString']);
});

test('all names that can be given are listed', () => {
  const names = types.names();
  assert.ok(names.every((name) => types.find(name, region)));
  for (const name of ['optimal', 'c5', 'c5.large', 'c5.metal']) assert.ok(names.includes(name), name);
});
