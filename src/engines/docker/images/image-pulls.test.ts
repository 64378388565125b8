import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { CannotStart } from '../cannot-start.ts';
import type { DaemonCall } from '../daemon/daemon.ts';
import { DaemonRefusal } from '../daemon/daemon-errors.ts';
import { ImagePulls } from './image-pulls.ts';

/** The calls that a pull of an image makes at a daemon that has none. */
async function pulled(image: string, rewrites: Readonly<Record<string, string>>): Promise<DaemonCall | undefined> {
  const calls: DaemonCall[] = [];
  const daemon = {
    json: () => Promise.reject(new DaemonRefusal(404, 'no such image')),
    stream: async (call: DaemonCall) => {
      calls.push(call);
      return Readable.from([]) as IncomingMessage;
    },
  };
  const rewritten = new Map(Object.entries(rewrites));
  const pulls = new ImagePulls({
    daemon,
    clock: new ManualClock(),
    policy: 'missing',
    rewrites: rewritten,
    logins: new Map(),
  });
  await pulls.ensure({ image, registryCredentials: { username: 'u', password: 'p' } });
  return calls[0];
}

const loginOf = (call: DaemonCall | undefined): unknown => {
  const header = call?.headers?.['x-registry-auth'];
  return header && JSON.parse(Buffer.from(header, 'base64url').toString());
};

test('credentials of a definition go to the registry that its image names, and to no mirror of that', async () => {
  const own = await pulled('registry.example/app:1', { 'docker.io': 'mirror.example' });
  assert.deepEqual(loginOf(own), { username: 'u', password: 'p', serveraddress: 'registry.example' });
  for (const [image, rewrites] of [
    ['app:1', { 'docker.io': 'mirror.example/hub' }],
    ['registry.example/app:1', { 'registry.example': 'registry.example:5000' }],
  ] as const) {
    const call = await pulled(image, rewrites);
    assert.match(String(call?.query?.fromImage), /^(?:mirror\.example\/hub|registry\.example:5000)\//);
    assert.equal(loginOf(call), undefined);
  }
});

test('a container of an image with volumes beyond number is not made', async () => {
  const daemon = (count: number) => ({
    json: async () => ({
      Id: 'sha256:1',
      Config: { Volumes: Object.fromEntries(Array.from({ length: count }, (_, number) => [`/${number}`, {}])) },
    }),
    stream: () => Promise.reject(new Error('nothing is pulled')),
  });
  const ensure = (count: number) =>
    new ImagePulls({
      ...{ daemon: daemon(count), clock: new ManualClock(), policy: 'missing' },
      ...{ rewrites: new Map(), logins: new Map() },
    }).ensure({ image: 'app:1' });
  assert.deepEqual(await ensure(1_000), { digest: 'sha256:1', id: 'sha256:1' });
  const words = 'image app:1 has 1001 volumes of its own (VOLUME), and may have 1000 here';
  await assert.rejects(ensure(1_001), new CannotStart(`CannotStartContainerError: ${words}`));
});

test('within one registry they go along', async () => {
  const call = await pulled('registry.example/a/app:1', { 'registry.example/a': 'registry.example/b' });
  assert.equal(call?.query?.fromImage, 'registry.example/b/app');
  assert.notEqual(loginOf(call), undefined);
});
