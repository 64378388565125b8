import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { youngGeneration } from '../test/support/processes.ts';
import { define, setEnvironment } from './support/batch.ts';
import { BenchServer } from './support/bench-server.ts';
import { type Figure, type Finding, percent } from './support/figure.ts';
import { writeSubmits } from './support/signed-requests.ts';
import { sampleSubmits } from './support/submit-samples.ts';
import { sumOf } from './support/thread-times.ts';
import { middle, type Runner, type Turns, takeTurns } from './support/turns.ts';
import { hasWrk, replay } from './support/wrk.ts';

const rounds = 6;
const secondsEach = 2;
/** More than the bare server answers in a turn. */
const requestsInFile = 150_000;
/** Until the compiler has seen all of it. The bare server would answer more than the file holds. */
const warmUp = { connections: 32, seconds: 6 };
const bareWarmUp = { connections: 32, seconds: 1 };

interface Findings {
  readonly figures: readonly Figure[];
  readonly remarks: readonly string[];
}

/** SubmitJob against the least that any server in Node would do to make the same rows durable. See README.md. */
export async function submitThroughput(): Promise<Finding> {
  if (!hasWrk()) return { kind: 'skipped', reason: 'wrk is not installed (Debian: apt-get install wrk)' };
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-bench-'));
  try {
    const compared = await compare(directory);
    const enabled = await withEnvironmentEnabled(directory);
    return {
      kind: 'measured',
      figures: [compared, enabled].flatMap(({ figures }) => figures),
      remarks: [compared, enabled].flatMap(({ remarks }) => remarks),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function compare(directory: string): Promise<Findings> {
  const samplesFile = join(directory, 'samples.json');
  const samples = await sampleSubmits();
  writeFileSync(samplesFile, JSON.stringify(samples));
  const server = await BenchServer.start();
  const flags = [`--max-semi-space-size=${youngGeneration(server.pid)}`];
  const floor = await startBareServer(flags, [samplesFile, join(directory, 'floor')]);
  const bare = await startBareServer(flags, []);
  try {
    await define(server, 'bench', ['true']);
    // What is submitted must not run meanwhile.
    await setEnvironment(server, 'DISABLED');
    const file = join(directory, 'requests');
    const runners = [server, floor, bare].map(({ url, pid }) => ({ url, pid, file }));
    const found: Findings[] = [];
    for (const connections of [32, 256]) {
      // Signatures are good for five minutes.
      writeRequests(server, file);
      if (connections === 32) {
        for (const { url } of [server, floor]) await replay(url, file, warmUp);
        await replay(bare.url, file, bareWarmUp);
      }
      found.push(await compareAt(connections, runners));
    }
    const rows = `Rows of a job: ${samples.second.changes.map((change) => (change as { kind: string }).kind).join(', ')}.`;
    const space = `Semi-space of ${youngGeneration(server.pid)} MB, in all servers.`;
    return {
      figures: found.flatMap(({ figures }) => figures),
      remarks: [rows, space, ...found.flatMap(({ remarks }) => remarks)],
    };
  } finally {
    bare.process.disconnect();
    floor.process.disconnect();
    await server.close();
  }
}

async function compareAt(connections: number, runners: readonly Runner[]): Promise<Findings> {
  const options = { connections, seconds: secondsEach, rounds };
  const [ours, floor, bare] = await takeTurns(runners, options);
  if (!ours || !floor || !bare) throw new Error('three servers take turns');
  const at = `${connections} connections`;
  const counts = [ours, floor, bare].map(({ counted }) => counted.length);
  if (Math.min(...counts) === 0)
    return { figures: [], remarks: [`VOID at ${at}: the machine had too much other work.`] };
  const rate = (turns: Turns) => middle(turns, ({ perSecond }) => perSecond);
  const cpu = (turns: Turns) => middle(turns, (turn) => sumOf(turn.cpu));
  const figures: readonly Figure[] = [
    {
      name: `${at}: share of the floor by CPU`,
      value: percent(cpu(floor), cpu(ours)),
      unit: '%',
      aim: { atLeast: 60 },
    },
    {
      name: `${at}: share of the floor by rate`,
      value: percent(rate(ours), rate(floor)),
      unit: '%',
      aim: { atLeast: 60 },
    },
    ...figuresOf(`${at}: submits`, ours),
    ...figuresOf(`${at}: floor`, floor),
    { name: `${at}: bare server: requests`, value: rate(bare), unit: '/s' },
  ];
  const dropped = ours.dropped + floor.dropped + bare.dropped;
  const remarks = [
    `At ${at} ${counts.join(', ')} turns of ${rounds} counted (submits, floor, bare server).`,
    ...(dropped * 2 > rounds * runners.length
      ? [`DOUBTFUL at ${at}: the machine had other work in more than half of the turns.`]
      : []),
    ...(rate(bare) < 1.5 * rate(floor)
      ? [`VOID at ${at}: the generator drove the bare server less than 1.5 times as fast as the floor.`]
      : []),
  ];
  return { figures, remarks };
}

/** Jobs end at once, on the mock engine: memory holds none of them for long, and the sweeps and trims of a long run go on. */
async function withEnvironmentEnabled(directory: string): Promise<Findings> {
  const server = await BenchServer.start({ flags: ['--engine', 'mock'] });
  try {
    await define(server, 'bench', ['true']);
    const file = join(directory, 'requests');
    writeRequests(server, file);
    const { url, pid } = server;
    await replay(url, file, warmUp);
    const [ours] = await takeTurns([{ url, pid, file }], { connections: 32, seconds: secondsEach, rounds });
    if (!ours || ours.counted.length === 0)
      return { figures: [], remarks: ['VOID enabled: the machine had too much other work.'] };
    return { figures: figuresOf('enabled: submits, with the life of each job', ours), remarks: [] };
  } finally {
    await server.close();
  }
}

function writeRequests({ url, credentials }: BenchServer, file: string): void {
  writeSubmits(file, { url, credentials, jobDefinition: 'bench', count: requestsInFile });
}

function figuresOf(name: string, turns: Turns): readonly Figure[] {
  return [
    { name: `${name}: requests`, value: middle(turns, ({ perSecond }) => perSecond), unit: '/s' },
    { name: `${name}: CPU a request`, value: middle(turns, ({ cpu }) => sumOf(cpu)), unit: 'us' },
    { name: `${name}: of it the main thread`, value: middle(turns, ({ cpu }) => cpu.main), unit: 'us' },
    { name: `${name}: of it V8's threads`, value: middle(turns, ({ cpu }) => cpu.v8), unit: 'us' },
    { name: `${name}: of it the store's thread`, value: middle(turns, ({ cpu }) => cpu.store), unit: 'us' },
    { name: `${name}: of it the audit's thread`, value: middle(turns, ({ cpu }) => cpu.audit), unit: 'us' },
    { name: `${name}: answer time, p50`, value: middle(turns, ({ p50 }) => p50), unit: 'ms' },
    { name: `${name}: answer time, p99`, value: middle(turns, ({ p99 }) => p99), unit: 'ms' },
    { name: `${name}: memory at the end, PSS`, value: turns.memory, unit: 'MB' },
  ];
}

interface BareServer {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly url: string;
}

async function startBareServer(execArgv: readonly string[], words: readonly string[]): Promise<BareServer> {
  const child = fork(join(import.meta.dirname, 'support/bare-server.ts'), words, {
    execArgv: [...execArgv],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (!child.stdout || child.pid === undefined) throw new Error('the bare server has not started');
  const [port] = await once(child.stdout, 'data');
  return { process: child, pid: child.pid, url: `http://127.0.0.1:${String(port).trim()}` };
}
