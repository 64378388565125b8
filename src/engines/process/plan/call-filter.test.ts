import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callFilter } from './call-filter.ts';

/** What the kernel would answer to call `number` of a program of `architecture`: as linux/filter.h has it. */
function answerOf(filter: Buffer, architecture: number, number: number): number {
  let held = 0;
  for (let at = 0; ; at += 8) {
    const [code, then, otherwise] = [filter.readUInt16LE(at), filter.readUInt8(at + 2), filter.readUInt8(at + 3)];
    const operand = filter.readUInt32LE(at + 4);
    const skip = (holds: boolean) => {
      at += 8 * (holds ? then : otherwise);
    };
    if (code === 0x06) return operand;
    if (code === 0x20) held = operand === 4 ? architecture : number;
    else if (code === 0x54) held = (held & operand) >>> 0;
    else if (code === 0x15) skip(held === operand);
    else if (code === 0x35) skip(held >= operand);
    else if (code === 0x25) skip(held > operand);
    else assert.fail(`code ${code}`);
  }
}

test('the three calls of keyrings are not permitted to programs of any kind that the machine runs, and all others are', () => {
  const filter = callFilter();
  const kinds = { x86: [0xc000003e, 248], x32: [0xc000003e, 0x40000000 + 248], i386: [0x40000003, 286] } as const;
  const arms = { arm64: [0xc00000b7, 217], arm: [0x40000028, 309] } as const;
  for (const [kind, [architecture, first]] of Object.entries({ ...kinds, ...arms })) {
    const base = first >= 0x40000000 ? 0x40000000 : 0;
    const refused = Array.from({ length: 600 }, (_, index) => base + index).filter(
      (number) => answerOf(filter, architecture, number) !== 0x7fff0000,
    );
    assert.deepEqual(refused, [first, first + 1, first + 2], kind);
    assert.equal(answerOf(filter, architecture, first), 0x00050001, 'EPERM');
  }
  assert.equal(answerOf(filter, 0xc00000f3, 217), 0x7fff0000, 'of another architecture');
});
