import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamedEvent } from '../api/event-stream.ts';
import type { Told } from './messages.ts';
import { PageStreams } from './page-streams.ts';
import type { Sent } from './sent.ts';

const call = { service: 'logs', operation: 'StartLiveTail', input: {} } as const;
const event: StreamedEvent = { type: 'sessionUpdate', value: 1, isException: false };

/** Streams whose events and ends the test decides. */
function openStreams() {
  const heard: Told[] = [];
  const running: { signal: AbortSignal; tell: (event: StreamedEvent) => void; end: (sent: Sent) => void }[] = [];
  const holder = {
    stream: (_call: unknown, _region: string | undefined, signal: AbortSignal, tell: (event: StreamedEvent) => void) =>
      new Promise<Sent>((end) => running.push({ signal, tell, end })),
  };
  return { streams: new PageStreams(holder, (told) => heard.push(told)), heard, running };
}

test('a page hears the events of its streams under the number of its question, and the end of each', async () => {
  const { streams, heard, running } = openStreams();
  const both = [streams.open(1, call, 'us-east-1'), streams.open(2, call, 'us-east-1')];
  running[1]?.tell(event);
  running[0]?.end({ kind: 'failure', failure: { code: 'X', message: 'over', status: 200 } });
  running[1]?.end({ kind: 'value', value: undefined });
  await Promise.all(both);
  assert.deepEqual(heard, [
    { kind: 'event', id: 2, event },
    { kind: 'failure', id: 1, failure: { code: 'X', message: 'over', status: 200 } },
    { kind: 'answer', id: 2, value: undefined },
  ]);
});

test('what a page stops is ended, and told no more; its other streams go on', async () => {
  const { streams, heard, running } = openStreams();
  const first = streams.open(1, call, 'us-east-1');
  const second = streams.open(2, call, 'us-east-1');
  streams.stop(1);
  assert.equal(running[0]?.signal.aborted, true);
  running[0]?.tell(event);
  running[0]?.end({ kind: 'failure', failure: { code: 'Unreachable', message: 'aborted', status: 0 } });
  await first;
  assert.deepEqual(heard, []);
  running[1]?.tell(event);
  assert.deepEqual(heard, [{ kind: 'event', id: 2, event }]);
  streams.stopAll();
  assert.equal(running[1]?.signal.aborted, true);
  running[1]?.end({ kind: 'value', value: undefined });
  await second;
  assert.equal(heard.length, 1);
});
