import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scheduleInput } from './schedule-input.ts';

const typed = {
  ...{ name: 'n', group: 'g', expression: 'rate(1 hour)', zone: 'UTC', window: '' },
  ...{ target: 'arn:t', role: 'arn:r', payload: '' },
};

test('what a form does not show of a schedule is kept, and what it empties goes', () => {
  const before = {
    ...{ Description: 'd', StartDate: 5, FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 3 } },
    Target: { Arn: 'arn:old', RoleArn: 'arn:r', Input: '{}', RetryPolicy: { MaximumRetryAttempts: 1 } },
  };
  assert.deepEqual(scheduleInput(typed, before), {
    ...{ Description: 'd', StartDate: 5, Name: 'n', GroupName: 'g' },
    ...{ ScheduleExpression: 'rate(1 hour)', ScheduleExpressionTimezone: 'UTC', FlexibleTimeWindow: { Mode: 'OFF' } },
    Target: { Arn: 'arn:t', RoleArn: 'arn:r', RetryPolicy: { MaximumRetryAttempts: 1 } },
  });
});

test('a window is a number, and what is none is left for the server to refuse', () => {
  const windowOf = (window: string) =>
    (scheduleInput({ ...typed, window }, {}) as { FlexibleTimeWindow: unknown }).FlexibleTimeWindow;
  assert.deepEqual(windowOf('15'), { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 });
  assert.deepEqual(windowOf('soon'), { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 'soon' });
});
