import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Logger } from '../core/logger.ts';
import { SystemRandom } from '../core/random.ts';
import type { Gateway } from '../gateway/index.ts';
import { JobListener } from './job-listener.ts';

function rig(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'listener-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const warnings: string[] = [];
  const note = (_details: object, message: string) => warnings.push(message);
  const logger: Logger = { debug: () => {}, info: () => {}, warn: note, error: note };
  const listened: number[] = [];
  const gateway = {
    listen: async ({ host, port }: { readonly host: string; readonly port: number }) => {
      const socket = createServer();
      await Promise.all([once(socket, 'listening'), socket.listen({ host, port })]);
      socket.close();
      await once(socket, 'close');
      listened.push(port);
      return { host, port, url: `http://${host}:${port}` };
    },
  } as unknown as Gateway;
  const start = async () => {
    const listener = new JobListener({ gateway, directory, random: new SystemRandom(), logger });
    await listener.listen();
    return listener;
  };
  return { file: join(directory, 'job-listener.json'), listened, warnings, start };
}

test('the port of the first start is that of all later ones, and none that goes to connections that go out', async (t) => {
  const { start, file, listened, warnings } = rig(t);
  const first = await start();
  await first.listen();
  const { port } = JSON.parse(readFileSync(file, 'utf8'));
  assert.ok(port >= 16_384 && port <= 32_767);
  assert.equal((await start()).url, `http://127.0.0.1:${port}`);
  assert.deepEqual([listened, warnings], [[port, port], []]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('where another program has the port a further one is taken and kept, and the log says who loses by it', async (t) => {
  const { start, file, warnings } = rig(t);
  await start();
  const { port } = JSON.parse(readFileSync(file, 'utf8'));
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { url } = await start();
  assert.notEqual(url, `http://127.0.0.1:${port}`);
  assert.match(warnings.join(), /another program has the port .* those that run already get nothing more/);
  other.close();
  await once(other, 'close');
  assert.equal((await start()).url, url);
});

test('a file that says no port, or is none, costs the port and nothing else', async (t) => {
  const { start, file, warnings } = rig(t);
  for (const content of ['', '{', '{"formatVersion":1,"port":70000}', '{"formatVersion":2,"port":2000}']) {
    writeFileSync(file, content);
    await start();
    assert.equal(JSON.parse(readFileSync(file, 'utf8')).formatVersion, 1, content);
  }
  assert.deepEqual(warnings, []);
  rmSync(file);
  mkdirSync(file);
  await start();
  assert.match(warnings.join(), /should be a file/);
  assert.equal(JSON.parse(readFileSync(file, 'utf8')).formatVersion, 1);
});
