import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { SystemRandom } from '../core/random.ts';
import { keyIdOf, openEnvelope, sealEnvelope, type ValueKey } from './envelope.ts';

const random = new SystemRandom();
const newKey = (id: string): ValueKey => ({ id, key: createSecretKey(Buffer.from(random.bytes(32))) });
const key = newKey('0123456789abcdef');

test('a value opens for its place, under its key, as it was', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.string(), (value, place) => {
      const envelope = sealEnvelope(value, place, key, random);
      assert.equal(keyIdOf(envelope), key.id);
      assert.deepEqual(openEnvelope(envelope, place, key), Buffer.from(value));
    }),
  );
});

test('an envelope shows nothing of its value, and two of the same value are not alike', () => {
  const [a, b] = ['x', 'x'].map(() => sealEnvelope(Buffer.from('hunter2 hunter2'), 'place', key, random));
  assert.notEqual(a, b);
  assert.ok(!Buffer.from(a?.split('.')[2] ?? '', 'base64').includes('hunter2'));
});

test('an envelope opens neither for another place, nor under another key, nor when any of its bytes has changed', () => {
  const envelope = sealEnvelope(Buffer.from('a value'), 'place', key, random);
  assert.equal(openEnvelope(envelope, 'other place', key), undefined);
  assert.equal(openEnvelope(envelope, 'place', newKey(key.id)), undefined);
  assert.equal(openEnvelope(envelope, 'place', newKey('fedcba9876543210')), undefined);
  const [version, id, text = ''] = envelope.split('.');
  const bytes = Buffer.from(text, 'base64');
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const spoilt = [version, id, changed.toString('base64')].join('.');
    assert.equal(openEnvelope(spoilt, 'place', key), undefined, `byte ${at}`);
    const cut = [version, id, bytes.subarray(0, at).toString('base64')].join('.');
    assert.equal(openEnvelope(cut, 'place', key), undefined, `${at} bytes`);
  }
});

test('what is no envelope has no key', () => {
  for (const text of ['', 'plain', '2.0123456789abcdef.AAAA', '1.0123.AAAA']) assert.equal(keyIdOf(text), undefined);
});
