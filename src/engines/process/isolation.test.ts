import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { TaskId } from '../../core/ids.ts';
import { type EndedEvent, outcome } from '../conformance.ts';
import { EngineUnavailable } from '../contract.ts';
import { forgetCgroups, prepareCgroups, probeCgroups } from './host/cgroup-probe.ts';
import { swapAbilities } from './host/cgroups.ts';
import { sharedScratch } from './host/host-probe.ts';
import { TestHost } from './testing/test-host.ts';
import { Workbench } from './testing/workbench.ts';

const limit = { timeout: 240_000 };
const isRoot = process.getuid?.() === 0;
const skipUnlessRoot = isRoot ? false : 'this server is not root';

function refusal(ended: EndedEvent): string {
  assert.equal(ended.cause, 'failed-to-start');
  assert.equal(outcome(ended).exitCode, undefined);
  return outcome(ended).reason ?? '';
}

for (const sandbox of ['bubblewrap', 'bubblewrap-root', 'unshare', 'none'] as const) {
  const skip = sandbox === 'bubblewrap-root' ? skipUnlessRoot : false;
  describe(`what a job with sandbox ${sandbox} is given`, { skip }, () => {
    let bench: Workbench;
    before(async () => {
      bench = await Workbench.open({ sandboxes: sandbox === 'none' ? [] : [sandbox] });
    });
    after(() => bench.close());

    test('is PATH, HOME and what its definition gives, and nothing of the server', limit, async () => {
      const lines = await bench.lines('env | sort', { environment: { A: "1'2\n3", EMPTY: '' }, secrets: { KEY: 'v' } });
      const names = lines.flatMap((line) => /^([A-Za-z_]\w*)=/.exec(line)?.[1] ?? []).filter((name) => name !== 'PWD');
      assert.deepEqual(names, ['A', 'EMPTY', 'HOME', 'KEY', 'PATH']);
      assert.ok(lines.includes("A=1'2") && lines.includes('3') && lines.includes('KEY=v'));
    });

    test('is its secrets in memory alone: no file and no command line holds them', limit, async () => {
      const secret = randomBytes(16).toString('hex');
      const script = `[ \${#TOKEN} = 32 ] && >${bench.host.shared}/has-secret; exec sleep 1000`;
      const task = await bench.start(script, { secrets: { TOKEN: secret } });
      await bench.host.appears('has-secret');
      assert.deepEqual(commandLinesWith(secret), []);
      assert.equal(filesWith(secret, bench.host.root), '');
      await bench.stop(task.taskId);
      assert.equal(filesWith(secret, bench.host.root), '');
    });

    test('is a home of its own, empty and writable, where it begins', limit, async () => {
      const lines = await bench.lines('[ "$(pwd)" = "$HOME" ] && ls -A && echo x >file && cat file');
      assert.deepEqual(lines, ['x']);
    });

    test('is no capability, and no way to get one', limit, async () => {
      const lines = await bench.lines("grep -E '^(CapEff|CapPrm|CapInh|NoNewPrivs)' /proc/self/status");
      assert.deepEqual(
        lines.map((line) => line.replace(/\s+/, ' ')),
        ['CapInh: 0000000000000000', 'CapPrm: 0000000000000000', 'CapEff: 0000000000000000', 'NoNewPrivs: 1'],
      );
    });

    test('is as much swap as memory where its definition says nothing of swap', limit, async (t) => {
      if (!(await probedCgroups(bench)).limit) return t.skip('this host limits no swap');
      const group = (hierarchy: string) => `$(sed -n 's/^[0-9]*:${hierarchy}://p' /proc/self/cgroup)`;
      const [old, swap] = [`memory${group('memory')}/memory.memsw.limit_in_bytes`, `${group('')}/memory.swap.max`];
      const script = `cd /sys/fs/cgroup; if [ -e ./${old} ]; then cat ./${old}; else cat ./${swap}; fi`;
      const [bytes] = await bench.lines(script, { memoryMiB: 64 });
      const isOld = existsSync('/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes');
      assert.equal(bytes, String((isOld ? 128 : 64) * 1024 ** 2));
    });

    test('is swap beyond its memory where the host can limit it, and words where it cannot', limit, async () => {
      const ended = await bench.run(':', { swap: { maximumMiB: 16, swappiness: 10 } });
      assert.equal(outcome(ended).exitCode, 0);
      const host = await probedCgroups(bench);
      const words = ended.notes.flatMap((note) => /^(maxSwap|swappiness) has no effect/.exec(note)?.[1] ?? []);
      assert.deepEqual(words, [...(host.limit ? [] : ['maxSwap']), ...(host.swappiness ? [] : ['swappiness'])]);
    });

    test('is another user than root', { ...limit, skip: skipUnlessRoot }, async () => {
      assert.deepEqual(await bench.lines('id -u; id -g; id -G'), ['65534', '65534', '65534']);
      assert.deepEqual(await bench.lines('id -u; id -g', { user: '1234:4321' }), ['1234', '4321']);
      assert.match(refusal(await bench.run(':', { user: '0' })), /jobs never run so/);
      assert.match(refusal(await bench.run(':', { user: 'root' })), /jobs never run so/);
      assert.match(refusal(await bench.run(':', { user: 'no-such-user' })), /unable to find user no-such-user/);
    });

    test('is the ulimits it asks for, and words where they cannot be', limit, async () => {
      const ulimits = [
        { name: 'nofile', soft: 100, hard: 200 },
        { name: 'core', soft: 0, hard: 0 },
      ];
      assert.deepEqual(await bench.lines('ulimit -Sn; ulimit -Hn; ulimit -c', { ulimits }), ['100', '200', '0']);
      const above = [{ name: 'nofile', soft: 1, hard: 2 ** 40 }];
      assert.match(
        refusal(await bench.run(':', { ulimits: above })),
        /nofile: hard limit 1099511627776 is above this host’s|is above this host's/,
      );
      const unknown = [{ name: 'bogus', soft: 1, hard: 1 }];
      assert.match(refusal(await bench.run(':', { ulimits: unknown })), /ulimit bogus is unknown/);
    });

    test('is mounts of allowed paths, read-only if asked', limit, async () => {
      const source = join(bench.host.shared, 'mounted');
      mkdirSync(source, { recursive: true });
      writeFileSync(join(source, 'file'), 'content\n');
      const mount = { source, target: source, readOnly: true };
      const lines = await bench.lines(`cat ${source}/file; echo x 2>/dev/null >${source}/new || echo refused`, {
        mounts: [mount],
      });
      const expected = sandbox === 'none' ? ['content'] : ['content', 'refused'];
      const seen = lines.filter((line) => !line.includes('cannot create'));
      assert.deepEqual(seen.slice(0, expected.length), expected);
    });

    test('is a missing mount source, made for its user', limit, async () => {
      const source = join(bench.host.shared, 'made', 'deep');
      const mounts = [{ source, target: source, readOnly: false }];
      assert.equal(outcome(await bench.run(`echo x >${source}/file`, { mounts })).exitCode, 0);
      assert.equal(readFileSync(join(source, 'file'), 'utf8'), 'x\n');
    });

    test('is no mount outside hostPaths, of the data directory, or through a link', limit, async () => {
      const link = join(bench.host.shared, 'link');
      if (!existsSync(link)) symlinkSync('/etc', link);
      const mount = (source: string) => ({ mounts: [{ source, target: source, readOnly: true }] });
      assert.match(refusal(await bench.run(':', mount('/etc'))), /host path \/etc may not be mounted/);
      assert.match(refusal(await bench.run(':', mount(link))), /may not be mounted/);
      assert.match(
        refusal(await bench.run(':', mount(`${bench.host.shared}/../data`))),
        /data directory, which is never mounted/,
      );
      assert.match(refusal(await bench.run(':', mount('relative'))), /mount/);
      assert.equal(statSync('/etc').isDirectory(), true);
    });

    test('is no privilege and no command that only the image knows', limit, async () => {
      assert.match(refusal(await bench.run(':', { privileged: true })), /no privileged containers/);
      assert.match(refusal(await bench.run(':', { command: [] })), /no command/);
    });

    if (sandbox === 'none') {
      test('is words where it asks for what needs a sandbox', limit, async () => {
        const scratchMounts = [{ volume: 'work', target: '/work', readOnly: false }];
        assert.match(
          refusal(await bench.run(':', { scratchMounts })),
          /volume needs a host path.*volume work has none/,
        );
        const temporaryFileSystems = [{ target: '/work', sizeMiB: 1 }];
        assert.match(refusal(await bench.run(':', { temporaryFileSystems })), /tmpfs needs a sandbox/);
        const { notes } = await bench.run(':', { sharedMemoryMiB: 8 });
        assert.match(notes.join('\n'), /sharedMemorySize has no effect/);
      });
      return;
    }

    test('is a volume of its own, empty at first, shared by its containers and gone after its end', limit, async () => {
      const { host } = bench;
      const first = host.task(
        'until [ -e "$HOME/vol/from-second" ]; do sleep 0.01; done; cat "$HOME/vol/from-second"; ls -A "$HOME/vol"',
        { scratchMounts: [{ volume: 'work', target: '/home/job/vol', readOnly: true }] },
      );
      const second = host.shell(first.taskId, 'echo hello >$HOME/v/draft; mv $HOME/v/draft $HOME/v/from-second', {
        name: 'second',
        essential: false,
        scratchMounts: [{ volume: 'work', target: '/home/job/v', readOnly: false }],
        log: {
          ...(first.containers[0]?.log ?? assert.fail()),
          stream: `${first.taskId}-2`,
        },
      });
      await bench.engine.start({ ...first, containers: [...first.containers, second] });
      const ended = await bench.log.ended(first.taskId);
      assert.deepEqual(
        ended.containers.map(({ exitCode }) => exitCode),
        [0, 0],
      );
      assert.deepEqual(await host.text(first.taskId), ['hello', 'from-second']);
      await bench.engine.release(first.taskId);
      assert.deepEqual(scratchLeftBy(first.taskId, host), []);
      const scratchMounts = [{ volume: 'work', target: '/home/job/vol', readOnly: false }];
      assert.deepEqual(await bench.lines('ls -A vol; echo x >vol/y && ls vol', { scratchMounts }), ['y']);
    });

    test('is a volume that cannot be written to where it asks for it read-only', limit, async () => {
      const scratchMounts = [{ volume: 'work', target: '/home/job/vol', readOnly: true }];
      const lines = await bench.lines('( : >vol/file ) 2>/dev/null || echo refused', { scratchMounts });
      assert.deepEqual(lines, ['refused']);
    });

    test('is shared memory of the size it asks for', limit, async () => {
      const [size = ''] = await bench.lines("df -k /dev/shm | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2", {
        sharedMemoryMiB: 5,
      });
      assert.equal(size, '5120');
      assert.deepEqual(await bench.lines('echo x >/dev/shm/a && cat /dev/shm/a', { sharedMemoryMiB: 5 }), ['x']);
    });

    test('is tmpfs with the mount options it asks for, and words for the others', limit, async () => {
      const script = `for d in open closed; do stat -c %a /home/job/$d; ( : >$d/file ) 2>/dev/null && echo written; done`;
      const task = await bench.start(script, {
        temporaryFileSystems: [
          { target: '/home/job/open', sizeMiB: 1, options: ['rw', 'noatime', 'uid=5'] },
          { target: '/home/job/closed', sizeMiB: 1, options: ['ro', 'mode=755'] },
        ],
      });
      const { notes } = await bench.log.ended(task.taskId);
      assert.deepEqual(await bench.host.text(task.taskId), ['1777', 'written', '755']);
      const words = notes.filter((note) => note.startsWith('tmpfs'));
      assert.deepEqual(words, ['tmpfs /home/job/open: the mount option uid=5 has no effect here']);
    });

    test('is a place inside another, whatever their order', limit, async () => {
      const mounts = [
        { source: join(bench.host.shared, 'nested'), target: `${bench.host.shared}/nested`, readOnly: false },
        { source: bench.host.shared, target: bench.host.shared, readOnly: false },
      ];
      const temporaryFileSystems = [{ target: `${bench.host.shared}/nested/deep`, sizeMiB: 2 }];
      const script = `df -k ${bench.host.shared}/nested/deep | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2`;
      if (sandbox === 'bubblewrap-root') {
        const ended = await bench.run(script, { mounts, temporaryFileSystems });
        assert.match(refusal(ended), /lies in the volume at .*, which needs user namespaces or unshare/);
      } else assert.deepEqual(await bench.lines(script, { mounts, temporaryFileSystems }), ['2048']);
    });

    test('is a first process that takes in orphans: none stays as a zombie', limit, async () => {
      const script = `( : & ); while cat /proc/[0-9]*/stat 2>/dev/null | grep -q ') Z '; do :; done; echo $$`;
      assert.notEqual((await bench.lines(script))[0], '1');
    });

    test('is a private /tmp and no sight of the data directory or of homes', limit, async () => {
      const { dataDirectory } = bench.host;
      // The directory that all tasks of the bench mount shows its own way there, and nothing beside it.
      const [mounted = ''] = relative('/tmp', dataDirectory).split('/');
      const lines = await bench.lines(
        `ls -A /tmp | grep -vxF '${mounted}'; ls -A ${dataDirectory}; ls -A /root; ls -A /home; ls -A /run`,
      );
      assert.deepEqual(
        lines.filter((line) => !line.startsWith('ls: ') && line !== 'systemd'),
        ['job'],
      );
    });

    test('is its own processes to see, and no others', limit, async () => {
      const [count = ''] = await bench.lines("ls /proc | grep -c '^[0-9]'");
      assert.ok(Number(count) <= 6, `it sees ${count} processes`);
    });

    test('is tmpfs of the size it asks for', limit, async () => {
      const temporaryFileSystems = [{ target: '/home/scratch', sizeMiB: 3 }];
      const [size = ''] = await bench.lines("df -k /home/scratch | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2", {
        temporaryFileSystems,
      });
      assert.equal(size, '3072');
    });

    test('is nothing to write to with a read-only root file system, but its mounts', limit, async () => {
      const script = `for d in /tmp /var/tmp "$HOME" / /etc ${bench.host.shared}; do ( : >$d/probe ) 2>/dev/null && echo $d; done`;
      assert.deepEqual(await bench.lines(script, { readonlyRootFilesystem: true }), [bench.host.shared]);
    });
  });
}

