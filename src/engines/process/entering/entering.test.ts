import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { TaskId } from '../../../core/ids.ts';
import { newId } from '../../conformance.ts';
import { givesTerminals } from '../../conformance-terminal.ts';
import type { ContainerSpec } from '../../contract.ts';
import type { CommandRefused, CommandRequest, EnteredCommand } from '../../entered-command.ts';
import type { SandboxKind } from '../host/host-abilities.ts';
import { passesAsOrdinaryUser } from '../testing/ordinary-user.ts';
import { makeTestImage, noImages } from '../testing/test-image.ts';
import { Workbench } from '../testing/workbench.ts';

const limit = { timeout: 240_000 };
const isRoot = process.getuid?.() === 0;
const skipUnlessRoot = isRoot ? false : 'needs root';
const busybox = '/usr/bin/busybox';

/** A job that runs until it is stopped, and says when it does. */
async function running(bench: Workbench, parts: Partial<ContainerSpec> = {}, before = ''): Promise<TaskId> {
  const name = `on-${newId()}`;
  const { taskId } = await bench.start(`${before}\n>${bench.host.shared}/${name}; exec sleep 1000`, parts);
  await bench.host.appears(name);
  return taskId;
}

function enter(bench: Workbench, taskId: TaskId, request: CommandRequest): Promise<EnteredCommand | CommandRefused> {
  assert.ok(bench.engine.enter);
  return bench.engine.enter(taskId, request);
}

async function entered(bench: Workbench, taskId: TaskId, ...command: string[]): Promise<EnteredCommand> {
  const answer = await enter(bench, taskId, { command });
  assert.equal(answer.kind, 'entered', answer.kind === 'refused' ? answer.reason : '');
  return answer as EnteredCommand;
}

/** What became of a command, with `input` to read. */
async function outcome(command: EnteredCommand, input = '') {
  command.stdin.end(input);
  const [stdout, stderr, exitCode] = await Promise.all([text(command.stdout), text(command.stderr), command.ended]);
  return { stdout, stderr, exitCode };
}

async function refusal(bench: Workbench, taskId: TaskId, request: CommandRequest): Promise<string> {
  const answer = await enter(bench, taskId, request);
  assert.equal(answer.kind, 'refused');
  return answer.kind === 'refused' ? answer.reason : '';
}

const namespaces = ['mnt', 'pid', 'ipc', 'uts', 'net', 'user', 'cgroup'];
const sameAsFirst = namespaces.map((kind) => `readlink /proc/$1/ns/${kind} /proc/self/ns/${kind}`).join('\n');

