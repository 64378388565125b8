import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import type { InstallationId } from '../../../core/ids.ts';
import { plainContainer } from '../../plain-container.fixture.ts';
import { compileOptions } from '../options.ts';
import { type BodyParts, containerBody } from './container-body.ts';
import { outlookOf } from './outlook.ts';
import { mountRules } from './task-bodies.ts';

const place = mkdtempSync(join(tmpdir(), 'outlook-'));
after(() => rmSync(place, { recursive: true }));
const given = join(place, 'given');
mkdirSync(given);
symlinkSync('loop', join(given, 'loop'));
symlinkSync('/etc', join(given, 'out'));

const options = compileOptions({
  dataDirectory: join(given, 'data'),
  session: { installationId: 'installation' as InstallationId, epoch: 1 },
  clock: new ManualClock(0),
  sockets: ['/run/docker.sock'],
  instanceId: 'i-1',
  logRoot: '/nonexistent/logs',
  capacity: { vcpus: 1, memoryMiB: 1, gpus: 0 },
  hostPaths: [given],
  devices: ['/dev/null'],
});
const parts: BodyParts = {
  image: 'i',
  labels: {},
  namespaces: { NetworkMode: 'host', IpcMode: 'private' },
  volumes: new Map(),
  gpuIds: [],
  options,
  rules: mountRules(options, '/run/docker.sock'),
  facts: undefined,
};

const mount = (source: string) => ({ mounts: [{ source, target: '/m', readOnly: true }] });

for (const [what, asked, words] of [
  ['rights of root', { privileged: true }, /containers may not be privileged here/],
  ['a path that nobody may mount', mount('/etc'), /host path \/etc may not be mounted: allowed are/],
  ['a path that a link leads out of one', mount(join(given, 'out')), /may not be mounted/],
  ['a path that is a link to itself', mount(join(given, 'loop')), /ELOOP/],
  ['the data of the server', mount(join(given, 'data')), /which is never mounted/],
  ['a device that is not given', { devices: [{ source: '/dev/zero', target: '/dev/zero' }] }, /is not given to jobs/],
  [
    'a file for its log driver',
    { logDriver: { name: 'splunk', options: { 'splunk-capath': '/etc/x' } } },
    /may not be mounted/,
  ],
] as const)
  test(`that a container cannot have ${what} is known before its start, in the words of that`, () => {
    const container = plainContainer({ name: 'c', image: 'i', ...asked });
    const { refusal = '' } = outlookOf(container, parts);
    assert.match(refusal, words);
    assert.throws(
      () => containerBody(container, parts),
      ({ message }: Error) => refusal.endsWith(message),
    );
  });

test('that Podman would read a path as something else is known before the start, in the words of that', () => {
  const limits = { memory: true, cpu: true, pids: true, swap: true };
  const facts = {
    product: 'podman',
    ...{ version: '4.3.1', keepsContainers: true, rootless: false, limits, swappiness: true },
  } as const;
  const container = plainContainer({ name: 'c', image: 'i', ...mount(join(given, 'a,b')) });
  const { refusal = '' } = outlookOf(container, { ...parts, facts });
  assert.match(refusal, /Podman takes no path with "," in it/);
  assert.throws(
    () => containerBody(container, { ...parts, facts }),
    ({ message }: Error) => refusal.endsWith(message),
  );
  assert.deepEqual(outlookOf(container, parts), { without: [] });
});

test('that an image is read from the disk where jobs are processes alone is known before its start', () => {
  const { refusal } = outlookOf(plainContainer({ name: 'c', image: 'docker-archive:/images/tool.tar' }), parts);
  assert.match(refusal ?? '', /^CannotPullContainerError: image docker-archive:\/images\/tool\.tar is read where/);
});

test('of what may be had nothing is said, and nothing is made', () => {
  const container = plainContainer({ name: 'c', image: 'i', ...mount(join(given, 'new')) });
  assert.deepEqual(outlookOf(container, parts), { without: [] });
  mkdirSync(join(given, 'new')); // throws if it is there
});
