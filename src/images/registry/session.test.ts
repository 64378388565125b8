import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { type CancelTimer, type Clock, ManualClock, SystemClock } from '../../core/clock.ts';
import { parseReference } from '../reference/index.ts';
import { registryPatience } from './patience.ts';
import { RegistrySession } from './session.ts';
import type { Credentials, RegistrySettings } from './settings.ts';
import { refuse, StubRegistry, stubLayer } from './stub-registry.fixture.ts';
import { Registries } from './transport.ts';

const layer = stubLayer({ a: 'a' });
const never = new AbortController().signal;
const user = { username: 'u', password: 'p:q' };
const basic = `Basic ${Buffer.from('u:p:q').toString('base64')}`;

interface SessionOptions {
  readonly own?: Credentials;
  readonly settings?: RegistrySettings;
  readonly clock?: Clock;
}

function sessionOf(
  t: TestContext,
  stub: StubRegistry,
  { own, settings, clock = new SystemClock() }: SessionOptions = {},
): RegistrySession {
  const patience = { ...registryPatience, backoff: 1 };
  const registries = new Registries({ clock, patience, registries: settings ? { [stub.domain]: settings } : {} });
  t.after(() => registries.close());
  const reference = parseReference(`${stub.domain}/a/b:1`);
  assert.ok(reference.kind === 'registry');
  return new RegistrySession(registries, reference, own);
}

function challenge(answer: ServerResponse, header: string): true {
  answer.setHeader('www-authenticate', header);
  return refuse(answer, 401, 'UNAUTHORIZED', 'authentication required');
}

/** The stub gives tokens, `token-1` and on, and wants to see the latest. */
function wantTokens(stub: StubRegistry): { valid: string } {
  const state = { valid: 'none', given: 0 };
  stub.intercepts.push((request, answer) => {
    if (request.url?.startsWith('/token')) {
      state.given += 1;
      state.valid = `token-${state.given}`;
      answer.end(JSON.stringify({ token: state.valid }));
      return true;
    }
    if (request.headers.authorization === `Bearer ${state.valid}`) return false;
    return challenge(answer, `Bearer realm="http://${stub.domain}/token",service="s",scope="repository:a/b:pull"`);
  });
  return state;
}

test('a registry that wants a token is asked once, its token server once, and the token is kept', async (t) => {
  const stub = await StubRegistry.open(t);
  const { digest, layers } = stub.putImage('a/b', '1', [layer]);
  wantTokens(stub);
  const session = sessionOf(t, stub, { own: user });
  assert.equal((await session.manifest('1', never)).digest, digest);
  await session.blob(layers[0]?.digest ?? digest, 0, never);
  assert.deepEqual(
    stub.requests.map(({ path, authorization }) => [path.replace(/sha256:\w+/, 'digest'), authorization]),
    [
      ['/v2/a/b/manifests/1', undefined],
      ['/token?service=s&scope=repository%3Aa%2Fb%3Apull&account=u', basic],
      ['/v2/a/b/manifests/1', 'Bearer token-1'],
      ['/v2/a/b/blobs/digest', 'Bearer token-1'],
    ],
  );
});

test('a token that has run out is renewed, once for all that wait for it', async (t) => {
  const stub = await StubRegistry.open(t);
  stub.putImage('a/b', '1', [layer]);
  const tokens = wantTokens(stub);
  const session = sessionOf(t, stub);
  await session.manifest('1', never);
  tokens.valid = 'another';
  await Promise.all([session.manifest('1', never), session.manifest('1', never), session.manifest('1', never)]);
  assert.equal(stub.asked(/^\/token/), 2);
});

test('a password is shown to who asks for it; a second refusal is the end', async (t) => {
  const stub = await StubRegistry.open(t);
  stub.putImage('a/b', '1', [layer]);
  stub.intercepts.push(
    ({ headers }, answer) => headers.authorization !== basic && challenge(answer, 'Basic realm="here"'),
  );
  await sessionOf(t, stub, { settings: { credentials: user } }).manifest('1', never);
  assert.equal(stub.requests.length, 2);
  const wrong = sessionOf(t, stub, { own: { username: 'u', password: 'wrong' }, settings: { credentials: user } });
  const message =
    `pull access denied for ${stub.domain}/a/b, repository does not exist or may require authorization: ` +
    'unauthorized: authentication required';
  await assert.rejects(wrong.manifest('1', never), { name: 'PullFailed', message });
  assert.equal(stub.requests.length, 4);
  await assert.rejects(sessionOf(t, stub).manifest('1', never), { name: 'PullFailed', message });
  assert.equal(stub.requests.length, 5);
});

test('a token server that refuses the password says so', async (t) => {
  const stub = await StubRegistry.open(t);
  stub.intercepts.push(({ url }, answer) =>
    url?.startsWith('/token')
      ? refuse(answer, 401, 'UNAUTHORIZED')
      : challenge(answer, `Bearer realm="http://${stub.domain}/token"`),
  );
  await assert.rejects(sessionOf(t, stub, { own: user }).manifest('1', never), {
    message: `Get "https://${stub.domain}/v2/": unauthorized: incorrect username or password`,
  });
});

