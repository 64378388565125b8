import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { outcome } from '../conformance.ts';
import { Workbench } from './testing/workbench.ts';

const limit = { timeout: 240_000 };
const isRoot = process.getuid?.() === 0;
const skipUnlessRoot = isRoot ? false : 'this server is not root';

/** Where no sandbox has a private directory anyway, if this user may write there. */
const place = isRoot ? '/srv' : undefined;

/** Programs of ours on the way to a job. */
const ownPrograms = ['bwrap', 'setpriv', 'unshare', 'mount', 'umount', 'pivot_root', 'prlimit', 'stat', 'cp', 'mkdir'];

for (const sandbox of ['bubblewrap', 'bubblewrap-root', 'unshare', 'none'] as const) {
  const skip = sandbox === 'bubblewrap-root' ? skipUnlessRoot : false;
  describe(`a hostile job with sandbox ${sandbox}`, { skip }, () => {
    let bench: Workbench;
    let key = '';
    before(async () => {
      bench = await Workbench.open({ sandboxes: sandbox === 'none' ? [] : [sandbox] }, place);
      key = join(bench.host.dataDirectory, 'root-credentials.json');
      writeFileSync(key, 'the root key\n');
      // Nothing but the sandbox keeps the key from the job.
      if (sandbox !== 'none')
        for (const [path, mode] of [
          [key, 0o644],
          [bench.host.dataDirectory, 0o755],
        ] as const)
          chmodSync(path, mode);
    });
    after(() => bench.close());

    test('has no variable that the loader of a program of ours reads', limit, async () => {
      const traces = join(bench.host.shared, 'traces');
      mkdirSync(traces, { recursive: true });
      chmodSync(traces, 0o777);
      // The loader of the GNU C library writes a file for each program that is run with these.
      const environment = { LD_DEBUG: 'files', LD_DEBUG_OUTPUT: join(traces, 'of') };
      const ulimits = [{ name: 'nofile', soft: 100, hard: 200 }];
      const ended = await bench.run('exit 3', { environment, ulimits });
      assert.equal(outcome(ended).exitCode, 3);
      const files = readdirSync(traces);
      assert.ok(files.length > 0, 'the job itself was run with them');
      for (const file of files) {
        const programs = /initialize program: (\S+)/.exec(readFileSync(join(traces, file), 'latin1'));
        assert.equal(programs?.[1], '/bin/sh');
        if (isRoot) assert.notEqual(statSync(join(traces, file)).uid, 0);
      }
      assert.equal(files.length, 1);
    });

    test('has no PATH, ENV or BASH_ENV in which a program of ours looks', limit, async () => {
      const directory = join(bench.host.shared, 'path');
      const marks = join(bench.host.shared, 'marks');
      mkdirSync(directory, { recursive: true });
      const script = `#!/bin/sh\necho "$0" >>${marks}\nexit 1\n`;
      for (const name of [...ownPrograms, 'sh', 'environment'])
        writeFileSync(join(directory, name), script, { mode: 0o755 });
      const environment = {
        PATH: directory,
        ENV: join(directory, 'environment'),
        BASH_ENV: join(directory, 'environment'),
      };
      const words = { environment: { ...environment, IFS: '/', PS4: `$(${directory}/sh)`, CDPATH: '/' } };
      assert.deepEqual(await bench.lines('echo "$PATH"', words), [directory]);
      assert.equal(existsSync(marks), false);
    });

    test('has values of all kinds as they were given', limit, async () => {
      const environment = {
        A: `'";$(exit 1)\`exit 1\`\\ \n\n--\t`,
        IFS: 'x',
        B: 'é\n',
        GLIBC_TUNABLES: 'glibc.malloc.check=3',
      };
      const command = ['/usr/bin/od', '-An', '-v', '-tx1', '/proc/self/environ'];
      const text = (await bench.lines('', { environment, command })).join('').replaceAll(' ', '');
      const given = Buffer.from(text, 'hex').toString().split('\0');
      for (const [name, value] of Object.entries(environment)) assert.ok(given.includes(`${name}=${value}`), name);
    });

    test('fails in words where a variable is larger than the kernel passes on', limit, async () => {
      const whole = 'x'.repeat(128 * 1024 - 'BIG=\0'.length);
      assert.deepEqual(await bench.lines('printf %s "$BIG" | wc -c', { environment: { BIG: whole } }), [
        String(whole.length),
      ]);
      const ended = await bench.run(':', { environment: { BIG: `${whole}x` } });
      assert.equal(ended.cause, 'failed-to-start');
      assert.match(
        outcome(ended).reason ?? '',
        /environment variable BIG has 131073 bytes with its name, more than the 131072/,
      );
      const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`V${index}`, 'x'.repeat(100_000)]));
      assert.match(
        outcome(await bench.run(':', { environment: many })).reason ?? '',
        /command and environment have \d+ bytes/,
      );
    });

    test('has no capability in any set', limit, async () => {
      const sets = sandbox === 'none' && !isRoot ? 'Inh|Prm|Eff|Amb' : 'Inh|Prm|Eff|Bnd|Amb';
      const lines = await bench.lines(`grep -E '^(Cap(${sets})|NoNewPrivs)' /proc/self/status`);
      assert.deepEqual(
        lines.map((line) => line.replace(/\s+/, ' ')),
        [...sets.split('|').map((set) => `Cap${set}: 0000000000000000`), 'NoNewPrivs: 1'],
      );
    });

    test('cannot make itself less likely to be ended than the server, where the kernel lets us', limit, async () => {
      const score = '/proc/self/oom_score_adj';
      const lines = await bench.lines(`cat ${score}; { echo 0 >${score}; } 2>/dev/null; cat ${score}`);
      assert.deepEqual(lines, ['500', mayRaiseLimits() ? '500' : '0']);
    });

    if (sandbox === 'none') return;

    test('has no first process with rights that it lacks', limit, async () => {
      const lines = await bench.lines('grep CapPrm /proc/1/status | tr -d "\\t"');
      assert.deepEqual(lines, ['CapPrm:0000000000000000']);
    });

    const keyless = 'has no keyring of the kernel’s, which would be that of who started the server';
    // What starts jobs on `unshare` filters no system calls.
    if (sandbox !== 'unshare')
      test(keyless, limit, async () => {
        const calls = process.arch === 'arm64' ? '217 218 219' : '248 249 250';
        // add_key without a type is EFAULT, and the first call of keyctl the number of the session's keyring.
        const script = `perl -e 'for (@ARGV) { print syscall($_ + 0, 0, -3, 0), " ", $! + 0, "\n" }' ${calls}
        grep -h Seccomp: /proc/1/status /proc/self/status; ls /proc/self/fd`;
        const lines = (await bench.lines(script)).map((line) => line.replace(/\s+/, ' '));
        const each = ['-1 1', '-1 1', '-1 1', 'Seccomp: 2', 'Seccomp: 2', '0', '1', '2', '3'];
        assert.deepEqual(lines, each, 'EPERM for each, in its first process too, and no descriptor is left');
      });

    test('does not find the root key, whatever it takes away', limit, async () => {
      const { dataDirectory } = bench.host;
      const look = `cat ${key}; cat /proc/1/root${key}; cat /proc/$PPID/root${key}`;
      const script = `${look}; umount ${dataDirectory}; umount -l ${dataDirectory}; ${look}
        unshare --user --map-root-user --mount sh -c 'umount -l ${dataDirectory}; umount -l /srv; cat ${key}'
        ls -A ${dataDirectory}; echo x >/etc/batchyard-hostile; mount -o remount,rw /; echo x >/etc/batchyard-hostile`;
      const lines = await bench.lines(`( ${script} ) 2>/dev/null; echo ended`);
      assert.deepEqual(lines, ['ended']);
      assert.equal(existsSync('/etc/batchyard-hostile'), false);
    });

    test('finds an empty place where the data directory is: covered by bubblewrap, never there with unshare', {
      ...limit,
      skip: skipUnlessRoot,
    }, async () => {
      const mounts = await bench.lines(`grep -c ' ${bench.host.dataDirectory} ' /proc/self/mountinfo`);
      assert.deepEqual(mounts, [sandbox === 'unshare' ? '0' : '1']);
    });

    test('takes no memory in the empty places of its sandbox', limit, async () => {
      const places = ['/run', '/home', '/root', '/dev', '/', bench.host.dataDirectory].join(' ');
      const script = `for d in ${places}; do ( : >$d/x ) 2>/dev/null && echo $d; done; df -k /dev/shm | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2`;
      assert.deepEqual(await bench.lines(script), ['65536']);
    });

    test('has a shared memory of its own', limit, async () => {
      const name = `batchyard-${process.pid}`;
      assert.deepEqual(await bench.lines(`echo x >/dev/shm/${name} && cat /dev/shm/${name}`), ['x']);
      assert.equal(existsSync(`/dev/shm/${name}`), false);
    });

    test('sees nothing of a host path but what it mounts', { ...limit, skip: skipUnlessRoot }, async () => {
      const { shared } = bench.host;
      for (const name of ['mine', 'other']) mkdirSync(join(shared, name), { recursive: true });
      const mounts = [{ source: join(shared, 'mine'), target: join(shared, 'mine'), readOnly: true }];
      assert.deepEqual(await bench.lines(`ls -A ${shared}`, { mounts }), ['mine']);
    });

    if (sandbox === 'bubblewrap') return;

    test('puts no file of its own in the place of a program that still has privileges', limit, async () => {
      const targets = [
        '/usr/bin',
        '/usr',
        '/bin',
        '/lib',
        '/usr/lib/x',
        '/etc',
        '/etc/ld.so.preload',
        '/usr/local/lib',
        '/proc/1',
      ];
      for (const target of targets) {
        const mounts = [{ source: bench.host.shared, target, readOnly: true }];
        const reason = outcome(await bench.run(':', { mounts })).reason ?? '';
        assert.match(reason, /would lie over programs of the host, which needs bubblewrap/, target);
      }
    });
  });
}

