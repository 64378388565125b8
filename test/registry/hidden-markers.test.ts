import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { z } from 'zod';
import { AuditLog } from '../../src/audit/index.ts';
import { ManualClock } from '../../src/core/clock.ts';
import { ServiceError } from '../../src/core/errors.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { rootContext } from '../../src/core/operation.fixture.ts';
import type { Operation, ServiceDefinition } from '../../src/core/operation.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { OperationRegistry } from '../../src/gateway/index.ts';
import { scope } from '../../src/services/batch/batch.fixture.ts';
import { SqsBench } from '../../src/services/sqs/sqs.fixture.ts';
import { services as others } from './all-services.ts';

const sqs = await SqsBench.open();
after(() => sqs[Symbol.asyncDispose]());
const services: readonly ServiceDefinition[] = [...others, sqs.service.definition];

const marker = 'value-that-nobody-must-find-on-the-disk';
const base64 = Buffer.from(marker).toString('base64');

const parent = mkdtempSync(join(tmpdir(), 'audit-'));
const directory = join(parent, 'audit');
const clock = new ManualClock();
const log = new AuditLog({
  ...{ directory, clock, syncAlways: false, random: new SystemRandom(), logger: silentLogger },
  // Small: what is packed is looked at, too.
  limits: { age: 1e15, bytes: 1e15, segmentBytes: 200_000 },
});
log.keepData(() => true);
after(async () => {
  await log.close();
  rmSync(parent, { recursive: true });
});
const context = rootContext(scope, clock.now());

/** Every form that a hidden member can have. */
const forms: readonly unknown[] = [marker, [marker, { of: marker }], { deep: [{ deeper: marker }] }];

type Hiding = Operation & { readonly audit: Exclude<Operation['audit'], string> };

const hiding = services.flatMap((service) =>
  Object.entries(service.operations).flatMap(([name, operation]) =>
    operation.kind === 'operation' && typeof operation.audit === 'object'
      ? [{ service, name, operation: operation as Hiding }]
      : [],
  ),
);

/** The members of an operation, of which each hides what is hidden, wherever it stands. */
function* inputsOf({ schema, audit }: Hiding): Generator<object> {
  const hide: readonly string[] = audit.hide ?? [];
  const members = Object.keys((schema as { shape?: object }).shape ?? {}).filter((name) => !hide.includes(name));
  for (const form of forms) {
    const hidden = Object.fromEntries(hide.map((name) => [name, form]));
    yield hidden;
    yield Object.fromEntries([...members, 'unknown'].map((name) => [name, hidden]));
    yield { ...Object.fromEntries(members.map((name) => [name, [{ within: [hidden] }]])), ...hidden };
  }
}

/** The services with other handlers, which are reached whatever the input is if `takesAll`. */
function withHandlers(takesAll: boolean, handler: (operation: Hiding, input: unknown) => unknown) {
  return services.map(
    (service): ServiceDefinition => ({
      ...service,
      operations: Object.fromEntries(
        Object.entries(service.operations).map(([name, operation]) => {
          if (operation.kind !== 'operation') return [name, operation];
          const { identify: _identify, ...own } = operation as Hiding;
          const made = { ...own, ...(takesAll ? { schema: z.unknown() } : {}) };
          return [name, { ...made, handler: (input: unknown) => handler(operation as Hiding, input) }];
        }),
      ) as ServiceDefinition['operations'],
    }),
  );
}

async function callAll(registry: OperationRegistry): Promise<void> {
  for (const { service, name, operation } of hiding)
    for (const input of inputsOf(operation)) await registry.invoke(service.name, name, input, context).catch(() => {});
}

test('no value that an operation hides is in any file of the audit, or is handed on to a trail', async () => {
  assert.ok(hiding.length > 35, `${hiding.length}`);
  const options = { sink: log, logger: silentLogger };
  const answering = withHandlers(true, async ({ audit: { hide = [], hideAnswer = [] } }) => {
    // As before a commit: what is under way is noted.
    await log.onRecord();
    const answer = Object.fromEntries([...hide, ...hideAnswer].map((name) => [name, marker]));
    return { ...answer, nested: [{ ...answer, list: [answer] }] };
  });
  // A refusal repeats no more than it was given.
  const refusing = withHandlers(true, ({ audit: { hide = [] } }) => {
    throw new ServiceError('Refused', hide.length > 0 ? `It cannot be ${marker}.` : 'It cannot be.');
  });
  for (const each of [answering, refusing, withHandlers(false, () => ({}))])
    await callAll(new OperationRegistry(each, options));
  const filter = { account: scope.account, global: true, selectors: [[]] };
  const handed: string[] = [];
  for (let start = { segment: 0, block: 0, record: 0 }, isEnd = false; !isEnd; ) {
    const page = await log.collect({ start, limit: 1_000_000, filter });
    handed.push(...page.records.map(({ text }) => text));
    ({ next: start, isEnd } = page);
  }
  const names = new Set(handed.map((text) => JSON.parse(text).eventName));
  for (const { name } of hiding) assert.ok(names.has(name), name);
  await log.close();
  const files = readdirSync(directory).map((name) => readFileSync(join(directory, name)));
  const telling = handed.filter((text) => [marker, base64].some((value) => text.includes(value)));
  assert.equal(telling[0], undefined);
  for (const content of files) for (const text of [marker, base64]) assert.ok(!content.includes(text));
});
