import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { DescribeJobQueuesCommand } from '@aws-sdk/client-batch';
import { registerShell } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { runToEnd } from './yard.ts';

/** Opens `count` connections that say nothing. Answers those that the server has let live. */
async function idle(test: TestContext, url: string, count: number): Promise<Set<Socket>> {
  const alive = new Set<Socket>();
  test.after(() => {
    for (const socket of alive) socket.destroy();
  });
  for (let opened = 0; opened < count; opened++) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    alive.add(socket);
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => alive.delete(socket));
    await once(socket, 'connect').catch(() => {}); // The server may close it first.
  }
  return alive;
}

for (const files of [64, 256, 1_024]) {
  test(`with ${files} open files, more idle connections than that take nothing from requests and jobs`, async (t) => {
    const server = await ServerProcess.start(t, [], { files });
    const alive = await idle(t, server.url, files + 100);
    const clients = clientsOf(server);
    t.after(() => clients.close());
    const { jobQueues } = await clients.batch.send(new DescribeJobQueuesCommand({}));
    assert.equal(jobQueues?.length, 1);
    const definition = await registerShell(clients.batch, { name: 'files', script: 'echo hello' });
    const ends = await Promise.all(Array.from({ length: 4 }, () => runToEnd(clients.batch, definition)));
    assert.deepEqual(
      ends.map(({ status }) => status),
      Array(4).fill('SUCCEEDED'),
    );
    assert.ok(alive.size > 0 && alive.size <= files / 2, `${alive.size} idle connections`);
    assert.ok(server.isRunning);
    assert.match(server.log, /idle connections were closed to make room/);
  });
}
