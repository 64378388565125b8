import assert from 'node:assert/strict';
import fs, {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Mount, SharedFileSystem } from '../../contract.ts';
import { Shortage } from '../errors.ts';
import { config } from '../plan/runner-config.fixture.ts';
import { allowPaths, openSource } from '../plan/sources.ts';
import { ContainerBench } from '../testing/container-bench.ts';

const limit = { timeout: 240_000 };
const isRoot = process.getuid?.() === 0;

for (const sandbox of ['bubblewrap', 'bubblewrap-root', 'unshare'] as const) {
  const skip = sandbox === 'bubblewrap-root' && !isRoot ? 'this server is not root' : false;
  describe(`a volume under ${sandbox}`, { skip }, () => {
    let bench: ContainerBench;
    before(async () => {
      bench = await ContainerBench.open(sandbox);
    });
    after(() => bench.close());

    /** A volume, and a secret beside the directories that may be mounted, open to the job but for its way. */
    function makeVolume(name: string) {
      const source = join(bench.host.shared, name);
      mkdirSync(source);
      writeFileSync(join(source, 'file'), 'of the volume\n');
      const secret = join(bench.host.root, `secret-${name}`);
      mkdirSync(secret);
      writeFileSync(join(secret, 'file'), 'secret\n');
      return { source, secret };
    }

    /** What was opened has another name by now: it is mounted all the same, or nothing is. */
    function assertNever(end: Awaited<ReturnType<ContainerBench['run']>>): void {
      if (end.began) assert.deepEqual(end.text, ['of the volume']);
      else assert.match(end.outcome.reason ?? '', /Race condition|changed while it was mounted/);
    }

    test('is what was checked', limit, async () => {
      const { source } = makeVolume('plain');
      const mounts = [{ source, target: '/tmp/volume', readOnly: true }];
      const { outcome, text } = await bench.run('cat /tmp/volume/file', { mounts }, () => {});
      assert.deepEqual(text, ['of the volume']);
      assert.equal(outcome.exitCode, 0);
    });

    test('is never a link that took its place after the check', limit, async () => {
      const { source, secret } = makeVolume('swapped');
      const mounts = [{ source, target: '/tmp/volume', readOnly: true }];
      const end = await bench.run('cat /tmp/volume/file', { mounts }, () => {
        renameSync(source, `${source}-before`);
        symlinkSync(secret, source);
      });
      assertNever(end);
    });

    test('is never another directory that a link above it leads to after the check', limit, async () => {
      const { source: above } = makeVolume('above');
      const { secret } = makeVolume('other');
      const source = join(above, 'inner');
      mkdirSync(source);
      mkdirSync(join(secret, 'inner'));
      writeFileSync(join(secret, 'inner', 'file'), 'secret\n');
      writeFileSync(join(source, 'file'), 'of the volume\n');
      const mounts = [{ source, target: '/tmp/volume', readOnly: true }];
      const end = await bench.run('cat /tmp/volume/file', { mounts }, () => {
        renameSync(above, `${above}-before`);
        symlinkSync(secret, above);
      });
      assertNever(end);
    });

    for (const target of ['/root', '/run', '/home', '/home/job', '/mnt', '/var/tmp']) {
      test(`is writable at ${target}, whatever lies there without it, and the job has a home`, limit, async () => {
        const { source } = makeVolume(`at${target.replaceAll('/', '-')}`);
        chmodSync(source, 0o777);
        const script = `echo new >${target}/new && cat ${target}/file && cd && echo home >"$HOME/mine" && cat mine`;
        const { outcome, text } = await bench.run(script, { mounts: [{ source, target, readOnly: false }] }, () => {});
        assert.deepEqual([text, outcome.exitCode], [['of the volume', 'home'], 0]);
        assert.equal(existsSync(join(source, 'new')), true);
        assert.equal(existsSync(join(source, 'job')), false);
      });
    }

    test('may lie at a directory above the data directory, which stays unseen', limit, async () => {
      const { source } = makeVolume('above-data');
      chmodSync(source, 0o777);
      const target = bench.host.root;
      const { outcome, text } = await bench.run(
        `ls ${target} && >${target}/new`,
        { mounts: [{ source, target, readOnly: false }] },
        () => {},
      );
      assert.deepEqual([text, outcome.exitCode], [['file'], 0]);
    });

    test('shows the data directory under no other name, whatever its jobs do with the way there', limit, async (t) => {
      const above = await ContainerBench.open(sandbox, {}, 'way/to/data', ({ root }) => root);
      t.after(() => above.close());
      const { root, dataDirectory } = above.host;
      writeFileSync(join(dataDirectory, 'key'), 'the key\n');
      for (const path of [root, join(root, 'way'), join(root, 'way/to')]) chmodSync(path, 0o777);
      for (const path of [dataDirectory, join(dataDirectory, 'key')]) chmodSync(path, 0o755);
      const mounts = [{ source: root, target: '/mnt', readOnly: false }];
      const move = 'mv /mnt/way/to /mnt/way/from; mv /mnt/way /mnt/away; >/mnt/way/new; ls /mnt/way';
      const moved = await above.run(move, { mounts }, () => {});
      assert.deepEqual(moved.text.slice(-2), ['new', 'to'], moved.text.join('\n'));
      const { text } = await above.run('cat /mnt/*/*/data/key /mnt/*/data/key', { mounts }, () => {});
      assert.ok(!text.includes('the key'), text.join('\n'));
    });

    test('shows no home of another job', limit, async (t) => {
      const outside = mkdtempSync('/var/tmp/volumes-');
      t.after(() => rmSync(outside, { recursive: true }));
      const homes = join(outside, 'on/disk/homes');
      mkdirSync(join(homes, 'other-0/home'), { recursive: true });
      writeFileSync(join(homes, 'other-0/home/file'), 'of another job\n');
      for (const path of ['', 'on', 'on/disk', 'on/disk/homes']) chmodSync(join(outside, path), 0o777);
      const above = await ContainerBench.open(sandbox, { scratch: homes }, 'data', () => outside);
      t.after(() => above.close());
      const mounts = [{ source: outside, target: '/mnt', readOnly: false }];
      const script =
        'cat /mnt/on/disk/homes/other-0/home/file; mv /mnt/on/disk /mnt/on/other; >/mnt/on/disk/new && echo there';
      const { text } = await above.run(script, { mounts }, () => {});
      assert.ok(!text.includes('of another job'), text.join('\n'));
      assert.equal(text.at(-1), 'there', text.join('\n'));
      const direct = [{ source: join(homes, 'other-0/home'), target: '/mnt', readOnly: true }];
      assert.throws(
        () => above.plan('true', { mounts: direct }),
        /lies in the directory of the homes of jobs, which is never/,
      );
    });

    test('stays writable over a private place that a read-only root file system closes', limit, async () => {
      const { source } = makeVolume('read-only-root');
      chmodSync(source, 0o777);
      const mounts = [{ source, target: '/tmp', readOnly: false }];
      const { outcome, text } = await bench.run(
        '>/tmp/new && ! >/var/tmp/new',
        { mounts, readonlyRootFilesystem: true },
        () => {},
      );
      assert.equal(outcome.exitCode, 0, text.join('\n'));
    });

    test('leaves the job no descriptor of its source, by which it could leave its root', limit, async () => {
      const { source } = makeVolume('descriptors');
      const mounts = [{ source, target: '/tmp/volume', readOnly: true }];
      const { text } = await bench.run('ls -l /proc/$$/fd', { mounts }, () => {});
      assert.ok(text.length > 3 && !text.some((line) => line.includes('descriptors')), text.join('\n'));
    });
  });
}

