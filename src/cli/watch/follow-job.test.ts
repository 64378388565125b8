import assert from 'node:assert/strict';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { SystemRandom } from '../../core/random.ts';
import type { Client } from '../client/client.ts';
import { followJob } from './follow-job.ts';

test('where no terminal is, each thing that a job is long in starting for is told once', async () => {
  const clock = new ManualClock();
  const reasons = ['waiting for its registry', '1.2 of 36 MiB', '20 of 36 MiB', 'unpacking'];
  let looks = 0;
  const client = {
    batch: async () => {
      // The watch looks again, and each time asks why.
      setImmediate(() => clock.advance(1_000));
      looks += 1;
      return { jobs: [{ jobId: 'j', jobName: 'cat', status: looks > reasons.length + 1 ? 'SUCCEEDED' : 'STARTING' }] };
    },
    extension: async () => ({ text: `Starting: pulling a:1: ${reasons[looks - 2]}` }),
  } as unknown as Client;
  let shown = '';
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      shown += String(chunk);
      done();
    },
  });
  const invocation = {
    ...{ stdin: Readable.from([]), stdout: stderr, stderr, environment: {}, directory: '/', clock },
    ...{ random: new SystemRandom(), resolve: async () => ({}), hostsFile: '', confirm: async () => undefined },
    ...{ openPage: async () => false },
    ...{ rawOutput: () => {}, onInterrupt: () => () => {} },
  };
  assert.equal(await followJob(invocation, client, 'j', { logs: false, json: false }), 0);
  assert.deepEqual(shown.trim().split('\n'), [
    'STARTING  cat',
    'STARTING  cat  pulling a:1: waiting for its registry',
    'STARTING  cat  pulling a:1: 1.2 of 36 MiB',
    'STARTING  cat  pulling a:1: unpacking',
    'SUCCEEDED cat',
  ]);
});
