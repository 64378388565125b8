import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AuditLog } from '../../src/audit/audit-log.ts';
import { recordText } from '../../src/audit/record-text.ts';
import { type AuditRecord, ChangeUnderWay } from '../../src/core/audit.ts';
import { ManualClock } from '../../src/core/clock.ts';
import type { AccountId, Arn, Region } from '../../src/core/ids.ts';
import { type Logger, silentLogger } from '../../src/core/logger.ts';
import type { Principal } from '../../src/core/principal.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { until } from '../support/wait.ts';

const account = '123456789012' as AccountId;
const region = 'us-east-1' as Region;
const root: Principal = { kind: 'root', arn: 'arn:aws:iam::123456789012:root' as Arn, userId: account, account };
const session: Principal = {
  ...{ kind: 'role-session', sessionName: 'admin', use: { kind: 'assumed' }, account, accessKeyId: 'ASIA1' },
  arn: 'arn:aws:sts::123456789012:assumed-role/Admin/admin' as Arn,
  userId: 'AROA1:admin',
  roleArn: 'arn:aws:iam::123456789012:role/team/Admin' as Arn,
  session: { issuedAt: 1_513_730_926_500 },
};
const record: AuditRecord = {
  ...{ account, region, principal: root, time: 1_513_730_926_999, requestId: 'r', kind: 'management', readOnly: false },
  ...{ service: 'batch', operation: 'SubmitJob', resources: [] },
  source: { kind: 'network', address: '203.0.113.1', userAgent: 'aws-cli/1.11.167' },
};

function openIn(t: Pick<TestContext, 'after'>, logger: Logger = silentLogger) {
  const parent = mkdtempSync(join(tmpdir(), 'audit-'));
  const directory = join(parent, 'audit');
  const clock = new ManualClock();
  const limits = { age: 1e15, bytes: 1e15, segmentBytes: 1e6 };
  const log = new AuditLog({
    ...{ directory, limits, clock, syncAlways: false, random: new SystemRandom(), logger },
  });
  t.after(async () => {
    await log.close();
    rmSync(parent, { recursive: true });
  });
  return {
    ...{ log, directory, clock },
    /** Nothing can be made below a file. */
    block: () => {
      rmSync(parent, { recursive: true });
      writeFileSync(parent, '');
    },
    unblock: () => {
      rmSync(parent);
      mkdirSync(parent);
    },
  };
}

class Change extends ChangeUnderWay {
  readonly ahead: boolean;
  readonly #requestId: string;

  constructor(requestId: string, ahead = false) {
    super();
    this.#requestId = requestId;
    this.ahead = ahead;
  }