for (const sandbox of ['bubblewrap', 'bubblewrap-root', 'unshare', 'none'] as const) {
  const skip = sandbox === 'bubblewrap-root' ? skipUnlessRoot : false;
  describe(`a command in a job with sandbox ${sandbox}`, { skip }, () => {
    let bench: Workbench;
    before(async () => {
      bench = await Workbench.open({ sandboxes: sandbox === 'none' ? [] : [sandbox] });
    });
    const started: TaskId[] = [];
    after(async () => {
      await Promise.all(started.map((taskId) => bench.stop(taskId)));
      await bench.close();
    });

    async function begin(parts: Partial<ContainerSpec> = {}, first = ''): Promise<TaskId> {
      const taskId = await running(bench, parts, first);
      started.push(taskId);
      return taskId;
    }

    test('is given what it reads, and tells what it writes and with what it ends', limit, async () => {
      const taskId = await begin();
      const echo = await outcome(await entered(bench, taskId, '/bin/sh', '-c', 'cat; echo wrong >&2; exit 7'), 'a\nb');
      assert.deepEqual(echo, { stdout: 'a\nb', stderr: 'wrong\n', exitCode: 7 });
      const killed = await outcome(await entered(bench, taskId, '/bin/sh', '-c', 'kill -9 $$'));
      assert.equal(killed.exitCode, 137);
      const missing = await outcome(await entered(bench, taskId, 'batchyard-no-such-command'));
      assert.equal(missing.exitCode, 127);
    });

    test(
      'is in the namespaces and groups of the first process, with its ids, and no capability left',
      limit,
      async () => {
        const taskId = await begin({}, `echo $$ >${bench.host.shared}/first`);
        const first = readFileSync(join(bench.host.shared, 'first'), 'utf8').trim();
        const script = `${sameAsFirst}\ncat /proc/$1/cgroup; echo -; cat /proc/self/cgroup`;
        const { stdout } = await outcome(await entered(bench, taskId, '/bin/sh', '-c', script, 'sh', first));
        const [pairs = '', groups] = stdout.split('-\n');
        const lines = pairs.split('\n');
        for (const [at, kind] of namespaces.entries()) assert.equal(lines[2 * at], lines[2 * at + 1], kind);
        assert.equal(lines.slice(2 * namespaces.length).join('\n'), groups);
        const status = await outcome(await entered(bench, taskId, '/bin/cat', '/proc/self/status'));
        assert.deepEqual(rightsIn(status.stdout), noRights(sandbox));
      },
    );

    test('has the environment, the directory and the limits of the job, and no descriptor of ours', limit, async () => {
      const parts = {
        environment: { A: "1'2\n3" },
        secrets: { KEY: 'v' },
        ulimits: [{ name: 'nofile', soft: 100, hard: 200 }],
      };
      const taskId = await begin(parts, `env | sort >${bench.host.shared}/env`);
      const seen = await outcome(await entered(bench, taskId, '/bin/sh', '-c', 'env | sort; ulimit -Sn; ulimit -Hn'));
      assert.equal(seen.stdout, `${readFileSync(join(bench.host.shared, 'env'), 'utf8')}100\n200\n`);
      const open = await outcome(await entered(bench, taskId, '/bin/ls', '/proc/self/fd'));
      assert.equal(open.stdout, '0\n1\n2\n3\n', 'the last is that of ls itself');
    });

    test('has a terminal where it asks for one, in a session that it sees, and of whatever size', limit, async () => {
      const taskId = await begin();
      const script =
        'test -t 0 && test -t 2 && echo "$TERM $(stty size) $(($(ps -o sid= -p $$) == $$))"; cat /proc/self/status; until [ "$(stty size)" = "40 100" ]; do sleep 0.02; done; stty size; exit 4';
      const terminal = { columns: 81, rows: 25, type: 'vt100' };
      const answer = await enter(bench, taskId, { command: ['/bin/sh', '-c', script], terminal });
      assert.ok(answer.kind === 'entered', JSON.stringify(answer));
      let seen = '';
      const shown = new Promise<void>((resolve) => {
        answer.stdout.setEncoding('utf8').on('data', (words: string) => {
          seen += words;
          if (seen.includes('nonvoluntary')) resolve();
        });
      });
      await shown;
      assert.match(seen, /^vt100 25 81 1\r\n/);
      assert.deepEqual(rightsIn(seen.replaceAll('\r', '')), noRights(sandbox));
      answer.resize?.({ columns: 100, rows: 40 });
      assert.equal(await answer.ended, 4);
      assert.match(seen, /\n40 100\r\n$/);
    });

    givesTerminals(() => bench);

    test('meets no program of ours with the variables of the job', limit, async () => {
      const taskId = await begin({ environment: { LD_PRELOAD: '/batchyard/none.so', BASH_ENV: '/none' } });
      const { stderr } = await outcome(await entered(bench, taskId, '/bin/true'));
      // Each program that is started with them complains once.
      assert.equal(stderr.match(/cannot be preloaded/g)?.length, 1);
    });

    test('ends when it is told to, with what it started, and when its job ends', limit, async () => {
      const taskId = await begin();
      const script = `sleep 1000 & >${bench.host.shared}/deep; wait`;
      const told = await entered(bench, taskId, '/bin/sh', '-c', script);
      await bench.host.appears('deep');
      told.kill();
      assert.equal((await outcome(told)).exitCode, 137);
      const left = await entered(bench, taskId, '/bin/sh', '-c', 'echo on; exec sleep 1000');
      await once(left.stdout, 'readable');
      await bench.stop(taskId);
      assert.equal((await outcome(left)).exitCode, 137);
      assert.match(await refusal(bench, taskId, { command: ['true'] }), /not running|has ended/);
    });

    test('may name its container, and hears which there are', limit, async () => {
      const taskId = await begin();
      const words = await refusal(bench, taskId, { command: ['true'], container: 'other' });
      assert.equal(words, 'there is no container other; there is c');
      const named = await enter(bench, taskId, { command: ['true'], container: 'c' });
      assert.equal(named.kind === 'entered' && (await outcome(named)).exitCode, 0);
    });
  });
}

