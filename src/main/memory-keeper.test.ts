import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scope } from '../core/arn.ts';
import { ManualClock } from '../core/clock.ts';
import { CommitFailed } from '../core/errors.ts';
import type { AccountId, Region } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { SystemRandom } from '../core/random.ts';
import { defineRecord, Ledger, openMemoryStore, type Store, type StoredRecord, withLead } from '../store/index.ts';
import { MemoryKeeper } from './memory-keeper.ts';

const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

interface Note extends Scope {
  readonly name: string;
}

const notes = defineRecord({ type: 'note', key: ({ name }: Note) => name });

/** A ledger under a keeper, over a store whose next commits fail as a test says. */
async function openRig() {
  const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
  const failures: CommitFailed[] = [];
  /** Why the next tries to lead fail. */
  const refusals: CommitFailed[] = [];
  const lost = Promise.withResolvers<CommitFailed>();
  let refusal: Promise<never> | undefined;
  const fallible: Store = {
    ...store,
    takeLead: async () => {
      calls.push('lead');
      const refusal = refusals.shift();
      if (refusal) throw refusal;
      return { epoch: 1, lost: lost.promise };
    },
    commit: (changes) => {
      const failure = failures.shift();
      if (failure) {
        refusal = Promise.reject(failure);
        refusal.catch(() => {});
      }
      return refusal ?? store.commit(changes);
    },
    settled: () => refusal ?? store.settled(),
    resume: () => {
      refusal = undefined;
    },
  };
  const clock = new ManualClock();
  const calls: string[] = [];
  const fatal: unknown[] = [];
  const logged: object[] = [];
  const whileBeginning: (() => void)[] = [];
  /** As soon as memory holds nothing of before. */
  const whileFilling: (() => void)[] = [];
  /** At the end of a beginning. */
  const afterwards: (() => void)[] = [];
  let filling = 0;
  const keeper: MemoryKeeper = new MemoryKeeper({
    store: fallible,
    ledger: new Ledger({ store: fallible, types: [notes], onFailed: (failure) => keeper.onLedgerFailed(failure) }),
    clock,
    logger: { ...silentLogger, error: (details) => void logged.push(details) },
    fill: async ({ records }, onForgotten) => {
      calls.push('fill');
      filling += 1;
      assert.equal(filling, 1, 'two rebuilds at once');
      await nextTurn();
      await keeper.ledger.fill(records);
      onForgotten();
      for (const look of whileFilling) look();
      await nextTurn();
      filling -= 1;
    },
    begin: async () => {
      calls.push('begin');
      whileBeginning.shift()?.();
      await nextTurn();
      afterwards.shift()?.();
    },
    pause: () => calls.push('pause'),
    onFatal: (error) => fatal.push(error),
  });
  const put = (name: string) => {
    keeper.ledger.transact((transaction) => transaction.put(notes, { ...scope, name }));
  };
  const stored = async () => (await store.load()).records.map(({ key }) => key);
  const held = () => keeper.ledger.all(notes).map(({ name }) => name);
  return {
    keeper,
    store,
    clock,
    calls,
    fatal,
    logged,
    failures,
    refusals,
    lost,
    whileFilling,
    whileBeginning,
    afterwards,
    put,
    stored,
    held,
  };
}

async function start(keeper: MemoryKeeper): Promise<void> {
  await keeper.open(await keeper.load());
  await turns();
}

function recordOf(name: string): StoredRecord {
  return notes.toStored({ ...scope, name });
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
}

test('after a failed commit memory is what the store holds, and service goes on', async () => {
  const { keeper, calls, failures, put, stored, held } = await openRig();
  put('kept');
  await turns();
  failures.push(new CommitFailed('failed', 'the test wants it so'));
  put('lost');
  assert.deepEqual(held(), ['kept', 'lost']);
  await turns();
  assert.deepEqual(calls, ['pause', 'fill', 'begin']);
  assert.equal(keeper.unready, undefined);
  put('later');
  await turns();
  assert.deepEqual(
    [held(), await stored()],
    [
      ['kept', 'later'],
      ['kept', 'later'],
    ],
  );
});

