import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scope } from '../cloudwatch.fixture.ts';
import type { MetricAlarmRecord } from '../records.ts';
import { type AlarmPlace, AlarmWheel } from './alarm-wheel.ts';

function alarm(name: string, period: number): MetricAlarmRecord {
  return { ...scope, name, period } as MetricAlarmRecord;
}

test('each alarm is due once in its turn, and a second looks only at what is due in it', () => {
  const wheel = new AlarmWheel();
  const all = Array.from({ length: 600 }, (_, index) => alarm(`a${index}`, index < 60 ? 10 : 60));
  for (const each of all) wheel.add(each);
  let looked = 0;
  const seen = new Map<string, number>();
  const find = ({ name }: AlarmPlace) => {
    looked += 1;
    return all.find((each) => each.name === name);
  };
  for (let second = 1_000; second < 1_060; second += 1) {
    for (const { name } of wheel.due(second, 1, find)) seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  assert.ok(all.every(({ name, period }) => seen.get(name) === (period === 10 ? 6 : 1)));
  assert.equal(looked, 540 + 6 * 60);
});

test('after a pause each is due once; what is gone, or has another turn, leaves its place', () => {
  const wheel = new AlarmWheel();
  const known = new Map([alarm('slow', 60), alarm('quick', 10), alarm('gone', 60)].map((each) => [each.name, each]));
  for (const each of known.values()) wheel.add(each);
  const due = () => wheel.due(5_000, 60, ({ name }) => known.get(name)).map(({ name }) => name);
  assert.deepEqual(due().sort(), ['gone', 'quick', 'slow']);
  known.delete('gone');
  const slower = alarm('quick', 300);
  known.set('quick', slower);
  wheel.add(slower);
  assert.equal(wheel.size, 4);
  assert.deepEqual(due().sort(), ['quick', 'slow']);
  assert.equal(wheel.size, 2);
  wheel.add(slower);
  assert.equal(wheel.size, 2);
});