const rightNames = ['Uid', 'Gid', 'CapInh', 'CapPrm', 'CapEff', 'CapAmb', 'NoNewPrivs'];
const none = '0'.repeat(16);

/** What the status of a process of the job says that has no right. By `unshare` an ordinary user's is root in name. */
function noRights(sandbox: SandboxKind) {
  const ofUser = sandbox === 'unshare' ? [0, 0] : [process.getuid?.(), process.getgid?.()];
  const [Uid, Gid] = (isRoot ? [65534, 65534] : ofUser).map((id) => Array(4).fill(id).join(' '));
  return { Uid, Gid, CapInh: none, CapPrm: none, CapEff: none, CapAmb: none, NoNewPrivs: '1' };
}

function rightsIn(status: string): Record<string, string> {
  const fields = status.split('\n').map((line) => line.split(':'));
  const found = fields.filter(([name = '']) => rightNames.includes(name));
  return Object.fromEntries(found.map(([name, value = '']) => [name, value.trim().replaceAll('\t', ' ')]));
}

/** Whose shell writes down what it may, and whose programs have capabilities of their own. */
function hostileImage(images: string, shared: string): string {
  const root = join(images, 'hostile');
  for (const directory of ['bin', 'proc', 'dev', 'tmp', 'var/tmp', 'home', 'etc'])
    mkdirSync(join(root, directory), { recursive: true });
  const program = join(root, 'bin/busybox');
  copyFileSync(busybox, program);
  chmodSync(program, 0o4755);
  execFileSync('python3', ['-c', giveCapabilities, program]);
  const note = `while read -r line; do echo "$line"; done </proc/$$/status >${shared}/seen`;
  writeFileSync(join(root, 'bin/sh'), `#!/bin/busybox sh\n${note}\nexec /bin/busybox sh "$@"\n`, { mode: 0o755 });
  return root;
}

/** All of them, permitted and effective (capabilities(7), version 2 of the attribute). */
const giveCapabilities = `import os, struct, sys
os.setxattr(sys.argv[1], 'security.capability', struct.pack('<5I', 0x02000001, 0xffffffff, 0, 0x1ff, 0))`;

test('a hostile image finds no right in the first program that is run in it', {
  ...limit,
  skip: skipUnlessRoot,
}, async () => {
  const images = mkdtempSync(join(tmpdir(), 'batchyard-images-'));
  try {
    chmodSync(images, 0o755);
    const bench = await Workbench.open({ sandboxes: ['bubblewrap'] });
    try {
      const root = hostileImage(images, bench.host.shared);
      await bench.restart({ sandboxes: ['bubblewrap'], rootFilesystems: { hostile: { directory: root } } });
      const script = `>${bench.host.shared}/ready; exec /bin/busybox sleep 1000`;
      const { taskId } = await bench.start('', { image: 'hostile', command: ['/bin/busybox', 'sh', '-c', script] });
      await bench.host.appears('ready');
      const command = await entered(bench, taskId, '/bin/busybox', 'true');
      const { exitCode, stderr } = await outcome(command);
      assert.equal(exitCode, 0, stderr);
      const seen = readFileSync(join(bench.host.shared, 'seen'), 'utf8');
      assert.deepEqual(rightsIn(seen), noRights('bubblewrap'));
      await bench.stop(taskId);
    } finally {
      await bench.close();
    }
  } finally {
    rmSync(images, { recursive: true, force: true });
  }
});