test('while memory is rebuilt changes are refused, so that none is in the store alone', async () => {
  const { keeper, put, held, stored } = await openRig();
  keeper.onInternalError(new Error('broken'));
  assert.match(keeper.unready ?? '', /rebuilt/);
  assert.throws(() => put('early'), CommitFailed);
  await turns();
  put('later');
  await turns();
  assert.deepEqual([held(), await stored()], [['later'], ['later']]);
});

test('what fails as soon as all goes on again is filled again at once, and goes on a little later', async () => {
  const { keeper, clock, calls, failures, whileBeginning, put, held, stored } = await openRig();
  failures.push(new CommitFailed('failed', 'once'), new CommitFailed('failed', 'twice'));
  whileBeginning.push(() => put('lost while beginning'));
  put('lost');
  await turns();
  assert.deepEqual(calls, ['pause', 'fill', 'begin', 'pause', 'fill']);
  assert.deepEqual(held(), []);
  assert.throws(() => put('early'), CommitFailed);
  clock.advance(5_000);
  await turns();
  assert.deepEqual(calls, ['pause', 'fill', 'begin', 'pause', 'fill', 'begin']);
  assert.equal(keeper.unready, undefined);
  put('later');
  await turns();
  assert.deepEqual([held(), await stored()], [['later'], ['later']]);
});

test('a rebuild that is due and one that is wanted meanwhile never go on side by side', async () => {
  const { keeper, clock, calls, failures, whileBeginning, put } = await openRig();
  failures.push(new CommitFailed('failed', 'once'), new CommitFailed('failed', 'twice'));
  whileBeginning.push(() => put('lost while beginning'));
  put('lost');
  await turns();
  keeper.onInternalError(new Error('broken'));
  clock.advance(5_000);
  await turns();
  // The timer of the first is gone: the second has its own.
  assert.deepEqual(calls, ['pause', 'fill', 'begin', 'pause', 'fill', 'pause', 'fill']);
  clock.advance(5_000);
  await turns();
  assert.deepEqual(calls.slice(7), ['begin']);
  clock.advance(60_000);
  await turns();
  assert.equal(calls.length, 8);
  assert.equal(keeper.unready, undefined);
});

test('on a full disk memory is filled whole, changes are refused with its words, and after a while all goes on', async () => {
  const { keeper, clock, calls, failures, put, held } = await openRig();
  put('kept');
  await turns();
  const full = new CommitFailed('disk-full', 'the disk is full');
  failures.push(full);
  put('lost');
  await turns();
  assert.deepEqual(held(), ['kept']);
  assert.throws(() => put('refused'), /the disk is full/);
  assert.deepEqual(calls, ['pause', 'fill']);
  await keeper.ledger.store.settled();
  failures.push(full);
  clock.advance(5_000);
  await turns();
  // Still full: nothing is filled anew, since nothing has changed.
  assert.deepEqual(calls, ['pause', 'fill']);
  await keeper.ledger.store.settled();
  clock.advance(5_000);
  await turns();
  assert.deepEqual(calls, ['pause', 'fill', 'begin']);
  put('later');
  assert.deepEqual(held(), ['kept', 'later']);
});

test('memory is readable again once it is filled, before all goes on', async () => {
  const { keeper, calls, failures, put } = await openRig();
  await keeper.readable();
  failures.push(new CommitFailed('failed', 'the test wants it so'));
  put('lost');
  await nextTurn();
  let readable = false;
  void keeper.readable().then(() => {
    readable = true;
    calls.push('readable');
  });
  assert.equal(readable, false);
  await turns();
  assert.deepEqual(
    calls,
    ['pause', 'fill', 'begin', 'readable'].sort((a, b) => calls.indexOf(a) - calls.indexOf(b)),
  );
  assert.ok(calls.indexOf('readable') > calls.indexOf('fill'));
});

