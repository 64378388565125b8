import assert from 'node:assert/strict';
import { type StdioOptions, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { compileOptions, type ProcessEngineOptions } from '../options.ts';
import { TestHost } from '../testing/test-host.ts';
import { checkDevices } from './devices.ts';
import { hiddenPlaces } from './hidden-places.ts';
import { resolveImage } from './images.ts';
import { checkMount, hiddenIn } from './mounts.ts';
import { viewRoot } from './root-view.ts';
import { config } from './runner-config.fixture.ts';
import { awaitGo, joinGroups, notJoined } from './scripts.ts';
import { allowPaths } from './sources.ts';

import { resolveUser } from './users.ts';

const identity = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

test('no image is mapped by a name that every object has', () => {
  const { kind } = resolveImage({ image: 'constructor' }, config({}));
  assert.equal(kind, 'host');
});

test('a launcher that its groups do not take says so and goes no further', () => {
  const script = `${joinGroups(2)}${awaitGo}ls /proc/self/fd`;
  const run = (group: string) => {
    const groups = [openSync('/dev/null', 'w'), openSync(group, 'w')];
    try {
      const stdio: StdioOptions = ['ignore', 'ignore', 'ignore', 'ignore', 'pipe', ...groups];
      const { status, output } = spawnSync('/bin/sh', ['-c', script], { stdio });
      return { status, said: output[4]?.toString() };
    } finally {
      for (const group of groups) closeSync(group);
    }
  };
  assert.deepEqual(run('/dev/full'), { status: 125, said: `${notJoined}\n` });
  assert.deepEqual(run('/dev/null'), { status: 125, said: '' });
});

test('a launcher keeps no descriptor of its groups', () => {
  const group = openSync('/dev/null', 'w');
  const stdio: StdioOptions = ['ignore', 'pipe', 'inherit', 'ignore', 'ignore', group];
  const { stdout } = spawnSync('/bin/sh', ['-c', `${joinGroups(1)}[ -e /proc/self/fd/5 ] || echo closed`], { stdio });
  closeSync(group);
  assert.equal(stdout.toString(), 'closed\n');
});

test('device files of GPUs are shown to those who have the GPUs: a definition that names one is refused', async () => {
  const host = await TestHost.create();
  const [container] = host.task('true').containers;
  assert.ok(container);
  const [own, named] = ['/dev/null', '/dev/zero'].map((path) => ({ source: path, target: path }));
  assert.ok(own && named);
  const devicesOf = (devices: readonly (typeof own)[], given: readonly string[]) =>
    checkDevices({ ...container, devices, gpuDevices: [own.source] }, config({ devices: given }));
  assert.deepEqual(devicesOf([], []), [own]);
  assert.deepEqual(devicesOf([named], [named.source]), [named, own]);
  for (const device of [own, named]) assert.throws(() => devicesOf([device], []), /is not given to jobs, none is/);
  await host.dispose();
});

describe('the plan of a container', () => {
  let root = '';
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'batchyard-plan-'));
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  test('shows a root by one bind when all mount points exist', () => {
    mkdirSync(join(root, 'plain', 'data'), { recursive: true });
    const view = viewRoot(join(root, 'plain'), ['/data'], []);
    const whole = { kind: 'bind', source: join(root, 'plain'), target: '/', isDirectory: true };
    assert.deepEqual(view, { steps: [whole], rebuilt: [] });
  });

  test('makes room for a mount point by binding the entries of its nearest directory one by one', () => {
    const at = join(root, 'deep');
    mkdirSync(join(at, 'mnt', 'old'), { recursive: true });
    writeFileSync(join(at, 'mnt', 'file'), '');
    symlinkSync('old', join(at, 'mnt', 'link'));
    const view = viewRoot(at, ['/mnt/new/deeper', '/mnt/old'], []);
    assert.deepEqual(view.rebuilt, ['/mnt']);
    const bound = (name: string, isDirectory: boolean) => {
      return { kind: 'bind', source: join(at, 'mnt', name), target: `/mnt/${name}`, isDirectory };
    };
    assert.deepEqual(view.steps, [
      { kind: 'bind', source: at, target: '/', isDirectory: true },
      { kind: 'directory', target: '/mnt' },
      bound('file', false),
      { kind: 'link', text: 'old', target: '/mnt/link' },
      bound('old', true),
    ]);
  });

  test('hides the data directory wherever it is, and each hidden place once', () => {
    const inHome = config({ dataDirectory: '/root/x/data', hidden: ['/root', '/root/sub'] });
    assert.equal(hiddenPlaces(inHome).filter((place) => place === '/root').length, 1);
    assert.ok(!hiddenPlaces(inHome).some((place) => place.startsWith('/root/')));
    assert.ok(hiddenPlaces(config({ dataDirectory: '/usr/share' })).includes('/usr/share'));
  });

  test('refuses what belongs to a container daemon, whatever the operator allows', () => {
    const { neverMounted } = compileOptions({ version: '1' } as ProcessEngineOptions);
    const all = config({ hostPaths: allowPaths(['/']), neverMounted });
    for (const source of [
      '/run/docker.sock',
      '/run/podman/podman.sock',
      '/var/lib/docker',
      '/var/lib/containers/storage',
    ])
      assert.throws(
        () => checkMount({ source, target: '/m', readOnly: true }, identity, all),
        /which is never mounted/,
        source,
      );
  });

  test('refuses a mount that reaches a forbidden path from above, from below or by a link', () => {
    const [allowed, secret] = [join(root, 'allowed'), join(root, 'allowed', 'engine')];
    mkdirSync(secret, { recursive: true });
    symlinkSync(secret, join(allowed, 'link'));
    const strict = config({ hostPaths: allowPaths([allowed]), neverMounted: [secret] });
    for (const source of [allowed, secret, join(allowed, 'link'), join(secret, 'x')]) {
      assert.throws(
        () => checkMount({ source, target: '/m', readOnly: true }, identity, strict),
        /which is never mounted/,
      );
    }
    const { opened, ...free } = checkMount(
      { source: join(allowed, 'free'), target: '/m/', readOnly: true },
      identity,
      strict,
    );
    closeSync(opened?.descriptor ?? assert.fail());
    assert.deepEqual(free, {
      source: join(allowed, 'free'),
      target: '/m',
      readOnly: true,
      isDirectory: true,
      hidden: [],
    });
  });

  test('a prefix of a name is not a prefix of its path', () => {
    mkdirSync(join(root, 'pre'));
    mkdirSync(join(root, 'prefix'));
    const mount = { source: join(root, 'prefix'), target: '/m', readOnly: true };
    assert.throws(
      () => checkMount(mount, identity, config({ hostPaths: allowPaths([join(root, 'pre')]) })),
      /may not be mounted/,
    );
  });

  test('hides the data directory inside a mount that holds it', () => {
    const data = join(root, 'project', '.batchyard');
    mkdirSync(data, { recursive: true });
    const mount = { source: join(root, 'project'), target: '/work', readOnly: false };
    const checked = checkMount(mount, identity, config({ dataDirectory: data, hostPaths: allowPaths([root]) }));
    closeSync(checked.opened?.descriptor ?? assert.fail());
    assert.deepEqual(hiddenIn(checked), ['/work/.batchyard']);
  });

  test('finds an image by its name with or without latest, and no other', () => {
    const rootFilesystems = { busybox: { directory: '/b' }, 'tool:2': { directory: '/t' } };
    const mapped = config({ rootFilesystems, allowUnmappedImages: false });
    assert.equal(resolveImage({ image: 'busybox:latest' }, mapped).directory, '/b');
    assert.equal(resolveImage({ image: 'tool:2' }, mapped).directory, '/t');
    assert.throws(() => resolveImage({ image: 'tool' }, mapped), /no root file system for image tool/);
    assert.throws(() => resolveImage({ image: 'busybox:1' }, mapped), /CannotPullContainerError/);
  });

  test('reads users and groups by name and number from the image', {
    skip: identity.uid !== 0 ? 'this user is not root' : false,
  }, () => {
    mkdirSync(join(root, 'image', 'etc'), { recursive: true });
    writeFileSync(join(root, 'image', 'etc', 'passwd'), 'root:x:0:0::/:/bin/sh\nworker:x:1000:1001::/:/bin/sh\n');
    writeFileSync(join(root, 'image', 'etc', 'group'), 'root:x:0:\nstaff:x:50:worker\n');
    const resolve = (user: string | undefined) => resolveUser(user, join(root, 'image'), config({}));
    assert.deepEqual(resolve(undefined), { uid: 65534, gid: 65534 });
    assert.deepEqual(resolve('worker'), { uid: 1000, gid: 1001 });
    assert.deepEqual(resolve('1000'), { uid: 1000, gid: 1001 });
    assert.deepEqual(resolve('worker:staff'), { uid: 1000, gid: 50 });
    assert.deepEqual(resolve('7:8'), { uid: 7, gid: 8 });
    for (const user of ['root', '0', '0:5', 'worker:root', '7:0'])
      assert.throws(() => resolve(user), /jobs never run so/);
    for (const user of ['nobody', '-1', '4294967295', 'worker:none'])
      assert.throws(() => resolve(user), /unable to find/);
  });
});