test('a command in a container of an image begins where its job began, as the same user of the image and without rights', {
  ...limit,
  skip: noImages,
}, async () => {
  const bench = await Workbench.open();
  const files = { 'etc/passwd': 'worker:x:1000:1001::/home/worker:/bin/sh\n' };
  const config = { user: 'worker', workingDirectory: '/opt/app', environment: ['COLOUR=red'] };
  const imageRoot = makeTestImage(join(bench.host.root, 'image'), { files, config });
  const taskId = await running(bench, { imageRoot }, 'echo written >/opt/app/file');
  const script =
    'pwd; id -u; id -g; echo $HOME $COLOUR; cat file; grep -E "^(CapEff|NoNewPrivs)" /proc/self/status; ls -d /home/job';
  const { stdout } = await outcome(await entered(bench, taskId, 'sh', '-c', script));
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+/, ' '));
  const rights = ['CapEff: 0000000000000000', 'NoNewPrivs: 1'];
  assert.deepEqual(lines, ['/opt/app', '1000', '1001', '/home/worker red', 'written', ...rights]);
  await bench.stop(taskId);
  await bench.engine.release(taskId);
  await bench.close();
});

test('a command that is root of the image it enters changes none of the sandbox’s mounts', {
  ...limit,
  skip: noImages,
}, async () => {
  const bench = await Workbench.open();
  const imageRoot = makeTestImage(join(bench.host.root, 'image'), {
    programs: ['sh', 'sleep', 'mount', 'umount', 'id'],
  });
  const kept = join(bench.host.shared, 'kept');
  mkdirSync(kept);
  chmodSync(kept, 0o777);
  const mounts = [
    { source: bench.host.shared, target: bench.host.shared, readOnly: false },
    { source: kept, target: '/kept', readOnly: true },
  ];
  const taskId = await running(bench, { imageRoot, mounts, readonlyRootFilesystem: true });
  const script =
    'id -u; for d in / /kept; do mount -o remount,rw,bind $d; (: >$d/new) && echo $d; done; umount /kept && echo gone';
  const { stdout } = await outcome(await entered(bench, taskId, 'sh', '-c', script));
  assert.equal(stdout, '0\n');
  await bench.stop(taskId);
  await bench.engine.release(taskId);
  await bench.close();
});

for (const sandbox of ['bubblewrap', 'unshare'] as const) {
  const parts = { ipc: 'task', pid: 'task' } as const;
  test(
    `a command in a job with sandbox ${sandbox} whose containers share IPC and processes sees what they see`,
    limit,
    async () => {
      const bench = await Workbench.open({ sandboxes: [sandbox] });
      const ready = join(bench.host.shared, 'first');
      const script = `echo $$ >${ready}.new; mv ${ready}.new ${ready}; exec sleep 1000`;
      const task = { ...bench.host.task(script), ...parts };
      await bench.engine.start(task);
      await bench.host.appears('first');
      const first = readFileSync(ready, 'utf8').trim();
      const seen = await outcome(await entered(bench, task.taskId, '/bin/sh', '-c', sameAsFirst, 'sh', first));
      const lines = seen.stdout.trim().split('\n');
      assert.equal(lines.length, 2 * namespaces.length, seen.stderr);
      for (const [at, kind] of namespaces.entries()) assert.equal(lines[2 * at], lines[2 * at + 1], kind);
      const status = await outcome(await entered(bench, task.taskId, '/bin/cat', '/proc/self/status'));
      assert.deepEqual(rightsIn(status.stdout), noRights(sandbox));
      await bench.stop(task.taskId);
      await bench.close();
    },
  );
}

test('a server of an ordinary user enters its jobs the same way', {
  timeout: 200_000,
  skip: isRoot ? false : 'this is one',
}, async () => {
  await passesAsOrdinaryUser(import.meta.filename, 20);
});