  describe(): AuditRecord {
    return { ...record, requestId: this.#requestId };
  }
}

/** Another one in the directory, as after the first was killed. */
function openAgain(t: Pick<TestContext, 'after'>, directory: string): AuditLog {
  const limits = { age: 1e15, bytes: 1e15, segmentBytes: 1e6 };
  const clock = new ManualClock();
  const log = new AuditLog({
    ...{ directory, limits, clock, syncAlways: false, random: new SystemRandom(), logger: silentLogger },
  });
  t.after(() => log.close());
  return log;
}

const everything = { region, category: 'Management', limit: 50 } as const;

test('a record has the members of CloudTrail, in its order and shape', () => {
  const made = { ...record, principal: session, parameters: { Name: 'a', tags: { B: 'c' } }, answer: { Arn: 'x' } };
  const resources = ['arn:aws:batch:us-east-1:123456789012:job-queue/q'];
  assert.deepEqual(JSON.parse(recordText({ ...made, resources }, 'e')), {
    eventVersion: '1.11',
    userIdentity: {
      ...{ type: 'AssumedRole', principalId: 'AROA1:admin', accountId: account, accessKeyId: 'ASIA1' },
      arn: 'arn:aws:sts::123456789012:assumed-role/Admin/admin',
      sessionContext: {
        sessionIssuer: {
          ...{ type: 'Role', principalId: 'AROA1', accountId: account, userName: 'Admin' },
          arn: 'arn:aws:iam::123456789012:role/team/Admin',
        },
        attributes: { creationDate: '2017-12-20T00:48:46Z', mfaAuthenticated: 'false' },
      },
    },
    ...{ eventTime: '2017-12-20T00:48:46Z', eventSource: 'batch.amazonaws.com', eventName: 'SubmitJob' },
    ...{ awsRegion: region, sourceIPAddress: '203.0.113.1', userAgent: 'aws-cli/1.11.167' },
    requestParameters: { name: 'a', tags: { B: 'c' } },
    responseElements: { arn: 'x' },
    ...{ requestID: 'r', eventID: 'e', readOnly: false },
    resources: [{ accountId: account, type: 'AWS::Batch::JobQueue', ARN: resources[0] }],
    ...{ eventType: 'AwsApiCall', managementEvent: true, recipientAccountId: account, eventCategory: 'Management' },
  });
});

test('a refusal has its code and words, no elements, and texts of any length and kind are one line of JSON', () => {
  const agent = `"\n${'x'.repeat(1021)}😀`;
  const refused: AuditRecord = {
    ...{ ...record, kind: 'data', errorCode: 'AccessDenied', errorMessage: 'a "b"', region: '"' as Region },
    source: { kind: 'network', address: '::1', userAgent: agent },
  };
  const text = recordText(refused, 'e');
  assert.ok(!text.includes('\n'));
  const { errorCode, errorMessage, userAgent, awsRegion, requestParameters, responseElements, ...rest } =
    JSON.parse(text);
  assert.deepEqual([errorCode, errorMessage, awsRegion], ['AccessDenied', 'a "b"', '"']);
  assert.deepEqual([requestParameters, responseElements], [null, null]);
  assert.equal(userAgent.length, 1024);
  assert.deepEqual([rest.managementEvent, rest.eventCategory], [false, 'Data']);
});

test('a call that a service makes for somebody names both', () => {
  const service = 'states.amazonaws.com' as const;
  const text = recordText({ ...record, principal: session, source: { kind: 'service', service } }, 'e');
  const { userIdentity, sourceIPAddress, userAgent } = JSON.parse(text);
  assert.deepEqual([userIdentity.type, userIdentity.invokedBy], ['AssumedRole', service]);
  assert.deepEqual([sourceIPAddress, userAgent], [service, service]);
});

test('what is recorded is found as soon as it is acknowledged, and by the next one that opens the directory', async (t) => {
  const { log, directory } = openIn(t);
  await Promise.all(['a', 'b'].map((requestId) => log.record({ ...record, requestId })));
  const { records } = await log.lookUp(everything);
  assert.deepEqual(
    records.map((text) => JSON.parse(text).requestID),
    ['b', 'a'],
  );
  await log.close();
  const { clock } = openIn(t);
  const limits = { age: 1e15, bytes: 1e15, segmentBytes: 1e6 };
  const next = new AuditLog({
    ...{ directory, limits, clock, syncAlways: true, random: new SystemRandom(), logger: silentLogger },
  });
  assert.equal((await next.lookUp(everything)).records.length, 2);
  await next.record(record);
  assert.equal((await next.lookUp(everything)).records.length, 3);
  await next.close();
});

test('while records cannot be written changes are refused in words; what was recorded meanwhile is written later', async (t) => {
  const { log, clock, block, unblock } = openIn(t);
  block();
  await assert.rejects(log.record(record), /exists already|lies below a file/);
  await assert.rejects(async () => log.admit(), /the audit cannot be written/);
  await assert.rejects(log.record({ ...record, requestId: 'made nevertheless' }), /the audit cannot be written/);
  await assert.rejects(log.record({ ...record, requestId: 'a read', readOnly: true }), /the audit cannot be written/);
  clock.advance(1000);
  unblock();
  await until('the audit to be written again', () => {
    clock.advance(1000);
    const refused = log.admit();
    refused?.catch(() => {});
    return refused === undefined;
  });
  const { records } = await log.lookUp(everything);
  assert.deepEqual(records.map((text) => JSON.parse(text).requestID).toSorted(), ['made nevertheless', 'r']);
});

test('what is recorded while the audit is just being written again is written too', async (t) => {
  const { log, clock, block, unblock } = openIn(t);
  block();
  await assert.rejects(log.record(record), /exists already|lies below a file/);
  unblock();
  clock.advance(1000);
  await assert.rejects(log.record({ ...record, requestId: 'meanwhile' }), /the audit cannot be written/);
  await until('the audit to be written again', () => {
    const refused = log.admit();
    refused?.catch(() => {});
    return refused === undefined;
  });
  const { records } = await log.lookUp(everything);
  assert.deepEqual(records.map((text) => JSON.parse(text).requestID).toSorted(), ['meanwhile', 'r']);
});

test('records for which memory has no room while they cannot be written are counted in the log', async (t) => {
  const lost: unknown[] = [];
  const error = (details: { readonly records?: number }) => lost.push(details.records);
  const { log, clock, block, unblock } = openIn(t, { ...silentLogger, error } as Logger);
  block();
  const resources = [`arn:aws:batch:us-east-1:123456789012:job-queue/${'x'.repeat(9 * 1024 * 1024)}`];
  await assert.rejects(log.record({ ...record, resources }), /exists already|lies below a file/);
  await assert.rejects(log.record({ ...record, resources }), /the audit cannot be written/);
  unblock();
  clock.advance(1000);
  await until('the loss to be told', () => lost.includes(1));
});

test('only so many lookups wait for each other, and each that is answered makes room', async (t) => {
  const { log } = openIn(t);
  await log.record(record);
  const pages: ReturnType<AuditLog['lookUp']>[] = [];
  while (!log.isBusy && pages.length < 100) pages.push(log.lookUp(everything));
  assert.equal(pages.length, 16);
  for (const { records } of await Promise.all(pages)) assert.equal(records.length, 1);
  assert.equal(log.isBusy, false);
});

test('a change that is under way when something is committed is found only if the server does not live to see its end', async (t) => {
  const { log, directory } = openIn(t);
  const [ends, dies] = [new Change('ends'), new Change('dies')];
  for (const change of [ends, dies, new Change('is refused')]) assert.equal(log.begin(change), undefined);
  const refused = new Change('is dropped');
  log.begin(refused);
  log.drop(refused);
  await log.onRecord();
  await log.record({ ...record, requestId: 'ends' }, ends);
  const found = async (from: AuditLog) =>
    (await from.lookUp(everything)).records.map((text) => {
      const { requestID, additionalEventData } = JSON.parse(text);
      return additionalEventData === undefined ? requestID : `${requestID}: ${additionalEventData.outcome}`;
    });
  assert.deepEqual(await found(log), ['ends']);
  assert.equal(log.onRecord(), undefined);
  // What the killed server has written is what the next one finds.
  const next = openAgain(t, directory);
  const unknown = 'The server ended while this call was under way. What it had changed by then stays.';
  assert.deepEqual(await found(next), [`is refused: ${unknown}`, `dies: ${unknown}`, 'ends']);
  await next.close();
  const third = openAgain(t, directory);
  assert.equal((await found(third)).length, 3);
  await third.close();
});

test('a change that is more than a commit is noted before it is made', async (t) => {
  const { log, directory } = openIn(t);
  await log.begin(new Change('writes a file', true));
  const next = openAgain(t, directory);
  assert.equal((await next.lookUp(everything)).records.length, 1);
  await next.close();
});

test('what could not be recorded is not committed, and what follows is', async (t) => {
  const { log, block, unblock } = openIn(t);
  block();
  const change = new Change('r');
  log.begin(change);
  const lost = assert.rejects(log.record(record, change));
  await assert.rejects(async () => log.onRecord(), /the audit cannot be written/);
  await lost;
  assert.equal(log.onRecord(), undefined);
  const late = new Change('made while nothing can be written');
  log.begin(late);
  await assert.rejects(log.record(record, late));
  await assert.rejects(async () => log.onRecord(), /the audit cannot be written/);
  assert.equal(log.onRecord(), undefined);
  unblock();
});
