import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { registerShell } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { checkAnswer } from './error-shape.ts';
import { LoadConnection } from './load-connection.ts';
import { mixedTraffic, writeSample } from './traffic.ts';

const connections = 8;
/** A signature is good for five minutes: all are made anew after so many requests. */
const requestsEachSigning = 10_000;

test('after 100,000 requests, good and bad, the server holds at most 1.2 times what it held after 10,000', async (t) => {
  const server = await ServerProcess.start(t, ['--engine', 'mock', '--log-level', 'warn']);
  const clients = clientsOf(server);
  t.after(() => clients.close());
  const definition = await registerShell(clients.batch, { name: 'load', script: 'true' });
  await sendMany(server, definition, 10_000);
  const early = residentMebibytes(server.pid);
  await sendMany(server, definition, 90_000);
  const late = residentMebibytes(server.pid);
  t.diagnostic(`${early.toFixed(0)} MiB after 10,000 requests, ${late.toFixed(0)} MiB after 100,000`);
  assert.equal(server.log, '');
  assert.ok(late <= 1.2 * early, `${late} MiB is more than 1.2 times ${early} MiB`);
});

async function sendMany(server: ServerProcess, definition: string, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += requestsEachSigning) {
    await sendSome(server, definition, Math.min(requestsEachSigning, count - sent));
  }
}

/** Pipelines the whole mix again and again over a few connections, and checks every answer. */
async function sendSome(server: ServerProcess, definition: string, count: number): Promise<void> {
  const { host, port } = new URL(server.url);
  const mix = mixedTraffic(definition).map((sample) => writeSample(sample, host, server.credentials));
  let left = count;
  const work = async () => {
    const connection = new LoadConnection(Number(port), (answer) => checkAnswer(answer));
    while (left > 0) {
      left -= mix.length;
      assert.equal(await connection.send(mix), mix.length, 'the server closed a connection');
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, work));
}

function residentMebibytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kibibytes) / 1024;
}
