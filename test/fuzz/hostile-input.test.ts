import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { times } from '../support/effort.ts';
import { chooseSeed } from '../support/seed.ts';
import { ServerProcess } from '../support/server-process.ts';
import { checkAnswer } from './error-shape.ts';
import { exchange } from './exchange.ts';
import { type HostileRequest, signedOperations, strangeRequests, writeRequest } from './hostile-requests.ts';
import { mangledBytes } from './mangled-bytes.ts';
import { takeAnswer } from './wire-answer.ts';

const seed = chooseSeed();
const flags = ['--engine', 'mock', '--log-level', 'warn'];

test('whatever its method, path, headers, body and signature, a request gets an answer that is no 5xx', async (t) => {
  t.diagnostic(`TEST_SEED=${seed}`);
  const server = await ServerProcess.start(t, flags);
  await fc.assert(
    fc.asyncProperty(strangeRequests, (request) => checkRequest(server, request)),
    { seed, numRuns: times(1_500) },
  );
  await checkUnharmed(server);
});

test('a signed operation with any input gets an answer that is no 5xx', async (t) => {
  t.diagnostic(`TEST_SEED=${seed}`);
  const server = await ServerProcess.start(t, flags);
  await fc.assert(
    fc.asyncProperty(signedOperations, (request) => checkRequest(server, request)),
    { seed, numRuns: times(1_500) },
  );
  await checkUnharmed(server);
});

test("bytes that are no HTTP, or HTTP gone wrong, get an error in AWS's shape or a closed connection", async (t) => {
  t.diagnostic(`TEST_SEED=${seed}`);
  const server = await ServerProcess.start(t, flags);
  await fc.assert(
    fc.asyncProperty(mangledBytes, async (bytes) => {
      let rest = await exchange(portOf(server), bytes, { hangUp: true });
      while (rest.length > 0) {
        const taken = takeAnswer(rest);
        assert.ok(taken, `half an answer: ${rest.toString('latin1')}`);
        checkAnswer(taken.answer);
        rest = taken.rest;
      }
    }),
    { seed, numRuns: times(1_000) },
  );
  await checkUnharmed(server);
});

async function checkRequest(server: ServerProcess, request: HostileRequest): Promise<void> {
  const { host } = new URL(server.url);
  const toHead = request.method === 'HEAD';
  const received = await exchange(portOf(server), writeRequest(request, host, server.credentials));
  const taken = takeAnswer(received, toHead);
  assert.ok(taken, `no whole answer: ${received.toString('latin1')}`);
  checkAnswer(taken.answer, toHead);
}

/** It still serves, and has met nothing that it did not foresee: that would be in its log. */
async function checkUnharmed(server: ServerProcess): Promise<void> {
  const answer = await fetch(`${server.url}/healthz`);
  assert.equal(answer.status, 200);
  assert.equal(server.log, '');
}

function portOf(server: ServerProcess): number {
  return Number(new URL(server.url).port);
}
