import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestContext } from '../../../core/operation.ts';
import { lookupEvents } from './lookup-events.ts';

test('a lookup is refused as too much while as many wait as may, and reads nothing', async () => {
  const audit = { isBusy: true, lookUp: () => Promise.reject(new Error('it was read')) };
  const context = { region: 'us-east-1' } as RequestContext;
  const { handler } = lookupEvents({ audit });
  await assert.rejects(async () => handler({}, context, new Map()), {
    code: 'ThrottlingException',
    message: 'Rate exceeded',
  });
});