describe('a job in bubblewrap', () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.open();
  });
  after(() => bench.close());

  test('may have its mounts anywhere, where the host has no such directory, too', limit, async () => {
    const target = (path: string) => ({ source: bench.host.shared, target: path, readOnly: false });
    const targets = ['/batchyard-data/in', '/mnt/x/y', '/opt/batchyard/z', '/usr/share/batchyard', '/root/w'];
    writeFileSync(join(bench.host.shared, 'seen'), '');
    const script = `for d in ${targets.join(' ')}; do ls $d/seen; done; ls /usr/share/doc >/dev/null && touch /opt/x /mnt/x/n`;
    const ended = await bench.run(script, { mounts: targets.map(target) });
    const lines = await bench.host.text(ended.taskId);
    assert.deepEqual(
      lines.slice(0, 5),
      targets.map((path) => `${path}/seen`),
    );
    assert.match(lines.slice(5).join('\n'), /Read-only file system/);
    assert.equal(existsSync('/batchyard-data') || existsSync('/opt/batchyard'), false);
  });

  test('does not see the data directory inside a mount that holds it', limit, async () => {
    await bench.restart({ hostPaths: [bench.host.root] });
    const mounts = [{ source: bench.host.root, target: '/work', readOnly: false }];
    assert.deepEqual(await bench.lines('ls -A /work/data; ls -d /work/data /work/shared', { mounts }), [
      '/work/data',
      '/work/shared',
    ]);
  });

  test('is given variables whose names no shell would take', limit, async () => {
    const lines = await bench.lines('tr "\\0" "\\n" </proc/self/environ', { environment: { 'a.b-c': 'd' } });
    assert.ok(lines.includes('a.b-c=d'));
  });

  test('is given an environment larger than a pipe holds', limit, async () => {
    const environment = { BIG: 'x'.repeat(100_000), BIGGER: 'y'.repeat(120_000) };
    assert.deepEqual(await bench.lines('printf %s "$BIG$BIGGER" | wc -c', { environment }), ['220000']);
  });

  test('is refused an image that is not mapped, where host files are not offered', limit, async () => {
    await bench.restart({ allowUnmappedImages: false });
    assert.match(refusal(await bench.run(':')), /^CannotPullContainerError: .* no root file system for image host/);
  });
});

