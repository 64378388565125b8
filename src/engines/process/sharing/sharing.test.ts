import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { TaskId } from '../../../core/ids.ts';
import type { EndedEvent } from '../../conformance.ts';
import { newId } from '../../conformance.ts';
import type { ContainerSpec, TaskSpec } from '../../contract.ts';
import { noPython } from '../testing/node-acts.ts';
import type { HostOptions } from '../testing/test-host.ts';
import { Workbench } from '../testing/workbench.ts';

const limit = { timeout: 60_000 };
const isRoot = process.getuid?.() === 0;

/** A task of two containers, `a` and `b`, of which `b` is a side-car, each with its script. */
function pair(
  bench: Workbench,
  modes: Pick<TaskSpec, 'ipc' | 'pid'>,
  a: string,
  b: string,
  parts: Partial<ContainerSpec> = {},
): TaskSpec {
  const taskId = newId();
  const shell = (name: string, script: string) => bench.host.shell(taskId, script, { ...parts, name });
  const containers = [shell('a', a), { ...shell('b', b), essential: false }];
  return { formatVersion: 1, taskId, label: 'test', containers, stopGrace: 10_000, ...modes };
}

async function runPair(
  bench: Workbench,
  ...given: Parameters<typeof pair> extends [unknown, ...infer Rest] ? Rest : never
): Promise<EndedEvent> {
  const task = pair(bench, ...given);
  const result = await bench.engine.start(task);
  assert.equal(result, 'accepted', JSON.stringify(result));
  return bench.log.ended(task.taskId);
}

function codesOf(end: EndedEvent): (number | string | undefined)[] {
  return end.containers.map(({ exitCode, reason }) => exitCode ?? reason);
}

