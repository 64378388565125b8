import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { outcome } from '../conformance.ts';
import type { ContainerSpec, ImageRoot } from '../contract.ts';
import type { ContainerEnd } from './container/container-run.ts';
import { type HostAbilities, whyNoImages } from './host/host-abilities.ts';
import { type ProcessIdentity, sendSignal, sessionMembers } from './host/proc.ts';
import { bubblewrapOfTests } from './testing/bubblewrap.ts';
import { ContainerBench } from './testing/container-bench.ts';
import { passesAsOrdinaryUser } from './testing/ordinary-user.ts';
import { makeTestImage, noImages, type TestImageParts } from './testing/test-image.ts';
import { Workbench } from './testing/workbench.ts';

const limit = { timeout: 240_000 };
const isRoot = process.getuid?.() === 0;
const outside = isRoot ? 65534 : process.getuid?.();

/** The ways in which an image becomes a root. */
const ways = {
  'mounted by the launcher': { skip: false, given: () => ({ overlay: false }) },
  'laid over by a new bubblewrap': { skip: bubblewrapOfTests.missing, given: bubblewrapOfTests.abilities },
  'read-only': { skip: false, given: () => ({ overlay: false, overlayMount: false }) },
} satisfies Record<string, { skip: string | false; given: () => Partial<HostAbilities> }>;

type Ran = ContainerEnd & { readonly text: readonly string[] };

