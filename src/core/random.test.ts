import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { newJobId, newTaskId, type RandomSource, SystemRandom, uuidV7 } from './random.ts';

const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const random = fc
  .uint8Array({ minLength: 10, maxLength: 10 })
  .map((bytes): RandomSource => ({ bytes: (count) => bytes.subarray(0, count) }));

describe('uuidV7', () => {
  it('has the form, version and variant of RFC 9562', () => {
    fc.assert(
      fc.property(time, random, (now, source) => {
        assert.match(uuidV7(now, source), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      }),
    );
  });

  it('begins with its time and sorts by it, whatever the random part', () => {
    fc.assert(
      fc.property(time, time, random, random, (a, b, sourceA, sourceB) => {
        const [idA, idB] = [uuidV7(a, sourceA), uuidV7(b, sourceB)];
        assert.equal(Number.parseInt(idA.replace('-', '').slice(0, 12), 16), a);
        if (a !== b) assert.equal(idA < idB, a < b);
      }),
    );
  });

  it('keeps every random bit that is not version or variant', () => {
    const ones = uuidV7(0, { bytes: (count) => new Uint8Array(count).fill(0xff) });
    assert.equal(ones, '00000000-0000-7fff-bfff-ffffffffffff');
  });

  it('refuses a time that its 48 bits cannot hold', () => {
    assert.throws(() => uuidV7(2 ** 48, new SystemRandom()), RangeError);
    assert.throws(() => uuidV7(-1, new SystemRandom()), RangeError);
  });
});

describe('ids', () => {
  it('of jobs are UUIDs, of tasks 32 hexadecimal digits', () => {
    const source = new SystemRandom();
    assert.match(newJobId(1, source), /^[0-9a-f-]{36}$/);
    assert.match(newTaskId(1, source), /^[0-9a-f]{32}$/);
  });

  it('differ within a millisecond', () => {
    const source = new SystemRandom();
    const ids = Array.from({ length: 10_000 }, () => newJobId(1, source));
    assert.equal(new Set(ids).size, ids.length);
  });
});

describe('SystemRandom', () => {
  it('gives as many bytes as asked, across blocks and beyond them', () => {
    const source = new SystemRandom();
    for (const count of [0, 1, 10, 4095, 4096, 4097, 100_000]) assert.equal(source.bytes(count).length, count);
  });

  it('gives bytes that no one else sees', () => {
    const source = new SystemRandom();
    assert.equal(source.bytes(16).buffer.byteLength, 16);
  });
});
