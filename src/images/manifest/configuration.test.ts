import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PullFailed } from '../contract.ts';
import { parseConfiguration } from './configuration.ts';

const diffId = `sha256:${'a'.repeat(64)}`;
const rootfs = { type: 'layers', diff_ids: [diffId] };

function parse(configuration: object) {
  return parseConfiguration(Buffer.from(JSON.stringify({ rootfs, ...configuration })));
}

test('what an image says of how it is run', () => {
  const config = {
    Entrypoint: ['/bin/sh', '-c'],
    Cmd: ['echo'],
    Env: ['PATH=/bin', 'EMPTY=', 'no variable', '=nothing'],
    User: 'app:1000',
    WorkingDir: '/work',
    Labels: { a: 'b' },
    Volumes: { '/data': {} },
    ExposedPorts: { '80/tcp': {} },
  };
  assert.deepEqual(parse({ architecture: 'amd64', os: 'linux', config, history: [] }), {
    architecture: 'amd64',
    diffIds: [diffId],
    config: {
      entrypoint: ['/bin/sh', '-c'],
      command: ['echo'],
      environment: ['PATH=/bin', 'EMPTY='],
      user: 'app:1000',
      workingDirectory: '/work',
      labels: { a: 'b' },
    },
  });
});

const silent = { entrypoint: [], command: [], environment: [], labels: {} };
for (const [what, config] of [
  ['without a word', undefined],
  ['with null', null],
  [
    'with null members, as Docker writes them',
    { Entrypoint: null, Cmd: null, Env: null, Labels: null, User: '', WorkingDir: '' },
  ],
] as const)
  test(`an image ${what} of how it is run says nothing`, () => assert.deepEqual(parse({ config }).config, silent));

test('an image of another operating system is refused in the words of Docker', () => {
  const refused = new PullFailed('image operating system "windows" cannot be used on this platform');
  assert.throws(() => parse({ os: 'windows' }), refused);
  assert.throws(
    () => parse({ os: `windows${'x'.repeat(10_000)}` }),
    (error) => error instanceof PullFailed && error.message.length < 200,
  );
});

for (const [what, configuration] of [
  ['a command that is text', { config: { Cmd: 'sh' } }],
  ['a command of numbers', { config: { Cmd: [1] } }],
  ['an argument with a zero byte', { config: { Cmd: ['a\0b'] } }],
  ['a variable with a zero byte', { config: { Env: ['A=\0'] } }],
  ['a user with a zero byte', { config: { User: 'root\0' } }],
  ['a directory with a zero byte', { config: { WorkingDir: '/\0' } }],
  ['an argument of 128 KiB', { config: { Cmd: ['x'.repeat(131_072)] } }],
  ['more arguments than a program can have', { config: { Cmd: Array(10_001).fill('x') } }],
  ['labels that are no text', { config: { Labels: { a: {} } } }],
  ['a list for a configuration', { config: [] }],
  ['no layers', { rootfs: {} }],
  ['digests that are none', { rootfs: { diff_ids: ['sha256:../../etc/passwd'] } }],
  ['digests of other lengths', { rootfs: { diff_ids: [`${diffId}a`] } }],
  ['too many layers', { rootfs: { diff_ids: Array(1_001).fill(diffId) } }],
] as const)
  test(`${what} is refused`, () =>
    assert.throws(() => parse(configuration), new PullFailed('its configuration is not valid')));

test('one of 100,000 volumes is refused, and told how much there may be', () => {
  const Volumes = Object.fromEntries(Array.from({ length: 100_000 }, (_, number) => [`/${number}`, {}]));
  const refused = new PullFailed('its configuration is not valid: it has more than 30000 values');
  assert.throws(() => parse({ config: { Volumes } }), refused);
});

test('what is no JSON is refused, without a word of it', () => {
  for (const content of ['root:x:0:0', '', '[]', 'null', '"text"', '{'])
    assert.throws(() => parseConfiguration(Buffer.from(content)), new PullFailed('its configuration is not valid'));
  const deep = new PullFailed('its configuration is not valid: it is more than 64 deep');
  assert.throws(() => parseConfiguration(Buffer.from('['.repeat(100_000))), deep);
});