test('a mapped image is a job’s root, and jobs do not change it', {
  ...limit,
  skip: busyboxPath() === undefined ? 'no static busybox' : false,
}, async () => {
  const bench = await Workbench.open({ allowUnmappedImages: false });
  const root = join(bench.host.root, 'images', 'busybox');
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc', 'passwd'), 'worker:x:4000:4001::/:/bin/sh\n');
  copyFileSync(busyboxPath() ?? '', join(root, 'bin', 'busybox'));
  for (const name of ['sh', 'ls', 'id', 'cat']) symlinkSync('busybox', join(root, 'bin', name));
  execFileSync('chmod', ['-R', 'a+rX', join(bench.host.root, 'images')]);
  await bench.restart({ allowUnmappedImages: false, rootFilesystems: { 'my/busybox': { directory: root } } });
  const parts = { image: 'my/busybox:latest', command: ['sh', '-c', 'ls -A / | cat; echo hi >/tmp/x && cat /tmp/x'] };
  const ended = await bench.run('', parts);
  assert.equal(outcome(ended).exitCode, 0);
  const lines = await bench.host.text(ended.taskId);
  assert.equal(lines.pop(), 'hi');
  assert.ok(lines.includes('bin') && lines.includes('tmp') && !lines.includes('usr'));
  if (isRoot) assert.deepEqual(await bench.lines('', { ...parts, user: 'worker', command: ['id', '-u'] }), ['4000']);
  assert.deepEqual(execFileSync('ls', ['-A', root]).toString().trim().split('\n'), ['bin', 'etc']);
  await bench.close();
});

