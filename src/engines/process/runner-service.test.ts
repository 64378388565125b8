import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { newId } from '../conformance.ts';
import { encodeMessage, protocolVersion, type RunnerMessage, type ServerMessage } from './protocol.ts';
import type { RunnerService } from './runner-service.ts';
import { ContainerBench } from './testing/container-bench.ts';

/** A server's end of a connection: what it says is heard at once. */
class Server extends Socket {
  #text = '';
  #onHeard: () => void = () => {};

  constructor(service: RunnerService) {
    super();
    service.accept(this);
  }

  say(message: ServerMessage): void {
    this.emit('data', encodeMessage(message));
  }

  override write(text: string | Uint8Array): boolean {
    this.#text += String(text);
    this.#onHeard();
    return true;
  }

  get heard(): RunnerMessage[] {
    return this.#text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  /** Resolves once a task has ended. */
  async hearsEnd(): Promise<void> {
    while (!this.heard.some((message) => message.kind === 'event' && message.event.kind === 'ended')) {
      await new Promise<void>((resolve) => {
        this.#onHeard = resolve;
      });
    }
  }
}

test('a server that comes while the network of a node is made hears which GPUs are that node’s', async () => {
  const bench = await ContainerBench.open('bubblewrap');
  const { service, config } = bench.runnerService();
  const hello = (epoch: number) =>
    ({
      kind: 'hello',
      protocol: protocolVersion,
      installationId: bench.host.installation,
      epoch,
      config,
    }) as ServerMessage;
  const first = new Server(service);
  first.say(hello(1));
  const task = bench.host.task('true', { command: [], mounts: [], gpus: 1 });
  const node = { ...task, gang: { gang: newId(), size: 1, index: 0 }, gpus: ['a'] };
  first.say({ kind: 'start', id: 1, task: node });
  const second = new Server(service);
  second.say(hello(2));
  const welcome = second.heard.find(({ kind }) => kind === 'welcome');
  assert.ok(welcome?.kind === 'welcome');
  assert.deepEqual(welcome.tasks, [{ taskId: task.taskId, state: 'running', gpus: ['a'] }]);
  await second.hearsEnd();
  for (const server of [first, second]) server.destroy();
  service.close();
  await bench.close();
});
