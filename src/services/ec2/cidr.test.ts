import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contains, formatCidr, overlap, parseCidr } from './cidr.ts';

const shown = (text: string) => {
  const cidr = parseCidr(text);
  return cidr && formatCidr(cidr);
};

test('ranges are read, freed of bits behind the prefix, and written in their shortest form', () => {
  const cases: readonly (readonly [given: string, shown: string | undefined])[] = [
    ['10.1.2.3/16', '10.1.0.0/16'],
    ['255.255.255.255/0', '0.0.0.0/0'],
    ['2001:DB8:0:0:1:0:0:1/64', '2001:db8::/64'],
    ['2001:db8:0:1:0:0:0:1/128', '2001:db8:0:1::1/128'],
    ['::ffff:10.0.0.1/128', '::ffff:a00:1/128'],
    ['1:0:2:0:3:0:4:0/128', '1:0:2:0:3:0:4:0/128'],
    ['::/0', '::/0'],
    ['10.0.0.0/33', undefined],
    ['10.0.0/8', undefined],
    ['::1/129', undefined],
    ['10.0.0.0/-1', undefined],
    ['10.0.0.0', undefined],
  ];
  for (const [given, expected] of cases) assert.equal(shown(given), expected, given);
});

test('a range holds what lies in it, of its own family alone', () => {
  const of = (text: string) => parseCidr(text) ?? assert.fail(text);
  assert.ok(contains(of('10.0.0.0/16'), of('10.0.255.0/24')));
  assert.ok(!contains(of('10.0.0.0/24'), of('10.0.0.0/16')));
  assert.ok(!contains(of('0.0.0.0/0'), of('::/96')));
  assert.ok(overlap(of('10.0.0.0/24'), of('10.0.0.0/16')));
  assert.ok(!overlap(of('10.0.0.0/24'), of('10.0.1.0/24')));
});