test('what an image brings in its own /tmp is there, beside what the job writes', {
  ...limit,
  skip: busyboxPath() === undefined ? 'no static busybox' : false,
}, async () => {
  const bench = await Workbench.open();
  const root = join(bench.host.root, 'images', 'colors');
  for (const name of ['bin', 'tmp/set', 'var/tmp']) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(busyboxPath() ?? '', join(root, 'bin', 'busybox'));
  symlinkSync('busybox', join(root, 'bin', 'sh'));
  writeFileSync(join(root, 'tmp', 'colors.txt'), 'red\n');
  writeFileSync(join(root, 'var/tmp', 'other'), 'blue\n');
  for (const place of ['tmp', 'var/tmp']) symlinkSync('colors.txt', join(root, place, 'link'));
  execFileSync('chmod', ['-R', 'a+rX', join(bench.host.root, 'images')]);
  await bench.restart({ rootFilesystems: { colors: { directory: root } } });
  const script =
    'read a </tmp/colors.txt; read b </tmp/link; read c </var/tmp/other; echo $a $b $c; echo new >/tmp/new; ' +
    'read d </tmp/new; echo $d; (echo spoilt >/tmp/colors.txt) 2>/dev/null || echo kept; echo ok >/tmp/set/mount/written';
  const mounts = [{ source: bench.host.shared, target: '/tmp/set/mount', readOnly: false }];
  const ended = await bench.run('', { image: 'colors', mounts, command: ['sh', '-c', script] });
  assert.deepEqual(await bench.host.text(ended.taskId), ['red red blue', 'new', 'kept']);
  assert.equal(outcome(ended).exitCode, 0);
  assert.equal(readFileSync(join(root, 'tmp', 'colors.txt'), 'utf8'), 'red\n');
  await bench.close();
});