test('a link of an image makes nothing outside of it', {
  ...limit,
  skip: existsSync('/bin/busybox') ? false : 'no static busybox',
}, async () => {
  const bench = await Workbench.open();
  const root = join(bench.host.root, 'images', 'hostile');
  mkdirSync(join(root, 'bin'), { recursive: true });
  execFileSync('cp', ['/bin/busybox', join(root, 'bin', 'sh')]);
  const outside = join(bench.host.root, 'outside');
  mkdirSync(outside);
  chmodSync(outside, 0o777);
  symlinkSync(`../../../../oldroot${outside}`, join(root, 'up'));
  symlinkSync(`/oldroot${outside}`, join(root, 'tmp'));
  execFileSync('chmod', ['-R', 'a+rX', join(bench.host.root, 'images')]);
  await bench.restart({ sandboxes: ['bubblewrap'], rootFilesystems: { hostile: { directory: root } } });
  const mounts = [{ source: bench.host.shared, target: '/up/planted', readOnly: false }];
  const parts = {
    image: 'hostile',
    mounts,
    command: ['sh', '-c', 'echo x >/up/planted/through && echo y >/tmp/y && echo ran'],
  };
  const ended = await bench.run('', parts);
  assert.deepEqual(await bench.host.text(ended.taskId), ['ran']);
  assert.deepEqual(readdirSync(outside), []);
  assert.equal(readFileSync(join(bench.host.shared, 'through'), 'utf8'), 'x\n');
  await bench.close();
});

