import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { newId } from '../../conformance.ts';
import {
  codesOf,
  heedsNoEnd,
  pair,
  runPair,
  sharesNamespaces,
  shareWithHost,
  until,
} from '../../conformance-sharing.ts';
import { noPython } from '../testing/node-acts.ts';
import type { HostOptions } from '../testing/test-host.ts';
import { makeTestImage, noImages } from '../testing/test-image.ts';
import { Workbench } from '../testing/workbench.ts';

const limit = { timeout: 240_000 };
const isRoot = process.getuid?.() === 0;

for (const sandbox of ['bubblewrap', 'bubblewrap-root', 'unshare'] as const) {
  const skip = sandbox === 'bubblewrap-root' && !isRoot ? 'only root can' : false;
  describe(`containers of a task in sandbox ${sandbox}`, { skip }, () => {
    let bench: Workbench;
    const options: HostOptions = { sandboxes: [sandbox], isolation: 'required' };
    before(async () => {
      bench = await Workbench.open(options);
    });
    after(() => bench.close());

    const shared = (name: string) => join(bench.host.shared, name);

    sharesNamespaces(() => bench);

    test('with pid task have a first process that shows none its files, and no rights', limit, async () => {
      const id = newId();
      const look = `ls /proc/1/root/ >${shared(`${id}.root`)} 2>&1; grep Cap /proc/self/status >${shared(`${id}.caps`)}`;
      // The other has begun by then: one that has not has no exit code.
      const a = `${look}; ${until(`[ -e ${shared(`${id}.on`)} ]`)}; exit 5`;
      const end = await runPair(bench, { pid: 'task' }, a, `>${shared(`${id}.on`)}; exec sleep 1000`);
      assert.deepEqual(codesOf(end), [5, 143], JSON.stringify(end));
      assert.match(readFileSync(shared(`${id}.root`), 'utf8'), /Permission denied/);
      assert.match(readFileSync(shared(`${id}.caps`), 'utf8'), /CapPrm:\t0+\nCapEff:\t0+\n/);
    });

    test('with pid task keep no way into the pipes of whatever runs next', limit, async () => {
      const id = newId();
      const a = `echo $$ >${shared(`${id}.a`)}; ${until(`[ -e ${shared(`${id}.held`)} ]`)}`;
      const b = `${until(`[ -s ${shared(`${id}.a`)} ]`)}; read -r pid <${shared(`${id}.a`)}
        exec 5</proc/$pid/fd/1; >${shared(`${id}.held`)}; ${until('[ "$(stat -c %h - <&5)" = 0 ]')}; exit 5`;
      const task = pair(bench, { pid: 'task' }, a, b);
      const containers = task.containers.map((each) => ({ ...each, essential: each.name === 'b' }));
      await bench.engine.start({ ...task, containers });
      assert.deepEqual(codesOf(await bench.log.ended(task.taskId)), [0, 5]);
    });

    test('with pid task end with their runner', limit, async () => {
      const id = newId();
      const script = `setsid sh -c '>${shared(`${id}.on`)}; while :; do sleep 0.02; done' & wait`;
      const task = pair(bench, { pid: 'task' }, script, 'exec sleep 1000');
      await bench.engine.start(task);
      await bench.host.appears(`${id}.on`);
      await bench.host.crashEngine();
      const end = await bench.log.ended(task.taskId);
      assert.equal(end.cause, 'lost');
      assert.deepEqual(livingWith(`${id}.on`), []);
    });

    test('with ipc task have System V and POSIX memory in common, and without it have not', {
      ...limit,
      skip: noPython,
    }, async () => {
      for (const ipc of ['task', undefined] as const) {
        const id = newId();
        const write = `python3 -c '${writeMemory}' && >${shared(`${id}.written`)} && ${until(`[ -e ${shared(`${id}.read`)} ]`)}`;
        const read = `${until(`[ -e ${shared(`${id}.written`)} ]`)}; python3 -c '${readMemory}' >${shared(`${id}.out`)}; mv ${shared(`${id}.out`)} ${shared(`${id}.read`)}; sleep 1000`;
        const end = await runPair(bench, ipc ? { ipc } : {}, write, read);
        assert.equal(codesOf(end)[0], 0, JSON.stringify(end));
        const said = readFileSync(shared(`${id}.read`), 'utf8');
        assert.equal(said, ipc ? 'hello hello\n' : 'none none\n');
      }
    });

    test('share with the host only where its operator allows it', limit, async () => {
      const refused = await bench.engine.start(pair(bench, { pid: 'host' }, 'true', 'true'));
      assert.match(JSON.stringify(refused), /failed.*hostNamespaces/);
      await bench.restart({ ...options, hostNamespaces: true });
      await shareWithHost(bench);
    });
  });
}