test(
  'a mount point inside of a volume is not followed where a link took its place after the check',
  limit,
  async () => {
    const bench = await ContainerBench.open('unshare');
    const outer = join(bench.host.shared, 'outer');
    const inner = join(bench.host.shared, 'inner');
    for (const path of [outer, inner, join(outer, 'way')]) mkdirSync(path);
    const mounts = [
      { source: outer, target: '/tmp/outer', readOnly: false },
      { source: inner, target: '/tmp/outer/way/made', readOnly: false },
    ];
    const there = join(bench.host.root, 'there');
    mkdirSync(there);
    const end = await bench.run('echo ran', { mounts }, () => {
      renameSync(join(outer, 'way'), join(outer, 'before'));
      symlinkSync(there, join(outer, 'way'));
    });
    assert.match(end.outcome.reason ?? '', /leads through way, a symbolic link of the volume around it/);
    assert.equal(existsSync(join(there, 'made')), false);
    await bench.close();
  },
);

describe('the source of a volume', () => {
  let root = '';
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'batchyard-source-'));
    mkdirSync(join(root, 'allowed', 'real'), { recursive: true });
    mkdirSync(join(root, 'outside'));
    mkdirSync(join(root, 'data'));
    symlinkSync(join(root, 'allowed'), join(root, 'alias'));
    symlinkSync('real', join(root, 'allowed', 'link'));
    symlinkSync('../outside', join(root, 'allowed', 'out'));
    symlinkSync('loop', join(root, 'allowed', 'loop'));
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  const identity = isRoot ? { uid: 1234, gid: 4321 } : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

  function open(asked: string | Pick<Mount, 'source' | 'within'>, allowed = [join(root, 'allowed')]) {
    const dataDirectory = join(root, 'data');
    const given = { dataDirectory, neverMounted: [], hostPaths: allowPaths(allowed) };
    const { descriptor, ...source } = openSource(
      typeof asked === 'string' ? { source: asked } : asked,
      identity,
      config(given),
    );
    closeSync(descriptor);
    return source;
  }

  test('is found under an allowed path that is itself a link, which the operator chose', () => {
    const source = open(join(root, 'alias', 'real'), [join(root, 'alias')]);
    assert.equal(source.path, join(root, 'allowed', 'real'));
  });

  test('is found through a link below an allowed path to another place below it', () => {
    assert.equal(open(join(root, 'allowed', 'link', 'new')).path, join(root, 'allowed', 'real', 'new'));
  });

  test('is made for the job’s user, with all that was missing above it', () => {
    open(join(root, 'allowed', 'made', 'deep'));
    for (const path of ['made', 'made/deep']) {
      const { uid, gid } = statSync(join(root, 'allowed', path));
      assert.deepEqual({ uid, gid }, identity);
    }
  });

  test('waits where the host has no descriptor or no room for it: that is no fault of the job', (t) => {
    for (const code of ['EMFILE', 'ENOSPC']) {
      t.mock.method(fs, 'mkdirSync', () => {
        throw Object.assign(new Error(`${code}: none is left`), { code });
      });
      syncBuiltinESMExports();
      const why = (error: unknown) =>
        error instanceof Shortage && /new cannot be opened: .*none is left/.test(error.message);
      assert.throws(() => open(join(root, 'allowed', `${code}-new`)), why);
      t.mock.restoreAll();
      syncBuiltinESMExports();
    }
  });

  /** Somebody who waits for a directory to be made, and is quicker than whoever made it. */
  function onceMade(t: TestContext, replace: (path: string) => void): void {
    const { mkdirSync: make } = fs;
    t.mock.method(fs, 'mkdirSync', (path: string, options: object) => {
      make(path, options);
      replace(path);
    });
    syncBuiltinESMExports();
    t.after(() => {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    });
  }

  const impostors: Record<string, (other: string, path: string) => void> = {
    'a link to it': (other, path) => {
      rmdirSync(path);
      symlinkSync(other, path);
    },
    'the directory itself': (other, path) => {
      writeFileSync(join(other, 'file'), '');
      rmdirSync(path);
      renameSync(other, path);
    },
  };
  for (const [what, takePlace] of Object.entries(impostors)) {
    test(`is made, and no other directory is given to the job’s user: ${what} has taken its place meanwhile`, (t) => {
      const [other, path] = [join(root, 'outside', what), join(root, 'allowed', what)];
      mkdirSync(other, { mode: 0o700 });
      const before = statSync(other);
      onceMade(t, (made) => takePlace(other, made));
      assert.throws(() => open(path), /cannot be opened: .*(ELOOP|ENOTDIR|was replaced)/);
      const { ino, uid, gid, mode } = statSync(path);
      assert.deepEqual(
        { ino, uid, gid, mode },
        { ino: before.ino, uid: before.uid, gid: before.gid, mode: before.mode },
      );
    });
  }

  test('is not found, nor made, through a link that leads out of what is allowed', () => {
    assert.throws(() => open(join(root, 'allowed', 'out', 'made')), /may not be mounted/);
    assert.equal(existsSync(join(root, 'outside', 'made')), false);
    assert.throws(() => open(join(root, 'allowed', 'loop')), /too many links/);
  });

  test('of a file system is below it, and is made only as its operator says', () => {
    const file = join(root, 'efs');
    mkdirSync(join(file, 'there'), { recursive: true });
    symlinkSync('..', join(file, 'out'));
    const within = (path: string, create?: SharedFileSystem['create'], system = file) =>
      open({ source: join(system, path), within: { root: system, ...(create ? { create } : {}) } }, []);
    assert.equal(within('there').path, join(file, 'there'));
    assert.throws(() => within('missing'), /there is no such directory/);
    assert.throws(() => within('out/allowed'), /leads out of its file system/);
    assert.throws(() => within('made', { mode: 0o750 }, join(root, 'no-system')), /there is no such directory/);
    assert.equal(existsSync(join(root, 'no-system')), false);
    within('made/deep', { mode: 0o777, ...(isRoot ? { owner: { uid: 77, gid: 78 } } : {}) });
    const { uid, gid, mode } = statSync(join(file, 'made', 'deep'));
    assert.deepEqual({ uid, gid, mode: mode & 0o7777 }, { ...(isRoot ? { uid: 77, gid: 78 } : identity), mode: 0o777 });
  });

  test('is not the data directory under another name', () => {
    renameSync(join(root, 'data'), join(root, 'allowed', 'renamed'));
    symlinkSync(join(root, 'allowed', 'renamed'), join(root, 'data'));
    assert.throws(() => open(join(root, 'allowed', 'renamed', 'below')), /data directory, which is never mounted/);
  });
});