test('an image of its own runs nothing with root’s rights: it needs user namespaces', {
  ...limit,
  skip: skipUnlessRoot,
}, async () => {
  const bench = await Workbench.open({
    sandboxes: ['bubblewrap-root'],
    rootFilesystems: { image: { directory: '/srv' } },
  });
  const ended = await bench.run(':', { image: 'image' });
  assert.match(outcome(ended).reason ?? '', /needs user namespaces, which do not work here/);
  await bench.close();
});

test('the log says at the start that jobs can read the root key, where they can', limit, async () => {
  for (const [jobUser, sandboxes, expected] of [
    ['caller', [], 1],
    ['caller', ['bubblewrap'], 0],
    ...(isRoot ? [[{ uid: 65534, gid: 65534 }, [], 0] as const] : []),
  ] as const) {
    const warnings: string[] = [];
    const logger = { info: () => {}, warn: (words: string) => warnings.push(words) };
    const bench = await Workbench.open({ jobUser, sandboxes, logger });
    assert.equal(warnings.filter((words) => words.includes('the root key among them')).length, expected);
    await bench.close();
  }
});

/** CAP_SYS_RESOURCE, of the server and so of its runner. */
function mayRaiseLimits(): boolean {
  const effective = /^CapEff:\s+([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  return (BigInt(`0x${effective}`) & (1n << 24n)) !== 0n;
}
