import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../core/clock.ts';
import { EventGatherer, eventSilence } from './event-gatherer.ts';
import { compileEventStart } from './event-start.ts';

function gatherer(expression: string, maximumBytes = 1000) {
  const start = compileEventStart(expression);
  assert.ok(typeof start !== 'string');
  const clock = new ManualClock();
  const events: [string, number][] = [];
  let silences = 0;
  const sink = (event: Buffer, at: number) => void events.push([event.toString(), at]);
  const onSilence = () => {
    silences += 1;
  };
  const made = new EventGatherer({ start, clock, maximumBytes, sink, onSilence });
  const push = (...lines: string[]) => {
    const reused = Buffer.alloc(100);
    for (const line of lines) {
      made.push(reused.subarray(0, reused.write(line)), clock.now());
      reused.fill('#');
    }
  };
  return { made, clock, events, push, silences: () => silences };
}

test('an event is a line that matches and those behind it that do not, with the time of its first line', () => {
  const { made, clock, events, push } = gatherer('^INFO');
  const begun = clock.now();
  push('before', 'INFO a', '  at b');
  clock.advance(10);
  push('', '  at INFO', 'INFO c');
  made.end();
  assert.deepEqual(events, [
    ['before', begun],
    ['INFO a\n  at b\n\n  at INFO', begun],
    ['INFO c', begun + 10],
  ]);
  assert.equal(clock.pending, 0, 'no timer is left');
});

test('an event is over after a second without another line, and with its size', () => {
  const { clock, events, push, silences } = gatherer('^A', 5);
  push('A', 'b');
  clock.advance(eventSilence - 1);
  push('c');
  clock.advance(eventSilence - 1);
  assert.equal(events.length, 0);
  clock.advance(1);
  assert.deepEqual(
    events.map(([text]) => text),
    ['A\nb\nc'],
  );
  assert.equal(silences(), 1);
  push('d', 'ef', 'g', 'longer than all');
  clock.advance(eventSilence);
  assert.deepEqual(
    events.slice(1).map(([text]) => text),
    ['d\nef', 'g', 'longer than all'],
  );
});

test('lines whose times are a second apart are of two events, however fast they come', () => {
  const { made, events } = gatherer('^A');
  made.push(Buffer.from('a'), 1_000);
  made.push(Buffer.from('b'), 1_999);
  made.push(Buffer.from('c'), 2_999);
  made.end();
  assert.deepEqual(events, [
    ['a\nb', 1_000],
    ['c', 2_999],
  ]);
});

test('no line is lost, doubled or changed, whatever lines there are', () => {
  const line = fc.string({ unit: fc.constantFrom('A', 'b', ' '), maxLength: 4 });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.integer({ min: 4, max: 20 }), (lines, most) => {
      const { made, events, push } = gatherer('^A', most);
      push(...lines);
      made.end();
      assert.deepEqual(
        events.flatMap(([text]) => text.split('\n')),
        lines,
      );
      for (const [text] of events) assert.ok(text.length <= most);
      for (const [text] of events) assert.ok(!text.includes('\nA'), 'what begins an event is in the middle of none');
    }),
  );
});

test('an expression that costs too much is none, and a line is asked about in its first KiB', () => {
  const refused = (expression: string, words: RegExp) => {
    const answer = compileEventStart(expression);
    assert.ok(typeof answer === 'string');
    assert.match(answer, words);
  };
  refused('(', /./);
  refused('(?=a)', /./);
  refused('[a-z]{1,900}$', /too large/);
  refused('((a{100}){100}){100}', /./);
  refused('a'.repeat(1_001), /more than 1000 characters/);
  const start = compileEventStart('END');
  assert.ok(typeof start !== 'string');
  assert.ok(start.begins(Buffer.from(`${' '.repeat(1_021)}END`)));
  assert.ok(!start.begins(Buffer.from(`${' '.repeat(1_022)}END`)));
  assert.ok(start.cost(10) < start.cost(1_024));
  assert.equal(start.cost(1_024), start.cost(256 * 1024), 'the rest of a line costs nothing');
});
