import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { callDaemon } from '../../core/docker-daemon.fixture.ts';
import { EventLog, newId } from '../conformance.ts';
import { codesOf, pair, sharesNamespaces, shareWithHost, until, waits } from '../conformance-sharing.ts';
import type { Engine } from '../contract.ts';
import { DockerHost, type HostOptions, productSkips } from './testing/docker-host.ts';

const limit = { timeout: 240_000 };

for (const product of ['docker', 'podman'] as const) {
  describe(`containers of a task on ${product}`, productSkips[product], () => {
    let host: DockerHost;
    let engine: Engine;
    let log: EventLog;
    let epoch = 0;
    before(async () => {
      host = await DockerHost.create(product);
      await open();
    });
    after(async () => {
      log?.close();
      await engine?.close();
      await host?.dispose();
    });

    async function open(options: HostOptions = {}): Promise<void> {
      log?.close();
      await engine?.close();
      epoch += 1;
      engine = await host.open(epoch, undefined, options);
      log = new EventLog(engine);
    }
    const bench = () => ({ engine, log, host });
    const shared = (name: string) => join(host.shared, name);
    const containers = async () =>
      (JSON.parse(await callDaemon(host.daemon.socket, 'GET', '/containers/json?all=1')) as { Names: string[] }[])
        .flatMap(({ Names }) => Names)
        .join();

    sharesNamespaces(bench);

    test('share /dev/shm of the largest size that one of them asks for', limit, async () => {
      const task = pair(bench(), { ipc: 'task' }, 'df -k /dev/shm | awk "NR>1 {print \\$2}"', waits);
      const sized = task.containers.map((each, index) => ({ ...each, sharedMemoryMiB: [8, 16][index] ?? 0 }));
      await engine.start({ ...task, containers: sized });
      await log.ended(task.taskId);
      assert.deepEqual(await host.text(task.taskId), ['16384']);
      await engine.release(task.taskId);
    });

    test('share what they share after the server was killed, and leave nothing that holds it', limit, async () => {
      const id = newId();
      const a = `>${shared(`${id}.on`)}; ${until(`[ -e ${shared(`${id}.go`)} ]`)}`;
      const task = pair(bench(), { pid: 'task', ipc: 'task' }, a, 'tr "\\0" " " </proc/1/cmdline');
      const [first, second] = task.containers;
      assert.ok(first && second);
      const dependsOn = [{ container: 'a', condition: 'COMPLETE' }] as const;
      await engine.start({
        ...task,
        containers: [
          { ...first, essential: false },
          { ...second, essential: true, dependsOn },
        ],
      });
      await host.appears(`${id}.on`);
      assert.match(await containers(), new RegExp(`${task.taskId}-hold`));
      await open();
      writeFileSync(shared(`${id}.go`), '');
      assert.deepEqual(codesOf(await log.ended(task.taskId)), [0, 0]);
      assert.deepEqual(await host.text(task.taskId), [`/hold ${task.taskId} `]);
      assert.doesNotMatch(await containers(), new RegExp(task.taskId));
      await engine.release(task.taskId);
    });

    test('leave nothing that holds what they would have shared when one of them cannot start', limit, async () => {
      const task = pair(bench(), { pid: 'task' }, 'true', 'true', { privileged: true });
      await engine.start(task);
      assert.equal((await log.ended(task.taskId)).cause, 'failed-to-start');
      assert.doesNotMatch(await containers(), new RegExp(task.taskId));
      await engine.release(task.taskId);
    });

    test('that is a node of a multi-node job share as well', limit, async () => {
      const id = newId();
      const file = shared(id);
      const a = `echo $$ >${file}; exec sleep 1000`;
      const b = `${until(`[ -s ${file} ]`)}; read -r pid <${file}; kill -TERM $pid; sleep 1000`;
      const task = pair(bench(), { pid: 'task', ipc: 'task' }, a, b);
      await engine.start({ ...task, gang: { gang: task.taskId, size: 1, index: 0 } });
      assert.equal(codesOf(await log.ended(task.taskId))[0], 143);
      assert.doesNotMatch(await containers(), new RegExp(task.taskId));
      await engine.release(task.taskId);
    });

    test('share with the host only where its operator allows it', limit, async () => {
      const refused = await engine.start(pair(bench(), { pid: 'host' }, 'true', 'true'));
      assert.match(JSON.stringify(refused), /failed.*hostNamespaces/);
      await open({ hostNamespaces: true });
      await shareWithHost(bench());
    });
  });
}
