import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { callDaemon } from '../../core/docker-daemon.fixture.ts';
import type { TaskId } from '../../core/ids.ts';
import { EventLog, newId, outcome } from '../conformance.ts';
import type { ContainerSpec, Engine, TaskSpec } from '../contract.ts';
import { DockerHost, productSkips } from './testing/docker-host.ts';

const limit = { timeout: 120_000 };

/** Answers with the name of the server, and the token that came. */
async function listener(
  t: TestContext,
  name: string,
  port = 0,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => response.end(`${name} ${request.headers.authorization}\n`));
  t.after(() => server.close());
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  return { server, port: address.port };
}

/** As a tool without any SDK fetches credentials. */
const fetched = (port: number, host = '127.0.0.1') =>
  `wget -q -O - --header "Authorization: $TOKEN" http://${host}:${port}/`;

for (const product of ['docker', 'podman'] as const) {
  describe(`a node on ${product}`, productSkips[product], () => {
    let host: DockerHost;
    let engine: Engine;
    let log: EventLog;
    let epoch = 0;
    before(async () => {
      host = await DockerHost.create(product);
      await openServer();
    });
    after(async () => {
      log.close();
      await engine.close();
      await host.dispose();
    });

    async function openServer(): Promise<void> {
      epoch += 1;
      engine = await host.open(epoch);
      log = new EventLog(engine);
    }

    function node(
      gang: TaskId,
      index: number,
      port: number,
      ...containers: readonly Partial<ContainerSpec>[]
    ): TaskSpec {
      const taskId = index === 0 ? gang : newId();
      return {
        ...{ formatVersion: 1, taskId, label: 'node', stopGrace: 1000 },
        containers: containers.map((parts) =>
          host.shell(taskId, '', { environment: { TOKEN: `token-${index}` }, ...parts }),
        ),
        ...{ gang: { gang, size: 2, index }, jobListener: { port } },
      };
    }

    async function start(task: TaskSpec): Promise<TaskSpec> {
      assert.equal(await engine.start(task), 'accepted');
      return task;
    }

    async function said({ taskId }: TaskSpec): Promise<string[]> {
      const { exitCode } = outcome(await log.ended(taskId));
      const lines = await host.text(taskId);
      assert.equal(exitCode, 0, lines.join('\n'));
      await engine.release(taskId);
      return lines;
    }

    const shell = (script: string) => ({ command: ['/bin/sh', '-c', script] });
    /** It says `up`, and goes on with `then` once it is told to. */
    const waiting = (id: string, then: string) =>
      shell(`>${host.shared}/up-${id}; until [ -e ${host.shared}/go-${id} ]; do sleep 0.05; done; ${then}`);
    const goOn = (id: string) => writeFileSync(join(host.shared, `go-${id}`), '');

    test('comes to the listener for jobs where any task does, and by no other node', limit, async (t) => {
      const { port } = await listener(t, 'jobs');
      const gang = newId();
      const main = await start(node(gang, 0, port, waiting('main', fetched(port))));
      const beside = await start(
        node(gang, 1, port, shell(`exec 2>&1; ${fetched(port, 'node-0')} || echo none; ${fetched(port)}`)),
      );
      const [refused, ...answers] = await said(beside);
      assert.match(refused ?? '', /10\.231\.\d+\.10\): Connection refused/);
      assert.deepEqual(answers, ['none', 'jobs token-1']);
      goOn('main');
      assert.deepEqual(await said(main), ['jobs token-0']);
    });

    test('comes to it after the server was killed, by the one that follows', limit, async (t) => {
      const { server, port } = await listener(t, 'old');
      const task = await start(node(newId(), 0, port, waiting('away', `until ${fetched(port)}; do sleep 0.05; done`)));
      await host.appears('up-away');
      server.close();
      log.close();
      await host.crashServer(engine);
      await openServer();
      await listener(t, 'new', port);
      goOn('away');
      assert.equal((await said(task)).at(-1), 'new token-0');
    });

    test('has one network for all of its containers', limit, async () => {
      const task = node(
        newId(),
        0,
        1,
        { name: 'server', essential: false, ...shell('exec nc -ll -p 80 -e echo heard') },
        {
          name: 'client',
          dependsOn: [{ container: 'server', condition: 'START' }],
          ...shell('until nc 127.0.0.1 80 </dev/null | grep heard; do sleep 0.05; done'),
        },
      );
      await start(task);
      await log.ended(task.taskId);
      assert.ok((await host.text(task.taskId)).includes('heard'));
      await engine.release(task.taskId);
    });

    test('leaves nothing, though the server was killed before any of it ran', limit, async () => {
      const names = async () =>
        (JSON.parse(await callDaemon(host.daemon.socket, 'GET', '/networks')) as { Name: string }[]).map(
          ({ Name }) => Name,
        );
      const before = await names();
      const labels = { 'batchyard.installation': host.installation, 'batchyard.gang': newId() };
      const subnet = (third: number) => ({ Config: [{ Subnet: `10.232.${third}.0/24` }] });
      const create = (Name: string, Labels: object, third: number) =>
        callDaemon(host.daemon.socket, 'POST', '/networks/create', { Name, Labels, IPAM: subnet(third) });
      await create('left', labels, 1);
      await create('other', { ...labels, 'batchyard.installation': 'another' }, 2);
      log.close();
      await host.crashServer(engine);
      await openServer();
      while ((await names()).includes('left')) await nextTurn();
      assert.deepEqual((await names()).sort(), [...before, 'other'].sort());
    });
  });
}
