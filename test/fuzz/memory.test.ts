import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { registerShell } from '../support/jobs.ts';
import { readMetric, waitForIdleCollections } from '../support/metrics.ts';
import { youngGeneration } from '../support/processes.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { checkAnswer } from './error-shape.ts';
import { LoadConnection } from './load-connection.ts';
import { mixedTraffic, writeSample } from './traffic.ts';

const connections = 8;
/** A signature is good for five minutes: all are made anew after so many requests. */
const requestsEachSigning = 10_000;

test('idle after 100,000 requests, good and bad, the server holds at most 1.2 times what it held idle after 10,000', async (t) => {
  const server = await ServerProcess.start(t, ['--engine', 'mock', '--log-level', 'warn']);
  const clients = clientsOf(server);
  t.after(() => clients.close());
  const definition = await registerShell(clients.batch, { name: 'load', script: 'true' });
  const early = await heldAfter(server, definition, 10_000);
  const late = await heldAfter(server, definition, 90_000);
  t.diagnostic(`semi-space of ${youngGeneration(server.pid)} MB`);
  t.diagnostic(`after 10,000 requests ${inWords(early)}; after 100,000 ${inWords(late)}`);
  assert.equal(server.log, '');
  assert.ok(late.idle <= 1.2 * early.idle, `${late.idle} MiB is more than 1.2 times ${early.idle} MiB`);
});

/** MiB of resident memory. */
interface Held {
  /** With the garbage that V8 lets lie under load. */
  readonly busy: number;
  /** Once the idle server has collected it: what it really needs. */
  readonly idle: number;
}

async function heldAfter(server: ServerProcess, definition: string, count: number): Promise<Held> {
  await sendMany(server, definition, count);
  const busy = residentMebibytes(server.pid);
  const collections = await readMetric(server.url, 'batchyard_idle_collections_total');
  await waitForIdleCollections(server.url, collections + 1);
  return { busy, idle: residentMebibytes(server.pid) };
}

function inWords({ busy, idle }: Held): string {
  return `${busy.toFixed(0)} MiB under load and ${idle.toFixed(0)} idle`;
}

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
