import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadedState } from '../store/index.ts';
import { beginParts, closeParts, fillParts, pauseParts, type ServiceParts, serviceOrder } from './service-order.ts';

type Call = `${keyof typeof serviceOrder}:${string}`;

/** What each call relies on: these calls come first. */
const needs: Readonly<Record<string, readonly Call[]>> = {
  'fill:yard': ['fill:ledger'],
  'begin:outbox': ['fill:ledger', 'fill:yard'],
  'begin:engines': ['fill:ledger', 'fill:yard'],
  'begin:vault': ['fill:ledger'],
  'begin:jobListener': ['fill:yard', 'begin:outbox'],
  'begin:yard': ['begin:engines', 'begin:outbox', 'begin:vault', 'begin:jobListener'],
  'begin:batch': ['begin:yard'],
  'begin:logs': ['begin:yard'],
  'begin:sns': ['begin:outbox'],
  'fill:cloudwatch': ['fill:ledger'],
  'begin:cloudwatch': ['begin:outbox', 'begin:sns', 'fill:cloudwatch'],
  'pause:outbox': ['pause:states', 'pause:cloudwatch'],
  'close:cloudwatch': ['close:keeper'],
  'begin:states': ['begin:batch', 'begin:logs', 'begin:sns', 'begin:yard'],
  'begin:due': ['begin:batch', 'begin:sns', 'begin:states'],
  'begin:installation': ['begin:batch', 'begin:outbox'],
  'pause:sns': ['pause:states'],
  'pause:due': ['pause:states'],
  'pause:logs': ['pause:states'],
  'pause:batch': ['pause:states', 'pause:due'],
  'pause:yard': ['pause:states', 'pause:due'],
  'close:jobListener': ['close:keeper'],
  'close:states': ['close:keeper', 'close:jobListener'],
  'close:sns': ['close:states'],
  'close:due': ['close:keeper', 'close:states', 'close:cloudwatch'],
  'close:outbox': ['close:states'],
  'close:batch': ['close:states', 'close:due'],
  'close:yard': ['close:states', 'close:due', 'close:outbox'],
};

/** Parts that take note of their calls, each of which takes its time, and refuse one that comes too early. */
function fakes() {
  const calls: string[] = [];
  let busy: string | undefined;
  const note = (call: string) => {
    assert.equal(busy, undefined, `${call} did not wait for ${busy}`);
    for (const needed of needs[call] ?? []) assert.ok(calls.includes(needed), `${call} comes before ${needed}`);
    calls.push(call);
  };
  const slowly = (call: string) => async () => {
    note(call);
    busy = call;
    await new Promise(setImmediate);
    busy = undefined;
  };
  const part = (name: string) => ({
    fill: slowly(`fill:${name}`),
    begin: slowly(`begin:${name}`),
    pause: () => note(`pause:${name}`),
    close: slowly(`close:${name}`),
  });
  const names = new Set(Object.values(serviceOrder).flatMap((places) => places.map((place) => place.part)));
  const parts = Object.fromEntries([...names].map((name) => [name, part(name)])) as unknown as ServiceParts;
  return { calls, note, parts };
}

const loaded = {} as LoadedState;

test('a start fills, begins, and a stop closes, each part after those that it needs', async () => {
  const { calls, parts } = fakes();
  await fillParts(parts, loaded, () => calls.push('forgotten'));
  await beginParts(parts, loaded);
  await closeParts(parts);
  assert.deepEqual(calls, [
    ...['fill:ledger', 'fill:sqs', 'fill:cloudwatch', 'fill:yard', 'forgotten'],
    'begin:engines',
    ...['begin:outbox', 'begin:vault', 'begin:jobListener', 'begin:yard', 'begin:batch', 'begin:logs', 'begin:sns'],
    ...['begin:cloudwatch', 'begin:states'],
    ...['begin:due', 'begin:installation'],
    ...['close:keeper', 'close:jobListener', 'close:states', 'close:sns', 'close:cloudwatch', 'close:due'],
    ...['close:outbox', 'close:batch', 'close:yard', 'close:vault'],
  ]);
});

test('before memory is filled anew all that acts is paused, who asks before who is asked', () => {
  const { calls, parts } = fakes();
  pauseParts(parts);
  assert.deepEqual(calls, [
    ...['pause:states', 'pause:sns', 'pause:cloudwatch', 'pause:sqs', 'pause:outbox', 'pause:due'],
    ...['pause:logs', 'pause:batch', 'pause:yard', 'pause:vault'],
  ]);
});

type Begun = (typeof serviceOrder.begin)[number]['part'];
type Paused = (typeof serviceOrder.pause)[number]['part'];

/**
 * What of a part that is not paused may go on while memory is filled anew, and why that harms nothing. A new part says so too,
 * by type.
 */
const goesOn = {
  engines: 'what they run and report, which nobody hears meanwhile: they report it again',
  jobListener: 'reads of jobs, and what needs no store; changes are refused, and tasks are known as they were before',
  installation: 'nothing',
} satisfies Record<Exclude<Begun, Paused>, string>;

test('what begins is paused, or it is said what of it goes on', () => {
  const paused: readonly string[] = serviceOrder.pause.map(({ part }) => part);
  const lasting = serviceOrder.begin.map(({ part }) => part).filter((part) => !paused.includes(part));
  assert.deepEqual(lasting, Object.keys(goesOn));
});
