import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import type { AccountId, Region } from '../core/ids.ts';
import type { RequestContext } from '../core/operation.ts';
import { SystemRandom } from '../core/random.ts';
import { OperationRegistry } from '../gateway/index.ts';
import { rootPrincipal, Sessions } from '../iam/index.ts';
import { createSts } from '../services/sts/index.ts';
import { ServiceCalls } from './service-calls.ts';

const account = '123456789012' as AccountId;
const context: RequestContext = {
  ...{ account, region: 'us-east-1' as Region, principal: rootPrincipal(account), requestId: 'r' },
  source: { kind: 'network', address: '127.0.0.1' },
  ...{ now: new ManualClock().now(), signal: new AbortController().signal },
};

test('services call each other once all are there, and not before', async () => {
  const calls = new ServiceCalls();
  const call = () => calls.invoke<{ Account: string }>('sts', 'GetCallerIdentity', {}, context);
  await assert.rejects(call(), /called before all services were there/);
  assert.throws(() => calls.services(), /called before all services were there/);
  calls.open(new OperationRegistry([createSts({ sessions: new Sessions('secret', new SystemRandom()) })]));
  assert.equal((await call()).Account, account);
  assert.deepEqual(
    calls.services().map(({ name }) => name),
    ['sts'],
  );
  await assert.rejects(calls.invoke('sqs', 'SendMessage', {}, context), { code: 'UnknownServiceException' });
});