test('where a registry keeps blobs elsewhere, nobody there sees what we show to the registry, nor may ask for it', async (t) => {
  const stub = await StubRegistry.open(t);
  const elsewhere = await StubRegistry.open(t);
  const { layers } = stub.putImage('a/b', '1', [layer]);
  const [blob] = layers;
  assert.ok(blob);
  elsewhere.blobs.set(blob.digest, layer.content);
  wantTokens(stub);
  stub.intercepts.push(({ url = '' }, answer) => {
    if (!url.includes('/blobs/')) return false;
    answer.writeHead(307, { location: `http://${elsewhere.domain}${url}` });
    answer.end();
    return true;
  });
  const session = sessionOf(t, stub, { own: user });
  const { pieces } = await session.blob(blob.digest, 0, never);
  const got: Buffer[] = [];
  for await (const piece of pieces) got.push(piece);
  assert.deepEqual(Buffer.concat(got), layer.content);
  elsewhere.intercepts.push((_, answer) => challenge(answer, `Bearer realm="http://${elsewhere.domain}/token"`));
  await assert.rejects(session.blob(blob.digest, 0, never), { name: 'PullFailed' });
  assert.deepEqual(
    elsewhere.requests.map(({ authorization }) => authorization),
    [undefined, undefined],
  );
});

test('a registry that leads in circles is left', async (t) => {
  const stub = await StubRegistry.open(t);
  stub.intercepts.push((request, answer) => {
    answer.writeHead(302, { location: request.url });
    answer.end();
    return true;
  });
  await assert.rejects(sessionOf(t, stub).manifest('1', never), { message: /redirects too often$/ });
  assert.equal(stub.requests.length, 6);
});

test('a registry that is trusted by TLS alone sends nobody to where anybody listens', async (t) => {
  const stub = await StubRegistry.open(t);
  const session = sessionOf(t, stub, { settings: { insecure: false } });
  await assert.rejects(session.manifest('1', never), { name: 'ConnectionLost' });
  assert.equal(stub.requests.length, 0);
});

for (const [status, code] of [
  [429, 'TOOMANYREQUESTS'],
  [500, 'UNKNOWN'],
  [503, 'UNAVAILABLE'],
] as const)
  test(`a registry that answers ${status} is asked again, three times`, async (t) => {
    const stub = await StubRegistry.open(t);
    const { digest } = stub.putImage('a/b', '1', [layer]);
    let left = 3;
    stub.intercepts.push((_, answer) => {
      if (left === 0) return false;
      left -= 1;
      answer.setHeader('retry-after', '0');
      return refuse(answer, status, code, 'later');
    });
    assert.equal((await sessionOf(t, stub).manifest('1', never)).digest, digest);
    left = 4;
    await assert.rejects(sessionOf(t, stub).manifest('1', never), {
      name: 'PullFailed',
      message: `${code.toLowerCase()}: later`,
    });
    assert.equal(stub.requests.length, 8);
  });

const words: readonly (readonly [number, string, string, string])[] = [
  [404, 'MANIFEST_UNKNOWN', 'manifest unknown', 'manifest for DOMAIN/a/b:1 not found: manifest unknown'],
  [404, '', '', 'manifest for DOMAIN/a/b:1 not found: manifest unknown'],
  [
    ...([404, 'NAME_UNKNOWN', 'repository name not known to registry'] as const),
    'pull access denied for DOMAIN/a/b, repository does not exist or may require authorization: name unknown: repository name not known to registry',
  ],
  [
    ...([403, 'DENIED', 'requested access to the resource is denied'] as const),
    'pull access denied for DOMAIN/a/b, repository does not exist or may require authorization: denied: requested access to the resource is denied',
  ],
  [400, '', '', 'received unexpected HTTP status: 400 Bad Request'],
  [418, 'A\nB', 'x\u0000y'.repeat(200), `a b: ${'x y'.repeat(200).slice(0, 300)}`],
];

for (const [status, code, message, expected] of words)
  test(`${status} ${JSON.stringify(code)} is said as Docker says it, at once`, async (t) => {
    const stub = await StubRegistry.open(t);
    stub.intercepts.push((_, answer) => {
      if (code !== '') return refuse(answer, status, code, message);
      answer.writeHead(status);
      answer.end('<html>');
      return true;
    });
    await assert.rejects(sessionOf(t, stub).manifest('1', never), {
      name: 'PullFailed',
      message: expected.replace('DOMAIN', stub.domain),
    });
    assert.equal(stub.requests.length, 1);
  });

test('a manifest is no larger than 4 MiB, and what its digest says', async (t) => {
  const stub = await StubRegistry.open(t);
  const { digest } = stub.putImage('a/b', '1', [layer]);
  stub.manifests.set('a/b:big', Buffer.alloc(4 * 1024 ** 2 + 1, ' '));
  stub.manifests.set(`a/b@${digest}`, Buffer.from('{}'));
  const session = sessionOf(t, stub);
  await assert.rejects(session.manifest('big', never), {
    name: 'PullFailed',
    message: /is larger than 4194304 bytes$/,
  });
  await assert.rejects(session.manifest(digest, never), {
    name: 'PullFailed',
    message: `manifest verification failed for digest ${digest}`,
  });
});

test('nobody there is said at once; nobody who answers after 15 s, four times', async (t) => {
  const stub = await StubRegistry.open(t);
  const clock = new HastyClock();
  stub.intercepts.push(() => {
    clock.advance(15_000);
    return true;
  });
  const message = `Get "http://${stub.domain}/v2/": no answer in 15 s`;
  await assert.rejects(sessionOf(t, stub, { clock }).manifest('1', never), {
    ...{ name: 'ConnectionLost', message, isAway: false },
  });
  assert.equal(stub.requests.length, 4);
  stub.close();
  await assert.rejects(sessionOf(t, stub).manifest('1', never), { name: 'ConnectionLost', isAway: true });
});

/** Turned by hand, but that pauses before another try are over at once. */
class HastyClock extends ManualClock {
  override after(delay: number, task: () => void): CancelTimer {
    if (delay >= 1_000) return super.after(delay, task);
    const immediate = setImmediate(task);
    return () => clearImmediate(immediate);
  }
}