const until = (what: string) => `until ${what}; do sleep 0.02; done`;

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

    test('with pid task see each other, and one ends the other', limit, async () => {
      const id = newId();
      const a = `echo $$ >${shared(`${id}.a`)}; exec sleep 1000`;
      const b = `${until(`[ -s ${shared(`${id}.a`)} ]`)}; read -r pid <${shared(`${id}.a`)}
        tr '\\0' ' ' </proc/$pid/cmdline >${shared(`${id}.seen`)}; kill -TERM $pid`;
      const end = await runPair(bench, { pid: 'task' }, a, b);
      assert.deepEqual(codesOf(end), [143, 0], JSON.stringify(end));
      assert.match(readFileSync(shared(`${id}.seen`), 'utf8'), /^(sleep 1000|\/bin\/sh)/);
    });

    test('without it see only their own', limit, async () => {
      const id = newId();
      const count = 'set -- /proc/[0-9]*; echo $#';
      const a = `${until(`[ -e ${shared(`${id}.b`)} ]`)}; ${count} >${shared(`${id}.n`)}`;
      const end = await runPair(bench, {}, a, `sleep 1000 & >${shared(`${id}.b`)}; wait`);
      assert.equal(codesOf(end)[0], 0);
      assert.ok(Number(readFileSync(shared(`${id}.n`), 'utf8')) <= 2, 'its first process, and at most the sandbox’s');
    });

    test(
      'with pid task have a first process that takes in orphans, ends for no job and shows none its files',
      limit,
      async () => {
        const id = newId();
        const a = `( ( sleep 0.1 & ) ); ${until(`[ ! -e /proc/1/status ] || ! grep -q zombie /proc/[0-9]*/status`)}
        sleep 0.3; cat /proc/[0-9]*/status 2>/dev/null | grep -c zombie >${shared(`${id}.zombies`)}
        kill -KILL 1; kill -STOP 1; ls /proc/1/root/ >${shared(`${id}.root`)} 2>&1
        grep State /proc/1/status >${shared(`${id}.state`)}; grep Cap /proc/self/status >${shared(`${id}.caps`)}; exit 5`;
        const end = await runPair(bench, { pid: 'task' }, a, 'exec sleep 1000');
        assert.deepEqual(codesOf(end), [5, 143], JSON.stringify(end));
        assert.equal(readFileSync(shared(`${id}.zombies`), 'utf8'), '0\n');
        assert.match(readFileSync(shared(`${id}.state`), 'utf8'), /\tS /);
        assert.match(readFileSync(shared(`${id}.root`), 'utf8'), /Permission denied/);
        assert.match(readFileSync(shared(`${id}.caps`), 'utf8'), /CapPrm:\t0+\nCapEff:\t0+\n/);
      },
    );

    test('with pid task leave nothing behind, whoever has left his session', limit, async () => {
      const id = newId();
      const a = `setsid sh -c 'while :; do >${shared(`${id}.lives`)}; sleep 0.02; done' & ${until(`[ -e ${shared(`${id}.lives`)} ]`)}`;
      const end = await runPair(bench, { pid: 'task' }, a, 'exec sleep 1000');
      assert.deepEqual(codesOf(end), [0, 143], JSON.stringify(end));
      const fresh = shared(`${id}.lives`);
      rmSync(fresh);
      const other = await bench.run('sleep 0.2');
      assert.equal(other.containers[0]?.exitCode, 0);
      assert.ok(!existsSync(fresh), 'somebody still writes it');
    });

    test('with pid task keep no way into the pipes of whatever runs next', { timeout: 20_000 }, async () => {
      const id = newId();
      const a = `echo $$ >${shared(`${id}.a`)}; ${until(`[ -e ${shared(`${id}.held`)} ]`)}`;
      const b = `${until(`[ -s ${shared(`${id}.a`)} ]`)}; read -r pid <${shared(`${id}.a`)}
        exec 5</proc/$pid/fd/1; >${shared(`${id}.held`)}; ${until('[ "$(stat -c %h - <&5)" = 0 ]')}; exit 5`;
      const task = pair(bench, { pid: 'task' }, a, b);
      const containers = task.containers.map((each) => ({ ...each, essential: each.name === 'b' }));
      await bench.engine.start({ ...task, containers });
      assert.deepEqual(codesOf(await bench.log.ended(task.taskId)), [0, 5]);
    });

    test('with pid task end when they are stopped, each by its own signal', limit, async () => {
      const id = newId();
      const script = (name: string) => `trap 'exit 7' TERM; >${shared(`${id}.${name}`)}; while :; do sleep 0.02; done`;
      const task = pair(bench, { pid: 'task' }, script('a'), script('b'));
      await bench.engine.start(task);
      await Promise.all([bench.host.appears(`${id}.a`), bench.host.appears(`${id}.b`)]);
      await bench.engine.stop(task.taskId, 10_000);
      assert.deepEqual(codesOf(await bench.log.ended(task.taskId)), [7, 7]);
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

    test('may share both, and a command beside them is where they are', {
      ...limit,
      skip: isRoot ? false : 'only root enters sandboxes',
    }, async () => {
      const id = newId();
      const on = (name: string) => `>${shared(`${id}.${name}`)}; while :; do sleep 1; done; # ${name}-runs`;
      const task = pair(bench, { ipc: 'task', pid: 'task' }, on('a'), on('b'));
      await bench.engine.start(task);
      await Promise.all(['a', 'b'].map((name) => bench.host.appears(`${id}.${name}`)));
      const seen = await commandIn(
        bench,
        task.taskId,
        'cat /proc/[0-9]*/cmdline | tr "\\0" " "; readlink /proc/self/ns/ipc',
      );
      assert.match(seen, /a-runs.*b-runs|b-runs.*a-runs/s);
      const [usage] = await bench.engine.usage([task.taskId]);
      assert.equal(typeof usage === 'object' && usage.containers.length, 2);
      await bench.stop(task.taskId);
    });

    test('share with the host only where its operator allows it', limit, async () => {
      const refused = await bench.engine.start(pair(bench, { pid: 'host' }, 'true', 'true'));
      assert.match(JSON.stringify(refused), /failed.*process\.hostNamespaces/);
      await bench.restart({ ...options, hostNamespaces: true });
      const id = newId();
      const script = `[ -e /proc/${process.pid}/cmdline ] && tr '\\0' ' ' </proc/${process.pid}/cmdline >${shared(`${id}.host`)}; readlink /proc/self/ns/ipc >${shared(`${id}.ipc`)}`;
      const end = await runPair(bench, { pid: 'host', ipc: 'host' }, script, 'exec sleep 1000');
      assert.deepEqual(codesOf(end), [0, 143], JSON.stringify(end));
      assert.match(readFileSync(shared(`${id}.host`), 'utf8'), /node/);
      assert.equal(readFileSync(shared(`${id}.ipc`), 'utf8').trim(), ipcOfHost());
    });
  });
}

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

function ipcOfHost(): string {
  return readlinkSync('/proc/self/ns/ipc');
}

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

async function commandIn(bench: Workbench, taskId: TaskId, script: string): Promise<string> {
  const answer = await bench.engine.enter?.(taskId, { command: ['/bin/sh', '-c', script] });
  assert.equal(answer?.kind, 'entered', JSON.stringify(answer));
  if (answer?.kind !== 'entered') return '';
  answer.stdin.end();
  return text(answer.stdout);
}
