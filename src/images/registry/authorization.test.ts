import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SystemClock } from '../../core/clock.ts';
import { parseReference } from '../reference/index.ts';
import { Authorization } from './authorization.ts';
import { registryPatience } from './patience.ts';
import { StubRegistry } from './stub-registry.fixture.ts';
import { Registries } from './transport.ts';

function authorizationOf(t: TestContext, stub: StubRegistry): Authorization {
  const registries = new Registries({ clock: new SystemClock(), patience: registryPatience, registries: {} });
  t.after(() => registries.close());
  const reference = parseReference(`${stub.domain}/a/b:1`);
  assert.ok(reference.kind === 'registry');
  return new Authorization(registries, reference, undefined);
}

test('who was first to ask for a token and gives up takes it from nobody else', async (t) => {
  const stub = await StubRegistry.open(t);
  const first = new AbortController();
  stub.intercepts.push((_, answer) => {
    if (first.signal.aborted) answer.end('{"token":"t"}');
    else first.abort(new Error('enough'));
    return true;
  });
  const authorization = authorizationOf(t, stub);
  const header = `Bearer realm="http://${stub.domain}/token"`;
  const asked = [first.signal, new AbortController().signal].map((signal) =>
    authorization.answerTo(header, undefined, signal),
  );
  await assert.rejects(asked[0] ?? Promise.resolve(), { message: 'enough' });
  assert.equal(await asked[1], 'Bearer t');
  assert.equal(stub.asked(/^\/token/), 2);
});

test('a refusal is told to all that wait for the token', async (t) => {
  const stub = await StubRegistry.open(t);
  stub.intercepts.push((_, answer) => {
    answer.end('{}');
    return true;
  });
  const authorization = authorizationOf(t, stub);
  const { signal } = new AbortController();
  const ask = () => authorization.answerTo(`Bearer realm="http://${stub.domain}/token"`, undefined, signal);
  const refused = { name: 'PullFailed', message: `no token from http://${stub.domain}: its answer has none` };
  await Promise.all([assert.rejects(ask(), refused), assert.rejects(ask(), refused)]);
  assert.equal(stub.asked(/^\/token/), 1);
});
