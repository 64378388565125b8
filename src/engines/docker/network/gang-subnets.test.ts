import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSubnet, type Subnet, subnetText } from '../../../core/subnet.ts';
import { freeSubnets, nodeAddress, routesOf } from './gang-subnets.ts';

const subnet = (text: string): Subnet => parseSubnet(text) ?? assert.fail(`${text} is none`);
const texts = (subnets: readonly Subnet[]) => subnets.map(subnetText);

test('a gang gets the lowest range that holds it', () => {
  const range = subnet('10.231.0.0/16');
  assert.deepEqual(texts(freeSubnets(range, 4, [])).slice(0, 2), ['10.231.0.0/24', '10.231.1.0/24']);
  assert.equal(freeSubnets(range, 4, []).length, 256);
  assert.equal(texts(freeSubnets(range, 245, []))[0], '10.231.0.0/24');
  assert.deepEqual(texts(freeSubnets(range, 246, [])).slice(0, 2), ['10.231.0.0/23', '10.231.2.0/23']);
  assert.equal(texts(freeSubnets(range, 1000, []))[0], '10.231.0.0/22');
  assert.deepEqual(freeSubnets(subnet('10.0.0.0/24'), 1000, []), []);
});

test('what is taken is left out, be it larger, smaller or the same', () => {
  const range = subnet('10.231.0.0/22');
  const free = (...taken: string[]) => texts(freeSubnets(range, 4, taken.map(subnet)));
  assert.deepEqual(free('10.231.1.0/24'), ['10.231.0.0/24', '10.231.2.0/24', '10.231.3.0/24']);
  assert.deepEqual(free('10.231.2.0/23', '10.231.0.7/32'), ['10.231.1.0/24']);
  assert.deepEqual(free('10.0.0.0/8'), []);
  assert.equal(free('10.230.0.0/16', '10.232.0.0/16').length, 4);
});

test('addresses of nodes follow each other over the borders of bytes', () => {
  assert.equal(nodeAddress(subnet('10.231.4.0/22'), 0), '10.231.4.10');
  assert.equal(nodeAddress(subnet('10.231.4.0/22'), 245), '10.231.4.255');
  assert.equal(nodeAddress(subnet('10.231.4.0/22'), 246), '10.231.5.0');
});

test('ways of the machine are read from the kernel’s table, but for the way to everything', () => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    'tun0\t0000E70A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    '',
  ].join('\n');
  assert.deepEqual(texts(routesOf(table)), ['192.0.2.0/24', '10.231.0.0/16']);
});
