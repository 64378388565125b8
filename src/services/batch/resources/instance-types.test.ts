import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architectureOf } from './instance-types.ts';

const arm = [
  'a1',
  'a1.large',
  'c6g',
  'c7gn.xlarge',
  'm6gd',
  't4g.micro',
  'r8g',
  'g5g',
  'im4gn.large',
  'is4gen',
  'x2gd',
  'hpc7g',
  'c7g-flex.large',
  'default_arm64',
];
const x86 = [
  'optimal',
  'default_x86_64',
  'c5',
  'c5n.large',
  'g4dn.xlarge',
  'g5.xlarge',
  'p4d.24xlarge',
  'm5zn',
  'r5n',
  'trn1',
  'u-6tb1.metal',
  'm7i-flex.large',
];

for (const type of arm) {
  test(`${type} is of the Arm architecture`, () => assert.equal(architectureOf(type), 'arm64'));
}
for (const type of x86) {
  test(`${type} is of the x86 architecture`, () => assert.equal(architectureOf(type), 'x86_64'));
}
