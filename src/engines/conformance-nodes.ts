import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { TaskId } from '../core/ids.ts';
import { limit, type NodeActs, newId, outcome, type Stage, stateOf } from './conformance-stage.ts';
import type { ContainerSpec, TaskSpec } from './contract.ts';

/** A gang whose nodes are started one by one. */
class Gang {
  readonly #stage: Stage;
  readonly #acts: NodeActs;
  readonly #ids: readonly TaskId[];
  readonly #started = new Set<TaskId>();

  constructor(stage: Stage, acts: NodeActs, size: number) {
    this.#stage = stage;
    this.#acts = acts;
    this.#ids = Array.from({ length: size }, newId);
  }

  id(index: number): TaskId {
    return this.#ids[index] ?? assert.fail(`the gang has no node ${index}`);
  }

  /** Answers the address of the listener. */
  async listen(index: number): Promise<string> {
    await this.#start(index, this.#acts.listener(this.id(index)));
    await this.#stage.world.ready(this.id(index));
    return this.address(index);
  }

  /** Whether the node of that index reaches the listener `other` at `address`; it has ended then. */
  async reaches(index: number, other: TaskId, address: string): Promise<boolean> {
    await this.#start(index, this.#acts.caller(this.id(index), other, address));
    const { exitCode, reason } = outcome(await this.#stage.log.ended(this.id(index)));
    assert.ok(exitCode === 0 || exitCode === 1, reason ?? `exit code ${exitCode}`);
    return exitCode === 0;
  }

  async address(index: number): Promise<string> {
    const running = await this.#stage.log.running(this.id(index));
    assert.ok(running.kind === 'running' && running.address !== undefined, 'the node has no address');
    return running.address;
  }

  async end(index: number): Promise<void> {
    await this.#stage.engine.stop(this.id(index), 0);
    await this.#stage.log.ended(this.id(index));
    await this.#stage.engine.release(this.id(index));
  }

  /** Ends all that have been started; nothing of their network may be left. */
  async endAll(): Promise<void> {
    for (const [index, taskId] of this.#ids.entries()) if (this.#started.has(taskId)) await this.end(index);
    assert.deepEqual(await this.#acts.leftOf([...this.#started]), []);
  }

  task(index: number, container: ContainerSpec): TaskSpec {
    const gang = { gang: this.id(0), size: this.#ids.length, index };
    return {
      formatVersion: 1,
      taskId: this.id(index),
      label: 'node',
      containers: [container],
      stopGrace: 60_000,
      gang,
    };
  }

  async #start(index: number, container: ContainerSpec): Promise<void> {
    assert.equal(await this.#stage.engine.start(this.task(index, container)), 'accepted');
    this.#started.add(this.id(index));
  }
}

/** The rules of engines that run nodes of multi-node jobs. */
export function joinsNodes(stage: Stage): void {
  const gangTest = (name: string, body: (gangOf: (size: number) => Gang, acts: NodeActs) => Promise<void>) =>
    test(name, limit, async (context: TestContext) => {
      const { nodes: acts } = stage.world;
      if (!(await stage.engine.describe()).capabilities.nodes) context.skip('it runs no nodes');
      else if (!acts) assert.fail('its world has nothing that nodes do');
      else await body((size) => new Gang(stage, acts, size), acts);
    });

  gangTest('nodes of a gang have distinct addresses, and reach each other by them', async (gangOf) => {
    const gang = gangOf(4);
    const [first, second] = [await gang.listen(0), await gang.listen(1)];
    assert.match(first, /^\d+\.\d+\.\d+\.\d+$/);
    assert.ok(await gang.reaches(2, gang.id(0), first));
    assert.ok(await gang.reaches(3, gang.id(1), second));
    assert.equal(new Set([first, second, await gang.address(2), await gang.address(3)]).size, 4);
    await gang.endAll();
  });

  gangTest('a task that is no node has no address', async () => {
    const { taskId } = await stage.run({ kind: 'exit', code: 0 });
    await stage.log.ended(taskId);
    assert.ok(!('address' in (await stage.log.running(taskId))));
  });

  gangTest('the end of a node leaves the others as they are', async (gangOf) => {
    const gang = gangOf(4);
    const [first] = [await gang.listen(0), await gang.listen(1)];
    await gang.end(1);
    assert.ok(await gang.reaches(2, gang.id(0), first));
    assert.equal(await stateOf(stage.engine, gang.id(0)), 'running');
    await gang.endAll();
  });

  gangTest('the network of a gang is there until its last node has ended, whichever that is', async (gangOf) => {
    const gang = gangOf(3);
    const [, second] = [await gang.listen(0), await gang.listen(1)];
    await gang.end(0);
    assert.ok(await gang.reaches(2, gang.id(1), second));
    await gang.endAll();
  });

  gangTest('two gangs at once do not meet', async (gangOf) => {
    const [one, other] = [gangOf(3), gangOf(3)];
    const [address, others] = [await one.listen(0), await other.listen(0)];
    assert.ok(await one.reaches(1, one.id(0), address));
    assert.ok(await other.reaches(1, other.id(0), others));
    await one.endAll();
    assert.ok(await other.reaches(2, other.id(0), others));
    await other.endAll();
  });

  gangTest('nodes that begin at once are in one network', async (gangOf) => {
    const gang = gangOf(6);
    await Promise.all([0, 1, 2].map((index) => gang.listen(index)));
    const calls = [3, 4, 5].map(async (index) =>
      gang.reaches(index, gang.id(index - 3), await gang.address(index - 3)),
    );
    assert.deepEqual(await Promise.all(calls), [true, true, true]);
    await gang.endAll();
  });

  gangTest(
    'the next server is told the addresses again, and its nodes reach those of the one before',
    async (gangOf) => {
      const gang = gangOf(3);
      const [address, ended] = [await gang.listen(0), await gang.listen(1)];
      await stage.engine.stop(gang.id(1), 0);
      await stage.log.ended(gang.id(1));
      await stage.restartServer();
      assert.deepEqual([await gang.address(0), await gang.address(1)], [address, ended]);
      assert.ok(await gang.reaches(2, gang.id(0), address));
      await gang.endAll();
    },
  );

  gangTest(
    'when the engine dies nothing is left of its networks, and the addresses of lost nodes are told',
    async (gangOf, acts) => {
      const gang = gangOf(2);
      const [first, second] = [await gang.listen(0), await gang.listen(1)];
      await stage.world.crashEngine();
      for (const index of [0, 1]) assert.equal((await stage.log.ended(gang.id(index))).cause, 'lost');
      assert.deepEqual([await gang.address(0), await gang.address(1)], [first, second]);
      assert.deepEqual(await acts.leftOf([gang.id(0), gang.id(1)]), []);
      await stage.restartServer();
      assert.deepEqual([await gang.address(0), await gang.address(1)], [first, second]);
      await gang.endAll();
    },
  );

  gangTest('a node that is stopped before or while it starts ends, and leaves nothing', async (gangOf, acts) => {
    const gang = gangOf(2);
    const start = stage.engine.start(gang.task(1, acts.listener(gang.id(1))));
    await stage.engine.stop(gang.id(1), 0);
    assert.ok(['accepted', 'tombstone'].includes(String(await start)));
    assert.equal((await stage.log.ended(gang.id(1))).cause, 'stopped');
    await stage.engine.release(gang.id(1));
    assert.deepEqual(await acts.leftOf([gang.id(1)]), []);
  });
}