test('a keeper that is closed rebuilds nothing more, and nobody waits for it', async () => {
  const { keeper, clock, calls, failures, put } = await openRig();
  failures.push(new CommitFailed('disk-full', 'the disk is full'));
  put('lost');
  await turns();
  keeper.close();
  clock.advance(60_000);
  await turns();
  assert.deepEqual(calls, ['pause', 'fill']);
});

test('a server that leads no more says so: it fills memory once more, refuses every change in those words, and begins nothing', async () => {
  const { keeper, store, clock, calls, fatal, lost, put, held } = await openRig();
  await start(keeper);
  put('kept');
  await turns();
  calls.length = 0;
  await store.commit([{ kind: 'record.put', record: recordOf('of the other') }]);
  lost.resolve(new CommitFailed('not-leading', 'another server has taken over'));
  await turns();
  assert.deepEqual(
    [calls, held()],
    [
      ['pause', 'fill'],
      ['kept', 'of the other'],
    ],
  );
  assert.throws(() => put('refused'), /another server has taken over/);
  assert.match(keeper.unready ?? '', /no longer leads/);
  assert.match(keeper.hold ?? '', /another server has taken over/);
  keeper.onInternalError(new Error('broken'));
  clock.advance(60_000);
  await turns();
  assert.deepEqual(calls.slice(2), ['pause', 'fill']);
  assert.throws(() => put('refused'), /another server has taken over/);
  assert.deepEqual(fatal, []);
});

test('a server whose lead finds no room reads, refuses changes in the words of a full disk, and leads once there is room', async () => {
  const { keeper, store, clock, calls, refusals, put, held } = await openRig();
  const full = new CommitFailed('disk-full', 'the disk is full');
  refusals.push(full, full);
  await start(keeper);
  assert.deepEqual(calls, ['lead', 'fill']);
  await keeper.readable();
  assert.throws(() => put('refused'), /the disk is full/);
  assert.deepEqual([keeper.unready, keeper.hold], [undefined, 'the disk is full']);
  clock.advance(5_000);
  await turns();
  assert.deepEqual(calls.slice(2), ['lead']);
  assert.throws(() => put('refused'), /the disk is full/);
  // Until it leads, what it has read is another's to change.
  await store.commit([{ kind: 'record.put', record: recordOf('of the other') }]);
  clock.advance(5_000);
  await turns();
  assert.deepEqual(calls.slice(3), ['lead', 'fill', 'begin']);
  put('later');
  assert.deepEqual([held(), keeper.hold], [['of the other', 'later'], undefined]);
});

test('while commits are lost nothing begins and no lead is tried again: that is for the operator', async () => {
  const { keeper, clock, calls, refusals, put } = await openRig();
  refusals.push(new CommitFailed('lost-commits', 'what happened since is lost'));
  await start(keeper);
  clock.advance(60_000);
  await turns();
  assert.deepEqual(calls, ['lead', 'fill']);
  assert.throws(() => put('refused'), /what happened since is lost/);
});

test('a lead that is refused for anything else is a start that is refused', async () => {
  const { keeper, refusals } = await openRig();
  refusals.push(new CommitFailed('failed', 'the disk is broken'));
  await assert.rejects(keeper.load(), /the disk is broken/);
});

test('what begins and finds no room for its files is begun again once there is', async () => {
  const { keeper, clock, calls, whileBeginning, put, held } = await openRig();
  whileBeginning.push(() => {
    throw new CommitFailed('disk-full', 'no room for files');
  });
  await start(keeper);
  assert.deepEqual(calls, ['lead', 'fill', 'begin', 'pause', 'fill']);
  assert.throws(() => put('refused'), /no room for files/);
  clock.advance(5_000);
  await turns();
  assert.deepEqual(calls.slice(5), ['begin']);
  put('later');
  assert.deepEqual(held(), ['later']);
});

