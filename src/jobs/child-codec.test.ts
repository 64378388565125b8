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

const times = fc.record({
  changedAt: fc.integer({ min: 1, max: 2 ** 45 }),
  fellAt: fc.integer({ min: 1, max: 2 ** 45 }),
});
const at = { changedAt: 1_900_000_000_000 };
const lengthOf = (codes: Uint8Array) => encodeChildren({ ...at, codes }).length;

describe('the bits of an array', () => {
  it('come back as they were, whichever form is shorter', () => {
    fc.assert(
      fc.property(fc.oneof(scattered, inRuns), times, fc.boolean(), (codes, { fellAt, ...rest }, hasFallen) => {
        const children = { ...rest, codes, ...(hasFallen && { fellAt }) };
        const bits = encodeChildren(children);
        assert.deepEqual(decodeChildren(bits, codes.length), children);
        assert.ok(bits.length <= 13 + Math.ceil(codes.length / 2));
      }),
    );
  });

  it('take 16 bytes for 10,000 children that wait, some more with 64 that run, and 5,013 at worst', () => {
    const codes = new Uint8Array(10_000);
    assert.equal(lengthOf(codes), 16);
    for (let index = 0; index < 64; index += 1) codes[index * 150] = childCode.running;
    assert.ok(lengthOf(codes) < 272, `${lengthOf(codes)}`);
    for (let index = 0; index < codes.length; index += 1) codes[index] = index % childCodes.length;
    assert.equal(lengthOf(codes), 5_013);
  });

  it('begin with their form, and are refused in words if it is not known', () => {
    assert.throws(() => decodeChildren(Uint8Array.of(0x20, 1), 2), /form 32/);
    assert.throws(() => decodeChildren(new Uint8Array(), 2), /form undefined/);
  });

  it('are refused if they are those of an array of another size', () => {
    const bits = encodeChildren({ ...at, codes: new Uint8Array(10) });
    for (const size of [9, 11]) assert.throws(() => decodeChildren(bits, size), /not those of an array/);
    const packed = encodeChildren({ ...at, codes: Uint8Array.of(1, 2, 3, 4, 5, 6, 0, 1) });
    for (const cut of [bits.subarray(0, 5), packed.subarray(0, 13)])
      assert.throws(() => decodeChildren(cut, 8), /not those of an array/);
    assert.throws(() => decodeChildren(packed, 4), /not those of an array/);
  });
});
