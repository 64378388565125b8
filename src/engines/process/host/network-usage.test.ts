import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkUsage, sumOf } from './network-usage.ts';

test('bytes of all interfaces are added up, without those that stay within', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 9000 1 0 0 0 0 0 0 9000 1 0 0 0 0 0 0
  eth0: 1200 3 0 0 0 0 0 0 340 2 0 0 0 0 0 0
  eth1:5 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0
`;
  assert.deepEqual(sumOf(text), { receivedBytes: 1205, sentBytes: 347 });
});

test('the network of the host is nobody’s own, and of a process that is not there nothing is known', () => {
  assert.deepEqual(networkUsage(process.pid), {});
  assert.deepEqual(networkUsage(2 ** 30), {});
});
