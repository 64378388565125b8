import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AccountId, Arn, TaskId } from '../../src/core/ids.ts';
import { AttemptSeals } from '../../src/iam/index.ts';
import { times } from '../support/effort.ts';
import { chooseSeed } from '../support/seed.ts';
import { ServerProcess } from '../support/server-process.ts';
import { checkAnswer } from './error-shape.ts';
import { exchange } from './exchange.ts';
import { type HostileRequest, strangeRequests, writeRequest } from './hostile-requests.ts';
import { mangledBytes } from './mangled-bytes.ts';
import { takeAnswer } from './wire-answer.ts';

const seed = chooseSeed();
const flags = ['--engine', 'mock', '--log-level', 'warn'];

function portOf(server: ServerProcess): number {
  return JSON.parse(readFileSync(join(server.dataDirectory, 'job-listener.json'), 'utf8')).port;
}

/** It still serves, and has met nothing that it did not foresee: that would be in its log. */
async function checkUnharmed(server: ServerProcess): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${portOf(server)}/v2/credentials/x`);
  assert.equal(answer.status, 401);
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  assert.equal(server.log, '');
}

/** Strange requests for what jobs ask for: with seals that are good, of a task that is over, and with such as are none. */
function requestsWith(seals: AttemptSeals): fc.Arbitrary<HostileRequest> {
  const taskId = 'a'.repeat(32) as TaskId;
  const roleArn = 'arn:aws:iam::123456789012:role/r' as Arn;
  const attempt = { account: '123456789012' as AccountId, taskId, roleArn, sharesS3: true };
  const [token, calls] = [seals.seal('credentials', attempt), seals.seal('calls', attempt)];
  const beginning = fc.constantFrom(
    '',
    '/v2/credentials',
    `/v2/credentials/${taskId}`,
    `/v4/${taskId}-0-${seals.mark(taskId, 0)}`,
    `/v4/${taskId}-1-${seals.mark(taskId, 0)}`,
    '/v4',
    `/as/${calls}`,
    `/as/${calls.slice(1)}`,
    `/as/${token}`,
    '/as',
    '/as//..',
  );
  const authorization = fc.constantFrom(undefined, token, calls, `${token}${token}`, 'x'.repeat(8_000));
  return fc.tuple(strangeRequests, beginning, authorization).map(([request, before, stated]) => ({
    ...request,
    path: before === '' || request.path.startsWith('/') ? `${before}${request.path}` : before,
    headers: stated === undefined ? request.headers : { ...request.headers, authorization: stated },
  }));
}

test('whatever is asked of the listener for jobs, the answer is a refusal in good shape, and no 5xx', async (t) => {
  t.diagnostic(`TEST_SEED=${seed}`);
  const server = await ServerProcess.start(t, flags);
  const port = portOf(server);
  const requests = requestsWith(new AttemptSeals(server.credentials.secretAccessKey));
  const check = async (request: HostileRequest) => {
    const toHead = request.method === 'HEAD';
    const received = await exchange(port, writeRequest(request, `127.0.0.1:${port}`, server.credentials));
    const taken = takeAnswer(received, toHead);
    assert.ok(taken, `no whole answer: ${received.toString('latin1')}`);
    checkAnswer(taken.answer, toHead);
    assert.ok(taken.answer.status >= 400, 'there is no job that anything could be for');
  };
  await fc.assert(fc.asyncProperty(requests, check), { seed, numRuns: times(1_500) });
  await checkUnharmed(server);
});

test('bytes that are no HTTP get an error or a closed connection there too', async (t) => {
  t.diagnostic(`TEST_SEED=${seed}`);
  const server = await ServerProcess.start(t, flags);
  const check = async (bytes: Buffer) => {
    let rest = await exchange(portOf(server), bytes, { hangUp: true });
    while (rest.length > 0) {
      const taken = takeAnswer(rest);
      assert.ok(taken, `half an answer: ${rest.toString('latin1')}`);
      checkAnswer(taken.answer);
      rest = taken.rest;
    }
  };
  await fc.assert(fc.asyncProperty(mangledBytes, check), { seed, numRuns: times(500) });
  await checkUnharmed(server);
});
