import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../../core/clock.ts';
import { CannotStart } from '../cannot-start.ts';
import type { DaemonCall } from '../daemon/daemon-call.ts';
import { DaemonRefusal } from '../daemon/daemon-errors.ts';
import { ImagePulls, type ImagePullsOptions } from './image-pulls.ts';

const credentials = { username: 'u', password: 'p' };
const id = `sha256:${'1'.repeat(64)}`;
const digest = `sha256:${'2'.repeat(64)}`;

/** A daemon that has no image until one is pulled, and what is asked of it. */
function stage(options: Partial<ImagePullsOptions> = {}, repoDigests: readonly string[] = [], hasImage = false) {
  const calls: DaemonCall[] = [];
  let isHere = hasImage;
  const daemon = {
    json: async () => {
      if (isHere) return { Id: id, RepoDigests: repoDigests };
      throw new DaemonRefusal(404, 'no such image');
    },
    stream: async (call: DaemonCall) => {
      calls.push(call);
      isHere = true;
      return Readable.from([]);
    },
  };
  const clock = new ManualClock();
  const none = { rewrites: new Map<string, string>(), logins: new Map() };
  return { calls, pulls: new ImagePulls({ daemon, clock, policy: 'missing', ...none, ...options }) };
}

/** The call of a pull of an image, with the credentials of its definition. */
async function pulled(
  image: string,
  rewrites: Readonly<Record<string, string>>,
  logins: Readonly<Record<string, typeof credentials>> = {},
): Promise<DaemonCall | undefined> {
  const options = { rewrites: new Map(Object.entries(rewrites)), logins: new Map(Object.entries(logins)) };
  const { pulls, calls } = stage(options);
  await pulls.ensure({ image, ...(options.logins.size === 0 ? { registryCredentials: credentials } : {}) });
  return calls[0];
}

const loginOf = (call: DaemonCall | undefined): unknown => {
  const header = call?.headers?.['x-registry-auth'];
  return header && JSON.parse(Buffer.from(header, 'base64url').toString());
};