test('where isolation is required and impossible the engine is unavailable, with words', limit, async () => {
  const host = await TestHost.create({ isolation: 'required', sandboxes: [] });
  const engine = await host.open();
  assert.match((await engine.describe()).unavailable ?? '', /isolation is required, and no sandbox works/);
  await assert.rejects(engine.start(host.task('exit 0')), EngineUnavailable);
  await engine.close();
  await host.dispose();
});

test('no job starts when the disk is nearly full, and one starts when it is not', limit, async () => {
  const bench = await Workbench.open({ minimumFreeBytes: 2 ** 60 });
  const task = bench.host.task('exit 0');
  await assert.rejects(bench.engine.start(task), /MiB of disk are free/);
  assert.match((await bench.engine.describe()).unavailable ?? '', /MiB of disk are free/);
  await bench.restart({ minimumFreeBytes: 0 });
  assert.equal(await bench.engine.start(task), 'accepted');
  assert.equal((await bench.log.ended(task.taskId)).cause, 'exited');
  await bench.close();
});

test('jobs may run as the caller, without any capability', limit, async () => {
  for (const sandboxes of [['bubblewrap'], ['bubblewrap-root'], ['unshare'], []] as const) {
    if (sandboxes[0] === 'bubblewrap-root' && !isRoot) continue;
    const bench = await Workbench.open({ jobUser: 'caller', sandboxes });
    const lines = await bench.lines(
      'id -u; grep CapEff /proc/self/status; [ -w /etc/shadow ] && echo writable; cat /etc/shadow >/dev/null',
    );
    assert.equal(lines[0], sandboxes[0] === 'unshare' && !isRoot ? '0' : String(process.getuid?.()));
    assert.match(lines[1] ?? '', /0000000000000000/);
    await bench.close();
  }
});

