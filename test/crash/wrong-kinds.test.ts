import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { effort } from '../support/effort.ts';
import { registerShell, submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { waitForEnd, waitForStatus } from '../support/wait.ts';
import { linesOf } from './lines.ts';

type Damage = (path: string) => void;

const replace = (make: Damage) => (path: string) => {
  rmSync(path, { recursive: true });
  make(path);
};

const kinds: Record<string, Damage> = {
  'a link to nowhere': replace((path) => symlinkSync('/nonexistent/x', path)),
  'a pipe': replace((path) => execFileSync('mkfifo', [path])),
  'of the other kind': (path) =>
    lstatSync(path).isDirectory()
      ? replace((at) => writeFileSync(at, 'x'))(path)
      : replace((at) => mkdirSync(join(at, 'inner'), { recursive: true }))(path),
};

const contents: Record<string, Damage> = {
  gone: (path) => rmSync(path, { recursive: true }),
  empty: (path) => truncateSync(path),
  null: (path) => writeFileSync(path, 'null'),
  'half of it': (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  zeros: (path) => writeFileSync(path, Buffer.alloc(statSync(path).size)),
  'much too long': (path) =>
    writeFileSync(path, `${readFileSync(path, 'latin1')}${'\n{"a":'.repeat(100_000)}`, 'latin1'),
};

/** Where a damage is refused in words instead (the key, the database), or of no matter (what each start makes anew). */
const leftOut = /^(store\.sqlite|root-credentials)|(code-cache|fifos|scratch)\//;

function objectsIn(data: string): string[] {
  return readdirSync(data, { recursive: true, withFileTypes: true })
    .map((entry) => relative(data, join(entry.parentPath, entry.name)))
    .filter((path) => !leftOut.test(path))
    .toSorted();
}

/** Each object is damaged in one way of its kind, or in the long tier in every way that there is. */
function damagesOf(path: string, index: number): [string, Damage][] {
  const all = Object.entries(kinds);
  if (effort <= 1) return [all[index % all.length] ?? assert.fail()];
  return lstatSync(path).isFile() ? [...all, ...Object.entries(contents)] : all;
}

test('a server starts, ends what ran, reads what it has and runs jobs with any one object of its data directory replaced', async (t) => {
  const server = await ServerProcess.start(t);
  const clients = clientsOf(server);
  t.after(clients.close);
  const { batch } = clients;
  await registerShell(batch, { name: 'said', script: 'for i in 1 2 3; do echo line $i; done' });
  const ended = await submit(batch, 'said');
  await waitForEnd(batch, ended);
  await registerShell(batch, { name: 'held', script: 'echo ran; sleep 1000' });
  const running = await submit(batch, 'held');
  await waitForStatus(batch, running, 'RUNNING');
  await server.kill();
  await server.killRunners();
  const { dataDirectory } = server;
  const whole = join(server.root, 'whole');
  execFileSync('cp', ['-a', dataDirectory, whole]);
  const segments = objectsIn(whole).filter((path) => path.endsWith('.seg'));
  const ofEnded = segments.find((path) => readFileSync(join(whole, path)).includes('line 1')) ?? assert.fail();

  for (const [index, path] of objectsIn(whole).entries()) {
    for (const [what, damage] of damagesOf(join(whole, path), index)) {
      await t.test(`${path.replaceAll(/[0-9a-f-]{32,}/g, '<id>')}: ${what}`, async () => {
        rmSync(dataDirectory, { recursive: true });
        execFileSync('cp', ['-a', whole, dataDirectory]);
        damage(join(dataDirectory, path));
        const saidBefore = server.log.length;
        try {
          await server.restart(['--moved']);
          assert.equal((await waitForEnd(batch, running)).status, 'FAILED');
          const next = await submit(batch, 'said');
          assert.equal((await waitForEnd(batch, next)).status, 'SUCCEEDED');
          assert.deepEqual(await linesOf(clients, next), ['line 1', 'line 2', 'line 3']);
          const isOnItsWay =
            path === ofEnded || ofEnded.startsWith(`${path}/`) || path.startsWith(`${dirname(ofEnded)}/`);
          const lines = await linesOf(clients, ended);
          if (!isOnItsWay) assert.deepEqual(lines, ['line 1', 'line 2', 'line 3']);
          assert.doesNotMatch(server.log.slice(saidBefore), /\n\s+at |\\n {4}at /, 'no stack is in the log');
        } finally {
          await server.kill();
          await server.killRunners();
        }
      });
    }
  }
});