test('containers of images share processes, whoever runs in them', {
  ...limit,
  skip: isRoot ? noImages : 'an ordinary user needs a newer bubblewrap for it',
}, async () => {
  const bench = await Workbench.open({ sandboxes: ['bubblewrap'] });
  try {
    const id = newId();
    const file = join(bench.host.shared, id);
    const a = `id -u >${file}.root; echo $$ >${file}; exec sleep 1000`;
    const b = `${heedsNoEnd}${until(`[ -s ${file} ]`)}; read -r pid <${file}; ${until('grep -q ^sleep /proc/$pid/cmdline')}
      id -u >${file}.user; cat /proc/$pid/cmdline >${file}.seen; ${until(`[ -e ${file}.entered ]`)}; kill -TERM $pid`;
    const task = pair(bench, { pid: 'task' }, a, b);
    const containers = task.containers.map((container) => {
      const user = container.name === 'a' ? {} : { user: '1000:1000' };
      const imageRoot = makeTestImage(join(bench.host.dataDirectory, `image-${container.name}`), { config: user });
      return { ...container, image: `an/image-${container.name}`, imageRoot };
    });
    assert.equal(await bench.engine.start({ ...task, containers }), 'accepted');
    await bench.host.appears(`${id}.seen`);
    const look = ['sh', '-c', `read -r pid <${file}; id -u; cat /proc/$pid/cmdline`];
    const command = await bench.engine.enter?.(task.taskId, { command: look, container: 'b' });
    assert.ok(command?.kind === 'entered', JSON.stringify(command));
    assert.equal(await text(command.stdout), '1000\nsleep\x001000\0');
    writeFileSync(`${file}.entered`, '');
    const end = await bench.log.ended(task.taskId);
    assert.deepEqual(codesOf(end), [143, 0], JSON.stringify(end));
    const said = ['root', 'user', 'seen'].map((name) => readFileSync(`${file}.${name}`, 'utf8').replaceAll('\0', ' '));
    assert.deepEqual(said, ['0\n', '1000\n', 'sleep 1000 ']);
  } finally {
    await bench.close();
  }
});

test('a container of an image sees the processes of the host where its operator allows it', {
  ...limit,
  skip: noImages,
}, async () => {
  const bench = await Workbench.open({ sandboxes: ['bubblewrap'], hostNamespaces: true });
  try {
    const task = pair(bench, { pid: 'host' }, `[ -e /proc/${process.pid}/stat ]`, 'true');
    const imageRoot = makeTestImage(join(bench.host.dataDirectory, 'image'));
    const containers = task.containers.map((container) => ({ ...container, image: 'an/image', imageRoot }));
    assert.equal(await bench.engine.start({ ...task, containers }), 'accepted');
    assert.equal(codesOf(await bench.log.ended(task.taskId))[0], 0);
  } finally {
    await bench.close();
  }
});

test('nodes in a network of their own share as well', { ...limit }, async (t) => {
  const bench = await Workbench.open({ sandboxes: ['bubblewrap'], gangNetwork: 'auto' });
  try {
    const { isolation } = await bench.engine.describe();
    if (!isolation.includes('in networks of their own')) t.skip(isolation);
    const id = newId();
    const file = join(bench.host.shared, id);
    const a = `echo $$ >${file}; exec sleep 1000`;
    const b = `${until(`[ -s ${file} ]`)}; read -r pid <${file}; kill -TERM $pid; cat /etc/hosts >${file}.hosts`;
    const task = pair(bench, { pid: 'task', ipc: 'task' }, a, b);
    await bench.engine.start({ ...task, gang: { gang: task.taskId, size: 1, index: 0 } });
    assert.equal(codesOf(await bench.log.ended(task.taskId))[0], 143);
  } finally {
    await bench.close();
  }
});

test('without a sandbox all is the host’s, and nothing is refused', limit, async () => {
  const bench = await Workbench.open({ isolation: 'none' });
  try {
    const end = await runPair(bench, { pid: 'task', ipc: 'host' }, 'true', 'exec sleep 1000');
    assert.equal(codesOf(end)[0], 0, JSON.stringify(end));
  } finally {
    await bench.close();
  }
});

test('in bubblewrap containers of different users cannot share processes, in words', {
  ...limit,
  skip: isRoot ? false : 'only root runs jobs of several users',
}, async () => {
  const bench = await Workbench.open({ sandboxes: ['bubblewrap'] });
  try {
    const task = pair(bench, { pid: 'task' }, 'true', 'true');
    const containers = task.containers.map((container, index) => ({ ...container, user: String(1000 + index) }));
    await bench.engine.start({ ...task, containers });
    const end = await bench.log.ended(task.taskId);
    assert.match(end.containers[0]?.reason ?? '', /different users cannot share/);
  } finally {
    await bench.close();
  }
});

/** Writes a System V segment and a POSIX one. */
const writeMemory = `import ctypes
c = ctypes.CDLL(None, use_errno=True)
c.shmat.restype = ctypes.c_void_p
i = c.shmget(0x4242, 64, 0o1600)
assert i >= 0, ctypes.get_errno()
ctypes.memmove(c.shmat(i, None, 0), b"hello", 6)
open("/dev/shm/batchyard-test", "w").write("hello")`;

const readMemory = `import ctypes, os
c = ctypes.CDLL(None, use_errno=True)
c.shmat.restype = ctypes.c_void_p
i = c.shmget(0x4242, 64, 0)
v = ctypes.string_at(c.shmat(i, None, 0)).decode() if i >= 0 else "none"
p = "/dev/shm/batchyard-test"
print(v, open(p).read() if os.path.exists(p) else "none")`;

/** Command lines of living processes that hold the text. */
function livingWith(words: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^[0-9]+$/.test(pid)) return [];
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return line.includes(words) ? [line] : [];
    } catch {
      return [];
    }
  });
}