/** What the host itself says of swap, whatever the engine made of it. */
async function probedCgroups(bench: Workbench): Promise<ReturnType<typeof swapAbilities>> {
  const places = await probeCgroups(`test-${process.pid}`);
  const { enforced } = await bench.engine.describe();
  assert.equal(places.memory !== undefined, enforced.memory);
  prepareCgroups(places);
  try {
    return swapAbilities(places);
  } finally {
    forgetCgroups(places);
  }
}

/** Scratch directories of a task, wherever this host's engine has them. */
function scratchLeftBy(taskId: TaskId, host: TestHost): string[] {
  const places = [join(host.dataDirectory, 'process', 'scratch'), sharedScratch(host.dataDirectory)];
  return places
    .flatMap((place) => (existsSync(place) ? readdirSync(place) : []))
    .filter((name) => name.includes(taskId));
}

function commandLinesWith(secret: string): string[] {
  const found = execFileSync('sh', ['-c', 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" "\\n"; true'], {
    maxBuffer: 1 << 26,
  });
  return found
    .toString()
    .split('\n')
    .filter((line) => line.includes(secret));
}

function filesWith(secret: string, directory: string): string {
  return execFileSync('sh', ['-c', 'grep -rlF --devices=skip -f - "$0" || true', directory], {
    input: secret,
  }).toString();
}

function busyboxPath(): string | undefined {
  return ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));
}
