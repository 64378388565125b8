import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { define, setEnvironment } from './support/batch.ts';
import { BenchServer } from './support/bench-server.ts';
import { cpuBetween, cpuTimeOf } from './support/cpu.ts';
import { type Finding, percent } from './support/figure.ts';
import { writeSubmits } from './support/signed-requests.ts';
import { median } from './support/statistics.ts';
import { hasWrk, type Replay, replay } from './support/wrk.ts';

const rounds = 3;
const secondsEach = 4;
/** More than the bare server answers in a round. */
const requestsInFile = 200_000;

interface Measured extends Replay {
  /** Microseconds of CPU that the server's process took for one request. */
  readonly cpu: number;
}

/** SubmitJob against the least that any server in Node would do for a signed request. See README.md. */
export async function submitThroughput(): Promise<Finding> {
  if (!hasWrk()) return { kind: 'skipped', reason: 'wrk is not installed (Debian: apt-get install wrk)' };
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-bench-'));
  const server = await BenchServer.start();
  const bare = await startBareServer();
  try {
    await define(server, 'bench', ['true']);
    // What is submitted must not run meanwhile.
    await setEnvironment(server, 'DISABLED');
    const file = join(directory, 'requests');
    const { url, credentials } = server;
    writeSubmits(file, { url, credentials, jobDefinition: 'bench', count: requestsInFile });
    return await compare(server, bare, file);
  } finally {
    bare.process.disconnect();
    await server.close();
    rmSync(directory, { recursive: true });
  }
}

async function compare(server: BenchServer, bare: BareServer, file: string): Promise<Finding> {
  const pid = bare.process.pid ?? 0;
  await replay(bare.url, file, 1);
  // Twenty thousand requests or so, until the compiler has seen all of it.
  await replay(server.url, file, 6);
  const bares: Measured[] = [];
  const ours: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) {
    bares.push(await measure(bare.url, pid, file));
    ours.push(await measure(server.url, server.pid, file));
  }
  const ratio = median(ours.map(({ perSecond }, round) => percent(perSecond, bares[round]?.perSecond ?? 0)));
  const isVoid = ratio > 100 / 1.5;
  return {
    kind: 'measured',
    figures: [
      { name: 'submits: share of the bare server', value: ratio, unit: '%', aim: { atLeast: 50 } },
      ...figuresOf('submits', ours),
      ...figuresOf('bare server', bares),
    ],
    remarks: isVoid ? ['VOID: the generator did not drive the bare server 1.5 times as fast as ours.'] : [],
  };
}

async function measure(url: string, pid: number, file: string): Promise<Measured> {
  const before = cpuTimeOf(pid);
  const replayed = await replay(url, file, secondsEach);
  return { ...replayed, cpu: cpuBetween(before, cpuTimeOf(pid)).own / replayed.requests };
}

function figuresOf(name: string, runs: readonly Measured[]): Extract<Finding, { kind: 'measured' }>['figures'] {
  const middle = (field: 'perSecond' | 'p50' | 'p99' | 'cpu') => median(runs.map((run) => run[field]));
  return [
    { name: `${name}: requests`, value: middle('perSecond'), unit: '/s' },
    { name: `${name}: CPU a request`, value: middle('cpu'), unit: 'us' },
    { name: `${name}: answer time, p50`, value: middle('p50'), unit: 'ms' },
    { name: `${name}: answer time, p99`, value: middle('p99'), unit: 'ms' },
  ];
}

interface BareServer {
  readonly process: ChildProcess;
  readonly url: string;
}

async function startBareServer(): Promise<BareServer> {
  const child = fork(join(import.meta.dirname, 'support/bare-server.ts'), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (!child.stdout) throw new Error('the bare server has no standard output');
  const [port] = await once(child.stdout, 'data');
  return { process: child, url: `http://127.0.0.1:${String(port).trim()}` };
}
