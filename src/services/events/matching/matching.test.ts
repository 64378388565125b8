import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchingTurn } from '../../../event-patterns/index.ts';
import { matchesEvent, parseEvent, parseEventPattern } from '../event-pattern.ts';
import { EventsBench, scope } from '../events.fixture.ts';
import { type BusEvent, eventText } from './bus-event.ts';
import { matchingOnes } from './match.ts';
import { ReadOnce } from './read-once.ts';
import { type RuleIndex, ruleIndex } from './rule-index.ts';

const word = fc.constantFrom('a', 'b', 'c', 'ab');
const condition = fc.oneof(
  word,
  fc.record({ prefix: word }),
  fc.record({ 'anything-but': word }),
  fc.record({ exists: fc.boolean() }),
  fc.constantFrom(1, 2),
);
const conditions = fc.array(condition, { minLength: 1, maxLength: 3 });
const patterns = fc
  .record(
    {
      source: fc.oneof(fc.array(word, { minLength: 1, maxLength: 3 }), conditions),
      'detail-type': fc.oneof(fc.array(word, { minLength: 1, maxLength: 2 }), conditions),
      detail: fc.record({ x: conditions, y: fc.record({ z: conditions }) }, { requiredKeys: ['x'] }),
      $or: fc.tuple(fc.record({ source: conditions }), fc.record({ detail: fc.record({ x: conditions }) })),
    },
    { requiredKeys: [] },
  )
  .filter((pattern) => Object.keys(pattern).length > 0);
const events = fc.record({
  source: word,
  detailType: word,
  detail: fc.record(
    {
      x: fc.oneof(word, fc.constantFrom(1, 2), fc.constant(null), fc.array(fc.oneof(word, fc.array(word)))),
      y: fc.oneof(fc.record({ z: word }), fc.array(fc.record({ z: word }), { maxLength: 3 }), word),
      'y.z': fc.oneof(word, fc.array(word)),
    },
    { requiredKeys: [] },
  ),
});

test('the index leaves out no rule whose pattern matches, and TestEventPattern says the same', async () => {
  const bench = await EventsBench.open();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(patterns, { minLength: 1, maxLength: 12 }),
      fc.array(events, { minLength: 1, maxLength: 6 }),
      async (given, told) => {
        const bus = `bus-${count++}`;
        const rules = given.map((pattern, index) => ({ name: `r${index}`, text: JSON.stringify(pattern) }));
        await bench.call('CreateEventBus', { Name: bus });
        for (const { name, text } of rules) {
          const targets = [{ Id: 'x', Arn: `arn:aws:sns:us-east-1:${scope.account}:t` }];
          await bench.call('PutRule', { Name: name, EventBusName: bus, EventPattern: text });
          await bench.call('PutTargets', { Rule: name, EventBusName: bus, Targets: targets });
        }
        const index = ruleIndex(bench.ledger);
        for (const each of told) {
          const event = {
            ...scope,
            ...each,
            id: 'e',
            bus,
            time: 0,
            resources: [],
            detail: JSON.stringify(each.detail),
            depth: 0,
          };
          assert.deepEqual(await byIndex(index, event), await naively(rules, event));
        }
        for (const { name } of rules) {
          await bench.call('RemoveTargets', { Rule: name, EventBusName: bus, Ids: ['x'] });
          await bench.call('DeleteRule', { Name: name, EventBusName: bus });
        }
        await bench.call('DeleteEventBus', { Name: bus });
      },
    ),
    { numRuns: 25 },
  );
});

async function byIndex(index: RuleIndex, event: BusEvent): Promise<readonly string[]> {
  const read = new ReadOnce(eventText(event));
  const matched = await matchingOnes(index.candidates(scope, event.bus, read), read, matchingTurn());
  return matched.map(({ name }) => name).sort();
}

async function naively(rules: readonly { name: string; text: string }[], event: BusEvent): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { name, text } of rules) {
    const pattern = parseEventPattern(text);
    if (await matchesEvent(pattern, parseEvent(eventText(event), pattern))) names.push(name);
  }
  return names.sort();
}
