import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferRoom, bytesBesideHeld, LineBuffer, lossWords } from './line-buffer.ts';

const room = () => new BufferRoom(1024 ** 2);
const costOf = (length: number) => length + bytesBesideHeld;

/** What it gives until it has no more. */
function all(buffer: LineBuffer): string[] {
  const lines: string[] = [];
  for (let line = buffer.take(); line; line = buffer.take()) lines.push(`${line.at} ${line.bytes}`);
  return lines;
}

test('lines come out as they went in, though the bytes are used again', () => {
  const buffer = new LineBuffer(1_000, room());
  const bytes = Buffer.from('one');
  buffer.push(bytes, 1);
  bytes.write('two');
  buffer.push(bytes, 2);
  assert.equal(buffer.isEmpty, false);
  assert.deepEqual(all(buffer), ['1 one', '2 two']);
  assert.equal(buffer.isEmpty, true);
});

test('once it is full further lines are lost, and a line in their place says how many', () => {
  const buffer = new LineBuffer(costOf(3) * 2, room());
  for (const [index, text] of ['aaa', 'bbb', 'ccc', 'dddd'].entries()) buffer.push(Buffer.from(text), index);
  assert.equal(String(buffer.take()?.bytes), 'aaa');
  buffer.push(Buffer.from('eee'), 4);
  assert.deepEqual(all(buffer), ['1 bbb', `2 ${lossWords({ lines: 2, bytes: 7 })}`, '4 eee']);
  buffer.push(Buffer.from('x'.repeat(1_000)), 5);
  assert.equal(buffer.isEmpty, false);
  assert.deepEqual(all(buffer), [`5 ${lossWords({ lines: 1, bytes: 1_000 })}`]);
});

test('all buffers together hold what there is room for, and give it back', () => {
  const shared = new BufferRoom(costOf(1));
  const [one, other] = [new LineBuffer(1_000, shared), new LineBuffer(1_000, shared)];
  one.push(Buffer.from('a'), 1);
  other.push(Buffer.from('b'), 2);
  assert.deepEqual(all(other), [`2 ${lossWords({ lines: 1, bytes: 1 })}`]);
  assert.deepEqual(all(one), ['1 a']);
  other.push(Buffer.from('c'), 3);
  assert.deepEqual(all(other), ['3 c']);
});