test('credentials of a definition go to the registry that its image names, and to no mirror of that', async () => {
  const own = await pulled('registry.example/app:1', { 'docker.io': 'mirror.example' });
  assert.deepEqual(loginOf(own), { ...credentials, serveraddress: 'registry.example' });
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

test('within one registry they go along, under whichever of its names', async () => {
  const call = await pulled('registry.example/a/app:1', { 'registry.example/a': 'registry.example/b' });
  assert.equal(call?.query?.fromImage, 'registry.example/b/app');
  assert.notEqual(loginOf(call), undefined);
  const hub = await pulled('index.docker.io/a/app:1', { 'docker.io/a': 'docker.io/b' });
  assert.equal(hub?.query?.fromImage, 'docker.io/b/app');
  assert.deepEqual(loginOf(hub), { ...credentials, serveraddress: 'docker.io' });
});

test('the operator’s login for a registry is for all names that Docker takes for it, and for no other', async () => {
  const logins = { 'docker.io': credentials, Registry: { username: 'r', password: 'q' } };
  for (const image of ['app', 'team/app', 'docker.io/app', 'index.docker.io/library/app'])
    assert.deepEqual(loginOf(await pulled(image, {}, logins)), { ...credentials, serveraddress: 'docker.io' }, image);
  assert.deepEqual(loginOf(await pulled('Registry/app', {}, logins)), {
    ...{ username: 'r', password: 'q', serveraddress: 'Registry' },
  });
  for (const image of ['registry.example/app', 'localhost/app', 'Not A Name'])
    assert.equal(loginOf(await pulled(image, {}, logins)), undefined, image);
});

test('an image is pulled that is not here, each time, or never, as the operator says', async () => {
  for (const [policy, isHere, expected] of [
    ['missing', false, 1],
    ['missing', true, 0],
    ['always', true, 1],
    ['never', true, 0],
  ] as const) {
    const { pulls, calls } = stage({ policy }, [], isHere);
    assert.deepEqual(await pulls.ensure({ image: 'app' }), { digest: id, id }, policy);
    assert.equal(calls.length, expected, `${policy}, ${isHere ? 'here' : 'missing'}`);
  }
  const { pulls, calls } = stage({ policy: 'never' });
  const message =
    'CannotPullContainerError: Error response from daemon: image app:latest is not on this machine, and none is pulled here';
  await assert.rejects(pulls.ensure({ image: 'app' }), { name: 'CannotStart', message });
  assert.equal(calls.length, 0);
});

test('a name that leads to other things of a daemon is none of an image, and nothing is asked', async () => {
  const { pulls, calls } = stage({}, [], true);
  const message = 'CannotPullContainerError: Error response from daemon: invalid reference format';
  for (const image of ['../info', 'a/../../containers/json', './a', 'a//b', '/a', 'a/', '..', ''])
    await assert.rejects(pulls.ensure({ image }), { name: 'CannotStart', message }, image);
  assert.equal(calls.length, 0);
});

test('a pull of which something is heard again and again is given up after two hours, in the words of ECS', async () => {
  const [clock, answer, asked] = [new ManualClock(), new PassThrough(), Promise.withResolvers<void>()];
  const daemon = {
    json: () => Promise.reject(new DaemonRefusal(404, 'no such image')),
    stream: async ({ signal }: DaemonCall) => {
      signal?.addEventListener('abort', () => answer.destroy(new Error('cut')));
      asked.resolve();
      return answer;
    },
  };
  const none = { rewrites: new Map(), logins: new Map() };
  const pull = new ImagePulls({ daemon, clock, policy: 'missing', ...none }).ensure({ image: 'app' });
  const message = 'DockerTimeoutError: Could not transition to pulled; timed out after waiting 2h0m0s';
  const refused = assert.rejects(pull, { name: 'CannotStart', message });
  await asked.promise;
  for (let minutes = 0; minutes < 120; minutes += 4) {
    answer.write('{"status":"Downloading"}\n');
    await nextTurn();
    clock.advance(4 * 60_000);
  }
  await refused;
});

test('what names files of this machine alone is no daemon’s to pull, and that is said', async () => {
  const { pulls, calls } = stage();
  const refused = (image: string, words: string) =>
    assert.rejects(pulls.ensure({ image }), new CannotStart(`CannotPullContainerError: ${words}`));
  await refused(
    'host',
    'image host means the files of this machine, on which jobs run as processes alone: name an image',
  );
  for (const image of ['oci:/images/tool', 'docker-archive:/images/tool.tar'])
    await refused(
      image,
      `image ${image} is read where jobs are processes alone: load it into the daemon and name it as it is there`,
    );
  assert.equal(calls.length, 0);
});

test('an image that the daemon has is used, whatever else its name means where jobs are processes', async () => {
  const { pulls } = stage({}, [], true);
  assert.deepEqual(await pulls.ensure({ image: 'host' }), { digest: id, id });
});

test('those who want one image with one login share a pull, and nobody gets it by the login of another', async () => {
  const { pulls, calls } = stage();
  const login = { registryCredentials: credentials };
  const wanted = [{ image: 'app' }, { image: 'app:latest' }, { image: 'app', ...login }, { image: 'app', ...login }];
  await Promise.all(wanted.map((each) => pulls.ensure(each)));
  assert.deepEqual(calls.map(loginOf), [undefined, { ...credentials, serveraddress: 'docker.io' }]);
});

test('what a name stood for is the digest of its repository, however the daemon writes that, else the image’s id', async () => {
  for (const [image, known, expected] of [
    ['docker.io/library/app', 'app', digest],
    ['index.docker.io/team/app:1', 'team/app', digest],
    ['app', 'docker.io/library/app', digest],
    ['app', 'other.example/app', id],
    ['registry.example/app', 'app', id],
  ] as const) {
    const { pulls } = stage({}, [`other/thing@${id}`, `${known}@${digest}`]);
    assert.deepEqual(await pulls.ensure({ image }), { digest: expected, id }, `${image} of ${known}`);
  }
});
