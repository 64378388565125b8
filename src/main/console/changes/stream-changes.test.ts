import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scope } from '../../../core/arn.ts';
import { ManualClock } from '../../../core/clock.ts';
import type { AccountId, JobId, Region } from '../../../core/ids.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { SystemRandom } from '../../../core/random.ts';
import { schedulingPolicyRecords } from '../../../services/batch/records.ts';
import { Ledger } from '../../../store/index.ts';
import { openMemoryStore } from '../../../store/memory/store.ts';
import type { Transaction } from '../../../store/transaction.ts';
import { withLead } from '../../../store/with-lead.ts';
import { serverRecords } from '../../records.ts';
import { streamChanges, type ToldChanges } from './stream-changes.ts';

const scope: Scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
const { region } = scope;
const elsewhere: Scope = { ...scope, region: 'eu-west-1' as Region };
const foreign: Scope = { ...scope, account: '210987654321' as AccountId };

class Streams {
  readonly clock = new ManualClock(1_000);
  readonly ledger: Ledger;
  readonly #operation: ReturnType<typeof streamChanges>;
  #sequence = 0;

  private constructor(ledger: Ledger) {
    this.ledger = ledger;
    this.#operation = streamChanges({ ledger, clock: this.clock, version: '1.2.3' });
  }

  static async open(): Promise<Streams> {
    const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
    return new Streams(new Ledger({ store, types: serverRecords, onFailed: ({ error }) => assert.ifError(error) }));
  }

  /** A stream after its first words. */
  async stream(signal = new AbortController().signal): Promise<AsyncIterator<ToldChanges, unknown, undefined>> {
    const { changes } = await this.#operation.handler({}, { ...scope, signal } as RequestContext, new Map());
    const told = changes[Symbol.asyncIterator]();
    const { hello } = (await told.next()).value as Extract<ToldChanges, { hello: unknown }>;
    assert.equal(hello.version, '1.2.3');
    return told;
  }

  async change(work: (transaction: Transaction) => void): Promise<void> {
    this.ledger.transact(work);
    await this.ledger.store.settled();
  }

  jobs(scope: Scope, ids: readonly string[]): Promise<void> {
    return this.change((transaction) => {
      for (const id of ids) {
        this.#sequence += 1;
        const fact = { ...scope, kind: 'job', at: 0, jobId: id as JobId, to: 'RUNNABLE' } as const;
        transaction.add({ kind: 'fact', sequence: this.#sequence, fact });
      }
    });
  }

  policy(scope: Scope): Promise<void> {
    const record = { ...scope, name: 'a', arn: 'a', createdAt: 0, tags: {} };
    return this.change((transaction) => transaction.put(schedulingPolicyRecords, record as never));
  }
}

/** The next words, which time alone brings. */
async function next(streams: Streams, told: AsyncIterator<ToldChanges, unknown, undefined>, after: number) {
  const answer = told.next();
  await Promise.resolve();
  streams.clock.advance(after);
  return (await answer).value;
}

test('what is durable is told, of the caller’s account alone and by region, each thing once', async () => {
  const streams = await Streams.open();
  const told = await streams.stream();
  await streams.jobs(foreign, ['x']);
  await streams.policy(scope);
  await streams.jobs(scope, ['a', 'b']);
  await streams.jobs(scope, ['b']);
  assert.deepEqual(await next(streams, told, 250), { changed: { region, services: ['batch'], jobs: ['a', 'b'] } });
  await streams.jobs(scope, ['c']);
  await streams.jobs(elsewhere, ['y']);
  assert.deepEqual(await next(streams, told, 250), { changed: { region, services: ['batch'], jobs: ['c'] } });
  const other = { region: elsewhere.region, services: ['batch'], jobs: ['y'] };
  assert.deepEqual((await told.next()).value, { changed: other });
});

test('more jobs than a page could read again are not named', async () => {
  const streams = await Streams.open();
  const told = await streams.stream();
  await streams.jobs(
    scope,
    Array.from({ length: 101 }, (_, index) => `${index}`),
  );
  assert.deepEqual(await next(streams, told, 250), { changed: { region, services: ['batch'] } });
  await streams.jobs(scope, ['a']);
  assert.deepEqual(await next(streams, told, 250), { changed: { region, services: ['batch'], jobs: ['a'] } });
});

test('a stream on which nothing happens beats, and ends after a quarter of an hour or with its client, leaving nothing', async () => {
  const streams = await Streams.open();
  const client = new AbortController();
  const [told, left] = [await streams.stream(), await streams.stream(client.signal)];
  assert.deepEqual(await next(streams, told, 15_250), { heartbeat: { now: 16_250 } });
  const end = told.next();
  client.abort();
  assert.ok((await left.next()).done);
  streams.clock.advance(15 * 60_000);
  assert.ok((await end).done);
  assert.equal(streams.clock.pending, 0);
});

test('there are so many streams at once, and one that ends makes room', async () => {
  const streams = await Streams.open();
  const all = [];
  for (let index = 0; index < 200; index += 1) all.push(await streams.stream());
  await assert.rejects(streams.stream(), { code: 'TooManyRequestsException' });
  for (const each of all) await each.return?.();
  await (await streams.stream()).return?.();
});
