import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeFollower } from './change-follower.ts';
import type { Changed, Live, Session } from './messages.ts';
import type { Sent } from './sent.ts';

const signedIn = { kind: 'signed-in', region: 'us-east-1' } as Session;

/** A server that is asked for streams, and time. */
class World {
  readonly told: (Live | Changed)[] = [];
  readonly follower: ChangeFollower;
  #asked = Promise.withResolvers<Asked>();
  #pauses: { ms: number; signal: AbortSignal; over: () => void }[] = [];

  constructor() {
    this.follower = new ChangeFollower({
      source: {
        stream: (_call, signal, tell) => {
          const { promise, resolve } = Promise.withResolvers<Sent>();
          signal.addEventListener('abort', () => resolve(failed(0)));
          const asked = this.#asked;
          this.#asked = Promise.withResolvers();
          asked.resolve({
            tell: (type, value = {}) => tell({ type, value, isException: false }),
            end: resolve,
            signal,
          });
          return promise;
        },
      },
      tellLive: (live) => this.told.push(live),
      tellChanged: (changed) => this.told.push(changed),
      pause: (ms, signal) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        signal.addEventListener('abort', () => resolve());
        this.#pauses.push({ ms, signal, over: resolve });
        return promise;
      },
    });
  }

  /** The next stream that is asked for. */
  asked(): Promise<Asked> {
    return this.#asked.promise;
  }

  /** Lets the one pause that goes on end, and answers its length. */
  async passes(ms: number): Promise<void> {
    for (;;) {
      const pause = this.#pauses.find((each) => each.ms === ms && !each.signal.aborted);
      this.#pauses = this.#pauses.filter((each) => each !== pause);
      if (pause) return pause.over();
      await new Promise(setImmediate);
    }
  }
}

interface Asked {
  tell(type: string, value?: unknown): void;
  end(sent: Sent): void;
  readonly signal: AbortSignal;
}

const failed = (status: number): Sent => ({ kind: 'failure', failure: { code: 'x', message: 'x', status } });
const changed: Changed = { region: 'us-east-1', services: ['batch'], jobs: ['a'] };

test('while somebody is signed in, what changes is told, and nothing after the end', async () => {
  const world = new World();
  const asked = world.asked();
  world.follower.enter(signedIn);
  const { tell, signal } = await asked;
  tell('hello');
  tell('changed', changed);
  tell('heartbeat');
  world.follower.enter({ kind: 'signed-out' });
  assert.ok(signal.aborted);
  tell('changed', changed);
  assert.deepEqual(world.told, ['live', changed, 'off']);
});

test('a stream that breaks is asked for again, later each time; one that comes to its end at once', async () => {
  const world = new World();
  let asked = world.asked();
  world.follower.enter(signedIn);
  (await asked).end(failed(0));
  for (const wait of [2_000, 4_000, 5_000, 5_000]) {
    asked = world.asked();
    await world.passes(wait);
    (await asked).end(failed(500));
  }
  asked = world.asked();
  await world.passes(5_000);
  const stream = await asked;
  stream.tell('hello');
  asked = world.asked();
  stream.end({ kind: 'value', value: undefined });
  (await asked).tell('hello');
  assert.deepEqual(world.told, ['down', 'live', 'live']);
});

test('of a server that is silent another stream is asked; one that refuses is left alone', async () => {
  const world = new World();
  let asked = world.asked();
  world.follower.enter(signedIn);
  (await asked).tell('hello');
  await world.passes(40_000);
  asked = world.asked();
  await world.passes(1_000);
  (await asked).end(failed(403));
  await new Promise(setImmediate);
  assert.deepEqual(world.told, ['live', 'down', 'off']);
});
