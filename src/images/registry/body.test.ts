import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import { readBody } from './body.ts';
import { registryPatience as patience } from './patience.ts';

test('a small body that comes byte by byte is given up before others have waited long for it', {
  timeout: 240_000,
}, async () => {
  const clock = new ManualClock();
  const answer = new PassThrough();
  const options = { clock, patience, url: new URL('https://registry.example'), signal: new AbortController().signal };
  const read = assert.rejects(readBody(answer as unknown as IncomingMessage, 1_000, options), {
    name: 'ConnectionLost',
    message: `https://registry.example: a body took longer than ${patience.smallBody / 1000} s`,
  });
  const step = patience.silence / 2;
  for (let waited = 0; waited < patience.smallBody; waited += step) {
    answer.write('x');
    for (let turns = 0; turns < 5; turns += 1) await nextTurn();
    clock.advance(step);
  }
  await read;
});
