import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeChildren, encodeChildren } from './child-codec.ts';
import { childCode, childCodes } from './child-states.ts';

const code = fc.constantFrom(...childCodes);
const scattered = fc.uint8Array({ min: 0, max: childCodes.length - 1, minLength: 1, maxLength: 400 });
const inRuns = fc
  .array(fc.tuple(code, fc.integer({ min: 1, max: 9_000 })), { minLength: 1, maxLength: 8 })
  .map((runs) => Uint8Array.from(runs.flatMap(([each, length]) => Array<number>(length).fill(each))));

describe('the bits of an array', () => {
  it('come back as they were, whichever form is shorter', () => {
    fc.assert(
      fc.property(fc.oneof(scattered, inRuns), (codes) => {
        const bits = encodeChildren(codes);
        assert.deepEqual(decodeChildren(bits, codes.length), codes);
        assert.ok(bits.length <= 1 + Math.ceil(codes.length / 2));
      }),
    );
  });

  it('take four bytes for 10,000 children that wait, a few dozen with 64 that run, and 5,001 at worst', () => {
    const codes = new Uint8Array(10_000);
    assert.equal(encodeChildren(codes).length, 4);
    for (let index = 0; index < 64; index += 1) codes[index * 150] = childCode.running;
    assert.ok(encodeChildren(codes).length < 260, `${encodeChildren(codes).length}`);
    for (let index = 0; index < codes.length; index += 1) codes[index] = index % childCodes.length;
    assert.equal(encodeChildren(codes).length, 5_001);
  });

  it('begin with their form, and are refused in words if it is not known', () => {
    assert.throws(() => decodeChildren(Uint8Array.of(0x20, 1), 2), /form 32/);
    assert.throws(() => decodeChildren(new Uint8Array(), 2), /form undefined/);
  });

  it('are refused if they are those of an array of another size', () => {
    const bits = encodeChildren(new Uint8Array(10));
    for (const size of [9, 11]) assert.throws(() => decodeChildren(bits, size), /not those of an array/);
    const packed = encodeChildren(Uint8Array.of(1, 2, 3, 4, 5, 6, 0, 1));
    assert.throws(() => decodeChildren(packed, 4), /not those of an array/);
  });
});
