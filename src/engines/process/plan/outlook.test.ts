import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { plainContainer } from '../../plain-container.fixture.ts';
import { CannotStart } from '../errors.ts';
import { planContainer } from './container-plan.ts';
import { outlookOf } from './outlook.ts';
import { config } from './runner-config.fixture.ts';
import { allowPaths } from './sources.ts';

const place = mkdtempSync(join(tmpdir(), 'outlook-'));
after(() => rmSync(place, { recursive: true }));
const given = join(place, 'given');
const data = join(given, 'data');
mkdirSync(data, { recursive: true });

const asConfigured = config({
  dataDirectory: data,
  hostPaths: allowPaths([given]),
  devices: ['/dev/null', '/dev/gone'],
  neverMounted: [join(given, 'never')],
});

const mount = (source: string, target = '/m') => ({ mounts: [{ source, target, readOnly: true }] });
const device = (source: string, target = source) => ({ devices: [{ source, target }] });

for (const [what, asked, words] of [
  ['rights of root', { privileged: true }, /no privileged containers/],
  ['a path that nobody may mount', mount('/etc'), /host path \/etc may not be mounted: allowed are/],
  ['a path that leads up out of one', mount(`${given}/../x`), /may not be mounted/],
  ['the data of the server', mount(data), /lies in the server's data directory/],
  ['a path that is never mounted', mount(join(given, 'never', 'x')), /which is never mounted/],
  ['a place that is none', mount(given, 'm'), /mount point m is not an absolute path/],
  [
    'two things at one place',
    { mounts: [...mount(join(given, 'a')).mounts, ...mount(join(given, 'b'), '/x/../m/').mounts] },
    /^CannotStartContainerError: Duplicate mount point: \/m$/,
  ],
  ['a device that is not given', device('/dev/zero'), /device \/dev\/zero is not given to jobs/],
  ['a device that is not there', device('/dev/gone'), /is not there, or is no device/],
  ['a device at a place of its own', device('/dev/null', '/null'), /can be shown below \/dev alone/],
] as const)
  test(`that a container cannot have ${what} is known before its start, in the words of that`, () => {
    const container = plainContainer({ name: 'c', image: 'host', ...asked });
    const { refusal = '' } = outlookOf(container, asConfigured);
    assert.match(refusal, words);
    assert.throws(() => planContainer(container, 's', asConfigured), new CannotStart(refusal));
  });

test('a volume of the task, or a file system in memory, has its place to itself as well', () => {
  const scratch = { scratchMounts: [{ volume: 'v', target: '/m', readOnly: false }] };
  const memory = { temporaryFileSystems: [{ target: '/m/', sizeMiB: 1 }] };
  const volumes = new Map([['v', given]]);
  for (const asked of [
    { ...scratch, ...memory },
    { ...scratch, ...mount(join(given, 'a')) },
    { ...memory, ...mount(join(given, 'a')) },
  ]) {
    const container = plainContainer({ name: 'c', image: 'host', ...asked });
    assert.throws(() => planContainer(container, 's', asConfigured, volumes), /Duplicate mount point: \/m$/);
  }
});

test('of what may be had nothing is said, and nothing is made', () => {
  const container = plainContainer({ name: 'c', image: 'host', ...mount(join(given, 'new')), ...device('/dev/null') });
  assert.deepEqual(outlookOf(container, asConfigured), { without: [] });
  mkdirSync(join(given, 'new')); // throws if it is there
});
