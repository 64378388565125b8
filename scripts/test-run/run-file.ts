import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { givenSeed } from '../../test/support/seed.ts';
import { type LeakedProcess, processesOf } from './leaks.ts';
import type { TestOutcome } from './reporter.ts';

/** All that is known of one test file after its run. */
export interface FileResult {
  readonly file: string;
  readonly outcomes: readonly TestOutcome[];
  readonly seconds: number;
  /** What the file printed; shown when it failed. */
  readonly output: string;
}

/** How long after a file's end its processes may take to be gone. */
const graceForProcesses = 3_000;

/** Runs one test file in a process and a temporary directory of its own. Kills it, and all it started, after `limit` ms. */
export async function runFile(file: string, limit: number): Promise<FileResult> {
  // Short, because Unix sockets below it have room for 107 bytes.
  const directory = mkdtempSync(join(tmpdir(), 'by-'));
  const started = performance.now();
  try {
    const { failure, output } = await runProcess(file, directory, limit);
    const leaked = await killLeaked(directory);
    const told = readOutcomes(directory);
    const outcomes = [...told, ...troubles(told, failure, leaked)];
    return { file, outcomes, output, seconds: (performance.now() - started) / 1_000 };
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runProcess(file: string, directory: string, limit: number) {
  // Jobs of tests that run as root are another user's, and must get through.
  chmodSync(directory, 0o711);
  mkdirSync(join(directory, 't'));
  const child = spawn(
    process.execPath,
    [
      '--enable-source-maps',
      ...seedOfProperties(file),
      `--test-reporter=${join(import.meta.dirname, 'reporter.ts')}`,
      `--test-reporter-destination=${join(directory, 'outcomes')}`,
      file,
    ],
    { env: environmentFor(directory), stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const output = collect(child);
  const timer = setTimeout(() => killGroup(child), limit);
  const [code, signal] = await once(child, 'exit');
  clearTimeout(timer);
  const failure = signal
    ? `ended by ${signal}; the limit is ${limit / 1_000} s`
    : code === 0
      ? undefined
      : `exit code ${code}`;
  return { failure, output: output.join('') };
}

/** Only where there are properties: fast-check takes a tenth of a second to load. Fixtures have some. */
function seedOfProperties(file: string): readonly string[] {
  if (givenSeed === undefined || !/'fast-check'|\.fixture\.ts'/.test(readFileSync(file, 'utf8'))) return [];
  return ['--import', join(import.meta.dirname, 'property-seed.ts')];
}

/** Neither the developer's AWS settings nor Batchyard options nor container daemon reach a test. */
function environmentFor(directory: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => name === 'BATCHYARD_REQUIRE_ALL' || !/^(AWS|BATCHYARD|NODE_TEST)_/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    TMPDIR: join(directory, 't'),
    AWS_CONFIG_FILE: join(directory, 'no-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(directory, 'no-aws-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    // Where a daemon answers a server would choose containers.
    DOCKER_HOST: 'unix:///no-daemon-in-tests',
  };
}

function collect(child: ChildProcess): readonly string[] {
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  }
  return chunks;
}

function killGroup(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
}

async function killLeaked(directory: string): Promise<readonly LeakedProcess[]> {
  const leaked = await remaining(directory, graceForProcesses);
  for (const { pid } of leaked) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in this moment.
    }
  }
  await remaining(directory, graceForProcesses);
  return leaked;
}

/** Waits until no process of `directory` is left, but not longer than `limit` ms; answers those that are. */
async function remaining(directory: string, limit: number): Promise<readonly LeakedProcess[]> {
  const until = performance.now() + limit;
  for (;;) {
    const left = processesOf(directory);
    if (left.length === 0 || performance.now() > until) return left;
    await sleep(50);
  }
}

function readOutcomes(directory: string): readonly TestOutcome[] {
  try {
    const lines = readFileSync(join(directory, 'outcomes'), 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

/** What is wrong with the file as a whole, beside its tests. */
function troubles(
  outcomes: readonly TestOutcome[],
  failure: string | undefined,
  leaked: readonly LeakedProcess[],
): readonly TestOutcome[] {
  const found: string[] = leaked.map(({ pid, command }) => `left process ${pid} running: ${command}`);
  const told = outcomes.some(({ kind }) => kind === 'failed');
  if (failure !== undefined && !told) found.push(`the file failed: ${failure}`);
  if (failure === undefined && outcomes.length === 0) found.push('the file has no tests');
  return found.map((error) => ({ kind: 'failed', name: '(the whole file)', line: 0, error }));
}