test('a commit that fails of what is known is told in words, and one of anything else with where it came from', async () => {
  const known = new CommitFailed('disk-full', 'no space left');
  const other = new CommitFailed('failed', 'the test wants it so');
  for (const [failure, details] of [
    [known, { reason: 'disk-full', why: 'no space left' }],
    [other, { err: other }],
  ] as const) {
    const { failures, put, logged } = await openRig();
    failures.push(failure);
    put('lost');
    await turns();
    assert.deepEqual(logged, [details]);
  }
});

test('internal errors that no rebuild mends end the server', async () => {
  const { keeper, fatal } = await openRig();
  for (let error = 0; error < 11; error += 1) keeper.onInternalError(new Error('broken'));
  await turns();
  assert.equal(fatal.length, 1);
});

test('opened, it fills memory with what was loaded, begins, and only then is ready', async () => {
  const { keeper, store, calls, put, held, stored } = await openRig();
  keeper.ledger.refuseChanges(new CommitFailed('failed', 'not yet'));
  const opening = keeper.open(await store.load());
  assert.match(keeper.unready ?? '', /rebuilt/);
  assert.throws(() => put('early'), /not yet/);
  await opening;
  assert.deepEqual([keeper.unready, calls], [undefined, ['fill', 'begin']]);
  put('later');
  await turns();
  assert.deepEqual([held(), await stored()], [['later'], ['later']]);
});

test('a commit that fails while all begins for the first time makes one rebuild, in turn, and the start goes on', async () => {
  const { keeper, store, clock, calls, fatal, failures, whileBeginning, afterwards, put, held } = await openRig();
  failures.push(new CommitFailed('failed', 'the test wants it so'));
  whileBeginning.push(() => put('lost'));
  // Refused, since a commit has failed meanwhile: no reason to end the server.
  afterwards.push(() => put('refused'));
  await keeper.open(await store.load());
  await turns();
  assert.deepEqual([calls, fatal], [['fill', 'begin', 'pause', 'fill'], []]);
  clock.advance(5_000);
  await turns();
  assert.deepEqual([calls.slice(4), fatal, keeper.unready, held()], [['begin'], [], undefined, []]);
});

test('a start that cannot begin is told so', async () => {
  const { keeper, store, fatal, whileBeginning } = await openRig();
  whileBeginning.push(() => {
    throw new Error('broken');
  });
  await assert.rejects(keeper.open(await store.load()), /broken/);
  assert.deepEqual(fatal, []);
});

test('a read waits after a failed commit until nothing of it is in memory, and not until memory is full', async () => {
  const { keeper, calls, failures, whileFilling, put, held } = await openRig();
  failures.push(new CommitFailed('failed', 'the test wants it so'));
  put('lost');
  await keeper.ledger.store.settled().catch(() => {});
  let read: readonly string[] | undefined;
  whileFilling.push(() => {
    keeper.readable().then(() => {
      read = held();
      calls.push('read');
    });
    assert.throws(() => put('early'), CommitFailed);
  });
  keeper.readable().then(() => calls.push('waited'));
  await turns();
  assert.deepEqual([read, calls], [[], ['pause', 'fill', 'waited', 'read', 'begin']]);
});

test('a failure at whatever moment after all has begun makes a rebuild: none is lost, and changes are taken in the end', async () => {
  for (let steps = 0; steps <= 8; steps += 1) {
    const { keeper, clock, calls, afterwards, put, held } = await openRig();
    const failAfter = (left: number) => {
      if (left > 0) queueMicrotask(() => failAfter(left - 1));
      else keeper.onInternalError(new Error('late'));
    };
    afterwards.push(() => queueMicrotask(() => failAfter(steps)));
    keeper.onInternalError(new Error('first'));
    await turns();
    // What fails while all begins is tried again a little later.
    clock.advance(5_000);
    await turns();
    assert.deepEqual(calls, ['pause', 'fill', 'begin', 'pause', 'fill', 'begin'], `${steps} steps after the beginning`);
    assert.equal(keeper.unready, undefined);
    put('later');
    assert.deepEqual(held(), ['later']);
  }
});
