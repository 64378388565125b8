import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SystemClock } from '../core/clock.ts';
import type { CompiledOptions } from './compiled-options.ts';
import { chooseDefaultEngine } from './engines.ts';

function choose(engine: Partial<CompiledOptions['engine']>, recorded?: 'process' | 'mock', sockets: string[] = []) {
  const docker = { sockets, privileged: false, pull: 'missing', cpuQuota: false } as const;
  return chooseDefaultEngine({ engine, docker } as unknown as CompiledOptions, recorded, new SystemClock());
}

/** Answers as a daemon does that can do nothing else. */
async function withDaemon(status: number, use: (socket: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'daemon-'));
  const socket = join(directory, 'docker.sock');
  const server = createServer((_request, response) => response.writeHead(status).end('OK'));
  await once(server.listen(socket), 'listening');
  try {
    await use(socket);
  } finally {
    server.close();
    rmSync(directory, { recursive: true });
  }
}

test('the default engine is the one asked for, else that of the first start, else processes', async () => {
  assert.equal(await choose({ kind: 'mock' }, 'process'), 'mock');
  assert.equal(await choose({}, 'mock'), 'mock');
  assert.equal(await choose({}), 'process');
});

test('where a daemon answers at the first start containers are the default, unless they are not enabled', async () => {
  await withDaemon(200, async (socket) => {
    assert.equal(await choose({}, undefined, ['/nowhere/docker.sock', socket]), 'docker');
    assert.equal(await choose({}, 'process', [socket]), 'process');
    assert.equal(await choose({ enabled: ['process', 'mock'] }, undefined, [socket]), 'process');
  });
  await withDaemon(500, async (socket) => assert.equal(await choose({}, undefined, [socket]), 'process'));
});

test('a default engine that is not enabled is refused with words', async () => {
  assert.equal(await choose({ enabled: ['process', 'mock'] }, 'mock'), 'mock');
  await assert.rejects(
    choose({ enabled: ['mock'] }),
    /engine process is this installation's default.*engines\.enabled/,
  );
  await assert.rejects(choose({ enabled: ['process'] }, 'mock'), /engine mock is this installation's default/);
});
