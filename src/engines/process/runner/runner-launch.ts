import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { EngineUnavailable } from '../../contract.ts';
import { makePrivateDirectory, type RunnerLayout } from '../layout.ts';
import type { RunnerArguments } from './runner-arguments.ts';

/** Compiled by rewriting imports alone, so this file's own ending says what the runner's is. */
const program = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../runner.ts' : '../runner.js', import.meta.url),
);

/** Small heap: a runner holds little and works in short bursts. */
const flags = ['--max-semi-space-size=1', '--max-old-space-size=96', '--disable-warning=ExperimentalWarning'];

/** How long a new runner may take to say a word. */
interface Patience {
  readonly clock: Clock;
  readonly runnerStartMs: Milliseconds;
}

/**
 * Starts a runner in a session of its own, with `workplace` as its working directory, and waits until it listens, or until it
 * sees that another one does.
 * Rejects with `EngineUnavailable`.
 */
export async function launchRunner(
  workplace: string,
  layout: RunnerLayout,
  options: RunnerArguments,
  patience: Patience,
): Promise<void> {
  makePrivateDirectory(layout.directory);
  const warmUp = program.endsWith('.ts') && !existsSync(layout.codeCache);
  mkdirSync(layout.codeCache, { recursive: true, mode: 0o700 });
  const log = openSync(layout.log, 'a', 0o600);
  try {
    const child = spawn(process.execPath, [...flags, program, JSON.stringify({ ...options, warmUp })], {
      detached: true,
      cwd: workplace,
      stdio: ['ignore', 'pipe', log],
      env: { NODE_COMPILE_CACHE: layout.codeCache },
    });
    await firstWord(child, layout.log, patience);
  } finally {
    closeSync(log);
  }
}

/** One that says nothing in time may say it later: it is let go all the same, and this process ends without it. */
export async function firstWord(child: ChildProcess, log: string, patience: Patience): Promise<void> {
  try {
    await saysAnything(child, log, patience);
  } finally {
    child.unref();
    if (child.stdout instanceof Socket) child.stdout.unref();
  }
}

function saysAnything(child: ChildProcess, log: string, { clock, runnerStartMs }: Patience): Promise<void> {
  const { stdout } = child;
  return new Promise((resolve, reject) => {
    const fail = (words: string) => {
      cancel();
      reject(new EngineUnavailable(`the runner did not start: ${words}; see ${log}`));
    };
    const cancel = clock.after(runnerStartMs, () => fail('it did not answer in time'));
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`it ended with ${signal ?? code}`));
    stdout?.once('data', () => {
      cancel();
      child.removeAllListeners('exit');
      stdout.destroy();
      resolve();
    });
  });
}