for (const [way, { skip, given }] of Object.entries(ways)) {
  const isWritable = way !== 'read-only';
  describe(`a job of an image, ${way}`, { skip: noImages || skip }, () => {
    let bench: ContainerBench;
    let number = 0;
    before(async () => {
      bench = await ContainerBench.open('bubblewrap', given(), 'da:ta, with\nall');
    });
    after(() => bench.close());

    function image(parts: TestImageParts = {}): ImageRoot {
      number += 1;
      const directory = join(bench.host.dataDirectory, `image-${number}`);
      return makeTestImage(directory, { ...parts, open: way.startsWith('laid') });
    }

    function run(imageRoot: ImageRoot, parts: Partial<ContainerSpec> = {}): Promise<Ran> {
      return bench.run('', { image: 'an/image', imageRoot, mounts: [], command: [], ...parts }, () => {});
    }

    async function lines(script: string, parts: TestImageParts = {}, container: Partial<ContainerSpec> = {}) {
      return (await run(image(parts), { command: ['sh', '-c', script], ...container })).text;
    }

    test(
      'runs the command of the image after its entry point, and that of the definition in its place',
      limit,
      async () => {
        const config = { entrypoint: ['/bin/busybox', 'echo', 'entry'], command: ['own'] };
        assert.deepEqual((await run(image({ config }))).text, ['entry own']);
        assert.deepEqual((await run(image({ config }), { command: ['given', 'words'] })).text, ['entry given words']);
        const plain = image({ config: { command: ['seq', '1'] } });
        assert.deepEqual((await run(plain)).text, ['1']);
        const takenBack = image({ config: { entrypoint: [''], command: ['seq', '1'] } });
        assert.deepEqual((await run(takenBack)).text, ['1']);
      },
    );

    test('runs no command that nobody names, nor one that is not there', limit, async () => {
      await assert.rejects(run(image()), /no command specified: neither the definition nor the image has one/);
      await assert.rejects(
        run(image(), { command: ['nothing'] }),
        /exec: "nothing": executable file not found in \$PATH/,
      );
      const { began, outcome } = await run(image(), { command: ['/bin/nothing'] });
      assert.ok(!began);
      assert.match(outcome.reason ?? '', /CannotStartContainerError: execvp \/bin\/nothing: No such file or directory/);
    });

    test('finds a program by the PATH of its image, inside it', limit, async () => {
      const parts = { files: { 'opt/tools/hello': '#!/bin/sh\necho hello\n' }, links: { tools: '/opt/tools' } };
      const config = { environment: ['PATH=/tools:/bin'], command: ['hello'] };
      assert.deepEqual((await run(image({ ...parts, config }))).text, ['hello']);
    });

    test('is given the variables of its image below those of its definition, and no others', limit, async () => {
      const config = { environment: ['A=image', 'B=image', 'EMPTY=', 'NOVALUE', 'LD_PRELOAD=/none.so'] };
      const files = { 'etc/passwd': 'root:x:0:0::/root:/bin/sh\n' };
      const given = { environment: { B: 'given', 'a.b': 'c' }, secrets: { KEY: 'secret' } };
      const { text } = await run(image({ config, files }), { command: ['env'], ...given });
      const named = text.filter((line) => line !== 'PWD=/').toSorted();
      const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
      const expected = [
        'A=image',
        'B=given',
        'EMPTY=',
        'HOME=/root',
        'KEY=secret',
        'LD_PRELOAD=/none.so',
        path,
        'a.b=c',
      ];
      assert.deepEqual(named, expected);
    });

    test('is the user that its image or its definition names, inside alone', limit, async () => {
      const files = {
        'etc/passwd': 'root:x:0:0::/root:/bin/sh\nworker:x:1000:1001::/home/worker:/bin/sh\n',
        'etc/group': 'root:x:0:\nstaff:x:50:worker\nmore:x:51:worker,other\n',
      };
      const users = [
        [undefined, undefined, '0 0 /root'],
        ['worker', undefined, '1000 1001 /home/worker'],
        ['worker:staff', undefined, '1000 50 /home/worker'],
        ['1000', undefined, '1000 1001 /home/worker'],
        ['4242', undefined, '4242 0 /'],
        ['7:8', undefined, '7 8 /'],
        ['worker', '0', '0 0 /root'],
      ] as const;
      for (const [user, given, expected] of users) {
        const config = user === undefined ? {} : { user };
        const container = given === undefined ? {} : { user: given };
        const text = await lines('echo $(id -u) $(id -g) $HOME', { files, config }, container);
        assert.deepEqual(text, [expected], `${user} ${given}`);
      }
      const { notes } = bench.plan('', { imageRoot: image({ files }), user: 'worker' });
      assert.ok(notes.includes("supplementary groups of the image's user are not given: staff, more"));
    });

    test('is told of the groups that it has not, in bounds', limit, () => {
      const groups = Array.from({ length: 1_000 }, (_, index) => `${'g'.repeat(1_000)}${index}:x:${index + 10}:worker`);
      const files = { 'etc/passwd': 'worker:x:1000:1000::/:\n', 'etc/group': groups.join('\n') };
      const { notes } = bench.plan('', { imageRoot: image({ files }), user: 'worker' });
      const words = notes.find((note) => note.startsWith('supplementary groups')) ?? '';
      assert.match(words, /: (?:g{32}, ){9}g{32} and 989 more$/);
      assert.ok(words.length < 500);
    });

    test('is no user that its image does not know', limit, async () => {
      const files = { 'etc/passwd': 'root:x:0:0::/root:/bin/sh\n' };
      const words = /unable to find user worker: no matching entries in passwd file/;
      await assert.rejects(lines(':', { files }, { user: 'worker' }), words);
      await assert.rejects(lines(':', {}, { user: 'worker' }), words);
      await assert.rejects(
        lines(':', { files }, { user: '0:staff' }),
        /unable to find group staff: no matching entries/,
      );
      const stolen = join(bench.host.shared, 'passwd');
      writeFileSync(stolen, 'thief:x:5:5::/:/bin/sh\n');
      for (const link of [stolen, `../../../../../../../..${stolen}`, '/etc/passwd']) {
        const parts = { links: { 'etc/passwd': link } };
        await assert.rejects(lines(':', parts, { user: 'thief' }), /unable to find user thief/);
      }
      assert.deepEqual(await lines('id -u', {}, { user: '12' }), ['12']);
    });

    test('is one user outside, whoever it is inside, with no capability', limit, async () => {
      const mounts = [{ source: bench.host.shared, target: '/out', readOnly: false }];
      const status = 'grep -E "^(CapEff|CapBnd|CapPrm|CapInh|CapAmb|NoNewPrivs)" /proc/self/status >/out/status';
      await lines(status, {}, { mounts });
      const written = join(bench.host.shared, 'status');
      assert.equal(statSync(written).uid, outside);
      const values = readFileSync(written, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.replace(/\s+/, ' '));
      const none = '0000000000000000';
      const sets = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => `${name}: ${none}`);
      assert.deepEqual(values, [...sets, 'NoNewPrivs: 1']);
    });

    test('begins in the directory of its image, which is made if it is missing', limit, async () => {
      const begins = async (workingDirectory: string, parts: TestImageParts = {}) =>
        lines('pwd -P', { ...parts, config: { workingDirectory } });
      assert.deepEqual(await lines('pwd'), ['/']);
      assert.deepEqual(await begins('/opt/app/deep'), ['/opt/app/deep']);
      assert.deepEqual(await begins('relative'), ['/relative']);
      assert.deepEqual(await begins('/run/new/x', { without: ['run'], links: { run: '/var' } }), ['/var/new/x']);
      const written = await lines('echo x >file && cat file', { config: { workingDirectory: '/work' } });
      assert.equal(written.at(-1), isWritable ? 'x' : written.at(-1));
    });

    test('knows the host by its files, and sees what it asks for instead', limit, async () => {
      const hosts = readFileSync('/etc/hosts', 'utf8').trim().split('\n');
      assert.deepEqual(await lines('cat /etc/hosts'), hosts);
      assert.deepEqual(
        await lines('ls /sys | grep -c kernel; df -k /dev/shm | grep -c " 5120 "', {}, { sharedMemoryMiB: 5 }),
        ['1', '1'],
      );
      const etc = join(bench.host.shared, 'etc');
      mkdirSync(etc, { recursive: true });
      const mounts = [{ source: etc, target: '/etc', readOnly: true }];
      assert.deepEqual(await lines('ls /etc', {}, { mounts }), []);
    });

    test('sees what it asks for behind a link of its image, and nothing of the host', limit, async () => {
      const source = join(bench.host.shared, `behind-${number}`);
      mkdirSync(source);
      chmodSync(source, 0o777);
      const mounts = [{ source, target: '/var/run/x', readOnly: false }];
      const links = { 'var/run': '/run', run: 'real', 'real/keep': '/etc' };
      const text = await lines(
        'echo hi >/real/x/file; cat /run/x/file /var/run/x/file',
        { links, without: ['run'] },
        { mounts },
      );
      assert.deepEqual(text, ['hi', 'hi']);
      assert.deepEqual(readdirSync(source), ['file']);
    });

    test('writes to no file of its image', limit, async () => {
      const imageRoot = image({ files: { 'opt/kept': 'old\n', 'opt/gone': '', 'lib/x/y': '' } });
      const script = 'echo new >/opt/kept; rm /opt/gone; mv /lib/x /lib/z; echo $(cat /opt/kept; ls /opt /lib)';
      const { text } = await run(imageRoot, { command: ['sh', '-c', `(${script}) 2>/dev/null`] });
      assert.deepEqual(text, [isWritable ? 'new /lib: z /opt: kept' : 'old /lib: x /opt: gone kept']);
      assert.equal(readFileSync(join(imageRoot.root, 'opt/kept'), 'utf8'), 'old\n');
      assert.ok(existsSync(join(imageRoot.root, 'lib/x/y')) && existsSync(join(imageRoot.root, 'opt/gone')));
      assert.deepEqual(bench.scratchLeft(), []);
    });

    test('writes to /tmp and its home in any case, and to nothing of a read-only root', limit, async () => {
      const files = { 'etc/passwd': 'root:x:0:0::/root:/bin/sh\n', 'root/.rc': 'rc\n', 'tmp/colour': 'red\n' };
      const script =
        'for d in /tmp /var/tmp $HOME /opt/x /; do (echo x >$d/new) 2>/dev/null && echo $d; done; cat /root/.rc /tmp/colour';
      const parts = { files, config: { workingDirectory: '/opt/x' } };
      const places = isWritable ? ['/tmp', '/var/tmp', '/root', '/opt/x', '/'] : ['/tmp', '/var/tmp', '/root'];
      assert.deepEqual(await lines(script, parts), [...places, 'rc', 'red']);
      const temporaryFileSystems = [{ target: '/made/here', sizeMiB: 1 }];
      const closed = { readonlyRootFilesystem: true, temporaryFileSystems };
      assert.deepEqual(await lines(`${script}; echo y >/made/here/f && cat /made/here/f`, parts, closed), [
        'rc',
        'red',
        'y',
      ]);
      const { notes } = bench.plan('', { imageRoot: image(parts) });
      const words = "the image's files are read-only but for /tmp, /root and mounts: this host has no overlays";
      assert.equal(notes.includes(words), !isWritable);
    });

    test('runs no program of its image before it has lost all rights', limit, async () => {
      const marks = join(bench.host.shared, 'marks');
      rmSync(marks, { force: true });
      const mark =
        '#!/bin/busybox sh\n/bin/busybox echo "$0 $(/bin/busybox grep CapEff /proc/self/status)" >>/out/marks\n';
      const names = ['setpriv', 'sh', 'env', 'true', 'mount', 'unshare', 'bwrap', 'prlimit'];
      const places = ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'usr/local/bin'];
      const files = Object.fromEntries(
        places.flatMap((place) => names.map((name) => [`${place}/${name}`, mark] as const)),
      );
      const config = { environment: ['LD_PRELOAD=/none.so', 'BASH_ENV=/bin/sh', 'ENV=/bin/sh', 'PATH=/sbin'] };
      const mounts = [{ source: bench.host.shared, target: '/out', readOnly: false }];
      const ulimits = [{ name: 'core', soft: 0, hard: 0 }];
      const { text } = await run(image({ programs: [], files, config }), { command: ['true'], mounts, ulimits });
      assert.deepEqual(text, []);
      assert.deepEqual(readFileSync(marks, 'utf8').trim().split('\n'), ['/sbin/true CapEff:\t0000000000000000']);
    });

    test('makes nothing outside of its image, wherever the links of that lead', limit, async () => {
      const canary = join(bench.host.root, 'canary');
      rmSync(canary, { recursive: true, force: true });
      mkdirSync(canary);
      chmodSync(canary, 0o777);
      const around = readdirSync(bench.host.root);
      const up = `../../../../../../../oldroot${canary}`;
      const ways = [`/oldroot${canary}`, up, `/proc/self/root/../oldroot${canary}`, `/../..${canary}`];
      // One at a time: a link that stops the sandbox early would hide what others do.
      const places = ['tmp', 'var/tmp', 'up', 'root', 'run', 'work', 'sys', 'etc/hosts', 'etc/resolv.conf'];
      for (const [way, place] of ways.flatMap((each) => places.map((at) => [each, at] as const))) {
        const links = { [place]: place.startsWith('etc/') ? `${way}/new` : way };
        const files = { 'etc/passwd': 'root:x:0:0::/root/new:/bin/sh\n' };
        const mounts = [{ source: bench.host.shared, target: '/up/planted', readOnly: false }];
        const temporaryFileSystems = [{ target: '/run/planted/too', sizeMiB: 1 }];
        const parts = {
          files,
          links,
          without: [place],
          config: { workingDirectory: '/work/made' },
        };
        const container = { mounts, temporaryFileSystems };
        // One that leads back to itself is refused, in words.
        const ran = lines('echo x >/tmp/x; echo y >/up/planted/y', parts, container);
        await ran.catch((error: unknown) => assert.match(String(error), /leads through too many links/));
        assert.deepEqual(readdirSync(canary), [], `${place} ${way}`);
      }
      assert.deepEqual(readdirSync(bench.host.root), around);
    });

    test('leaves nothing behind, whenever its launcher is killed', limit, async () => {
      const imageRoot = image();
      // The clock's own timers keep no process.
      const keepsAlive = spawn('cat');
      const { clock } = bench.host;
      for (let delay = 0; delay < 30; delay += 1) {
        let launcher: ProcessIdentity | undefined;
        await bench.run(
          '',
          { imageRoot, mounts: [], command: ['sleep', '1000'] },
          () => {},
          clock,
          (ran) => {
            launcher = ran.record.launcher;
            clock.after(delay, () => sendSignal(ran.record.launcher.pid, 'SIGKILL'));
          },
        );
        assert.deepEqual(sessionMembers(launcher ?? assert.fail()), [], `after ${delay} ms`);
      }
      keepsAlive.kill();
      assert.deepEqual(bench.scratchLeft(), []);
      assert.ok(!readFileSync('/proc/self/mountinfo', 'latin1').includes(bench.host.root));
    });
  });
}

