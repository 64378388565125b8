import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame, FrameDecoder } from './command-frames.ts';

function decode(chunks: readonly Buffer[]): [string, string][] {
  const frames: [string, string][] = [];
  const decoder = new FrameDecoder((kind, payload) => frames.push([kind, payload.toString()]));
  for (const chunk of chunks) decoder.push(chunk);
  return frames;
}

test('frames come out as they went in, however their bytes are cut', () => {
  const bytes = Buffer.concat([
    encodeFrame('stdin', Buffer.from('abc')),
    encodeFrame('stdinEnd'),
    encodeFrame('stdout'),
  ]);
  const expected = [
    ['stdin', 'abc'],
    ['stdinEnd', ''],
    ['stdout', ''],
  ];
  for (let cut = 0; cut <= bytes.length; cut += 1)
    assert.deepEqual(decode([bytes.subarray(0, cut), bytes.subarray(cut)]), expected);
  assert.deepEqual(decode([...bytes].map((byte) => Buffer.from([byte]))), expected);
});

test('what is no frame is refused before anything is kept of it', () => {
  assert.throws(() => decode([Buffer.from([9, 0, 0, 0, 0])]), RangeError);
  assert.throws(() => decode([Buffer.from([1, 0xff, 0, 0, 0])]), RangeError);
});
