import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSubnet, type Subnet, subnetText } from './subnet.ts';

const subnet = (text: string): Subnet => parseSubnet(text) ?? assert.fail(`${text} is none`);

test('a range of addresses is read as it is written, without bits that are beyond its prefix', () => {
  assert.equal(subnetText(subnet('10.231.0.0/16')), '10.231.0.0/16');
  assert.equal(subnetText(subnet('192.168.7.9/24')), '192.168.7.0/24');
  for (const wrong of ['10.231.0.0', '10.231.0.0/33', '256.0.0.0/8', '10.231.0/16', 'fd00::/64', ''])
    assert.equal(parseSubnet(wrong), undefined);
});
