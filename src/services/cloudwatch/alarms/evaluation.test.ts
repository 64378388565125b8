import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breachesBy, evaluate, type MissingData } from './evaluation.ts';

const treatments: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** Points as AWS writes them, oldest first: `0` is good, `X` breaches, `-` is missing. */
function pointsOf(text: string): (number | undefined)[] {
  const marks: Readonly<Record<string, number | undefined>> = { '0': 0, X: 9, '-': undefined };
  return text
    .split(' ')
    .map((mark) => marks[mark])
    .reverse();
}

function states(text: string, datapointsToAlarm: number, evaluationPeriods = 3): string[] {
  return treatments.map((missingData) => {
    const points = pointsOf(text);
    const breaches = breachesBy('GreaterThanThreshold', 1);
    return evaluate({ points, evaluationPeriods, datapointsToAlarm, missingData, breaches }).state;
  });
}

const insufficient = 'INSUFFICIENT_DATA';

/** The tables of "Configuring how CloudWatch alarms treat missing data": columns MISSING, IGNORE, BREACHING, NOT BREACHING. */
const tables: readonly (readonly [datapointsToAlarm: number, rows: Readonly<Record<string, readonly string[]>>])[] = [
  [
    3,
    {
      '0 - X - X': ['OK', 'OK', 'OK', 'OK'],
      '0 - - - -': ['OK', 'OK', 'OK', 'OK'],
      '- - - - -': [insufficient, 'keep', 'ALARM', 'OK'],
      '0 X X - X': ['ALARM', 'ALARM', 'ALARM', 'ALARM'],
      '- - X - -': ['ALARM', 'keep', 'ALARM', 'OK'],
    },
  ],
  [
    2,
    {
      '0 - X - X': ['ALARM', 'ALARM', 'ALARM', 'ALARM'],
      '0 0 X 0 X': ['ALARM', 'ALARM', 'ALARM', 'ALARM'],
      '0 - X - -': ['OK', 'OK', 'ALARM', 'OK'],
      '- - - - 0': ['OK', 'OK', 'ALARM', 'OK'],
      '- - - X -': ['ALARM', 'keep', 'ALARM', 'OK'],
    },
  ],
];

for (const [datapointsToAlarm, rows] of tables) {
  for (const [text, expected] of Object.entries(rows)) {
    test(`${datapointsToAlarm} out of 3 of ${text} is decided as AWS's table has it`, () => {
      assert.deepEqual(states(text, datapointsToAlarm), expected);
    });
  }
}

test('one point that breaches at the end is too early for an alarm that takes three', () => {
  assert.equal(states('- - - - X', 3)[0], 'keep');
  assert.equal(states('- - - X -', 3)[0], 'keep');
  assert.equal(states('- - X - -', 3)[0], 'ALARM');
});

test('every comparison is strict or not as its name says', () => {
  const holds = (name: string) => [1, 2, 3].map(breachesBy(name, 2));
  assert.deepEqual(holds('GreaterThanThreshold'), [false, false, true]);
  assert.deepEqual(holds('GreaterThanOrEqualToThreshold'), [false, true, true]);
  assert.deepEqual(holds('LessThanThreshold'), [true, false, false]);
  assert.deepEqual(holds('LessThanOrEqualToThreshold'), [true, true, false]);
});