test('a job of an image runs the same way under a server of an ordinary user', {
  timeout: 200_000,
  skip: noImages || (isRoot ? false : 'this is one'),
}, async () => {
  await passesAsOrdinaryUser(import.meta.filename, 30);
});

for (const sandbox of ['bubblewrap-root', 'unshare', 'none'] as const) {
  const skip = noImages || (sandbox === 'bubblewrap-root' && !isRoot ? 'this server is not root' : false);
  test(`an image is refused in words with sandbox ${sandbox}`, { ...limit, skip }, async () => {
    const bench = await Workbench.open({ sandboxes: sandbox === 'none' ? [] : [sandbox] });
    const imageRoot = makeTestImage(join(bench.host.dataDirectory, 'image'));
    const ended = await bench.run('', { imageRoot, command: ['true'] });
    assert.equal(ended.cause, 'failed-to-start');
    assert.match(
      outcome(ended).reason ?? '',
      /^CannotStartContainerError: images need bubblewrap with user namespaces/,
    );
    await bench.close();
  });
}

test('a host without bubblewrap is told what images need', () => {
  const host = { tools: { sh: '/bin/sh', mkfifo: 'mkfifo' }, sandbox: 'unshare', refusals: [] } as const;
  assert.equal(whyNoImages(host), 'images need bubblewrap (apt install bubblewrap)');
  const bwrap = { ...host, tools: { ...host.tools, bwrap: '/usr/bin/bwrap' } };
  assert.match(
    whyNoImages({ ...bwrap, refusals: ['bubblewrap: no room'] }) ?? '',
    /do not work here \(bubblewrap: no room\)/,
  );
  assert.equal(whyNoImages({ ...bwrap, sandbox: 'bubblewrap' }), undefined);
});

