import assert from 'node:assert/strict';
import type { Store } from '../contract.ts';
import { type StoreHome, storeTest } from './home.ts';
import { putMessage, putSentBefore } from './samples.ts';

async function places(store: Store): Promise<string[]> {
  const messages = await store.reads.messageSlice({ limit: 100 });
  return messages.map(({ queue, id, content, receives }) => `${queue}/${id} ${content} ${receives}`);
}

async function contents(store: Store, ...numbers: number[]): Promise<string[]> {
  return (await store.reads.messageContents(numbers)).map(({ body }) => body);
}

export function messageTests(home: () => Promise<StoreHome>): void {
  storeTest('messages come by queue and number, whole, slice by slice', home, async (store) => {
    const whole = putMessage(2, 5, { group: 'é "g"', source: 'arn', visibleAt: 7, nonce: 2 ** 47, firstAt: 3 });
    await store.commit([whole, putMessage(1, 9), putMessage(1, 3)]);
    assert.deepEqual(await store.reads.messageSlice({ limit: 2 }), [
      putMessage(1, 3).message,
      putMessage(1, 9).message,
    ]);
    assert.deepEqual(await store.reads.messageSlice({ after: { queue: 1, id: 9 }, limit: 2 }), [whole.message]);
    assert.deepEqual(await store.reads.messageContents([9, 4, 5]), [putMessage(1, 9).content, whole.content]);
    assert.equal(await store.reads.lastMessageNumber(), 9);
  });

  storeTest('a lease changes what a receive changes, and only where the message still is', home, async (store) => {
    const lease = { visibleAt: 50, receives: 2, firstAt: 40, nonce: 77 };
    await store.commit([putMessage(1, 1), { kind: 'message.lease', queue: 1, id: 1, ...lease }]);
    await store.commit([{ kind: 'message.lease', queue: 1, id: 2, ...lease }]);
    assert.deepEqual(await store.reads.messageSlice({ limit: 9 }), [{ ...putMessage(1, 1).message, ...lease }]);
  });

  storeTest('a message that moves keeps its content, and goes with it in the end', home, async (store) => {
    const to = { ...putMessage(2, 8).message, content: 1, source: 'q' };
    await store.commit([putMessage(1, 1), { kind: 'message.move', from: { queue: 1, id: 1 }, to }]);
    await store.commit([{ kind: 'message.move', from: { queue: 1, id: 1 }, to: { ...to, id: 9 } }]);
    assert.deepEqual([await places(store), await contents(store, 1)], [['2/8 1 0'], ['body 1']]);
    await store.commit([{ kind: 'message.delete', queue: 1, id: 1, content: 1 }]);
    assert.deepEqual(await contents(store, 1), ['body 1']);
    await store.commit([{ kind: 'message.delete', queue: 2, id: 8, content: 1 }]);
    assert.deepEqual([await places(store), await contents(store, 1)], [[], []]);
  });

  storeTest('a queue is cleared from its front, up to a number and a limit', home, async (store) => {
    await store.commit([1, 2, 3, 4].map((id) => putMessage(1, id)));
    await store.commit([putMessage(2, 5)]);
    await store.commit([{ kind: 'message.clear', queue: 1, through: 3, limit: 2 }]);
    assert.deepEqual(
      [await places(store), await contents(store, 1, 2, 3)],
      [['1/3 3 0', '1/4 4 0', '2/5 5 0'], ['body 3']],
    );
    await store.commit([{ kind: 'message.clear', queue: 1, through: 3, limit: 9 }]);
    assert.deepEqual(await places(store), ['1/4 4 0', '2/5 5 0']);
  });

  storeTest('what was sent before is known by queue and key until it is taken away', home, async (store) => {
    await store.commit([
      putSentBefore(1, 'b'),
      putSentBefore(1, 'a', 3),
      putSentBefore(2, 'a'),
      putSentBefore(1, 'b', 4),
    ]);
    const keys = async () => {
      const slice = await store.reads.sentBeforeSlice({ limit: 9 });
      return slice.map(({ queue, key, until }) => `${queue}/${key} ${until}`);
    };
    assert.deepEqual(await keys(), ['1/a 3', '1/b 4', '2/a 9']);
    assert.deepEqual(await store.reads.sentBeforeSlice({ after: { queue: 1, key: 'a' }, limit: 1 }), [
      putSentBefore(1, 'b', 4).record,
    ]);
    await store.commit([{ kind: 'sentBefore.delete', queue: 2, key: 'a' }]);
    await store.commit([{ kind: 'sentBefore.clear', queue: 1, limit: 1 }]);
    assert.deepEqual(await keys(), ['1/b 4']);
  });
}