describe('a job of a mapped root file system', { skip: noImages }, () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.open();
    const { root: directory } = makeTestImage(join(bench.host.root, 'root'), {
      open: true,
      links: { 'var/run': '/run' },
    });
    const mapped = { directory, command: ['sh', '-c', 'echo $A $B'], environment: { A: 'root', B: 'root' } };
    await bench.restart({ allowUnmappedImages: false, rootFilesystems: { 'my/root': mapped } });
  });
  after(() => bench.close());

  test('sees what it mounts behind a link of that, as jobs of the host’s files do', limit, async () => {
    for (const target of ['/var/run/x', '/var/run/made/deep']) {
      const mounts = [{ source: bench.host.shared, target, readOnly: false }];
      const script = `echo hi >${target}/said && cat ${target.replace('/var', '')}/said`;
      assert.deepEqual(await bench.lines(script, { image: 'my/root', mounts }), ['hi']);
    }
    await bench.restart({ allowUnmappedImages: true });
    const mounts = [{ source: bench.host.shared, target: '/var/run/x', readOnly: false }];
    assert.deepEqual(await bench.lines('echo ho >/var/run/x/said && cat /var/run/x/said', { mounts }), ['ho']);
  });

  test('has the command and variables that the operator gave it, below those of the definition', limit, async () => {
    const { root: directory } = makeTestImage(join(bench.host.root, 'other'), { open: true });
    const mapped = { directory, command: ['sh', '-c', 'echo $A $B'], environment: { A: 'root', B: 'root' } };
    await bench.restart({ rootFilesystems: { 'my/root': mapped } });
    const parts = { image: 'my/root:latest', environment: { B: 'own' } };
    assert.deepEqual(await bench.lines('', { ...parts, command: [] }), ['root own']);
    assert.deepEqual(await bench.lines('', { ...parts, command: ['sh', '-c', 'echo own command'] }), ['own command']);
  });
});
