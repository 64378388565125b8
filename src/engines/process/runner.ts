/**
 * The runner: a small process that starts jobs, keeps them and writes their output, and outlives the server. Its one
 * argument is a `RunnerArguments` in JSON. It loads everything at its start, as an upgrade may replace its files, and
 * imports little, as it must stay small. It works in the engine's directory and names its files from there, so that they
 * stay its own when the data directory is renamed, and another one takes the old name.
 */
import { unlinkSync, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { createServer } from 'node:net';
import { bootId } from '../../core/boot-id.ts';
import { SystemClock } from '../../core/clock.ts';
import { armFailpoint, parseFailpoint } from '../../core/failpoint.ts';
import { makeWayForSocket } from '../../core/set-aside.ts';
import { highestEpoch } from '../epoch-file.ts';
import { FifoPool } from './container/fifo-pool.ts';
import { errorCode } from './errors.ts';
import { closeInherited } from './host/inherited-descriptors.ts';
import { processLayout, runnerLayout } from './layout.ts';
import type { RunnerArguments } from './runner/runner-arguments.ts';
import { takeLock } from './runner/runner-lock.ts';
import { RunnerService } from './runner/runner-service.ts';
import { TaskFiles } from './task/task-files.ts';

const argument = process.argv.at(-1) ?? '{}';
const options: RunnerArguments = JSON.parse(argument);
const layout = processLayout('.');
const own = runnerLayout(layout, options.version);

if (options.warmUp) restartCompiled();
else run();

/** Without the code cache the compiler of types takes 16 MB for ever: the first runner fills the cache and starts again. */
function restartCompiled(): void {
  flushCompileCache();
  const again = JSON.stringify({ ...options, warmUp: false });
  process.execve?.(process.execPath, [process.execPath, ...process.execArgv, process.argv[1] ?? '', again]);
}

function run(): void {
  closeInherited();
  process.umask(0o022);
  if (options.failpoint !== undefined) armFailpoint(parseFailpoint(options.failpoint));
  const lock = takeLock(own.lock, warn);
  if (!lock) {
    announce('taken');
    return;
  }
  const clock = new SystemClock();
  const service = new RunnerService({
    installationId: options.installationId,
    clock,
    highestEpoch: () => highestEpoch(layout.epochFile),
    files: new TaskFiles(layout.tasks),
    fifos: new FifoPool(own.fifos, options.mkfifo),
    bootId: bootId(),
    codeCache: own.codeCache,
    idleMs: options.idleMs,
    onIdle: () => {
      service.close();
      process.exit(0);
    },
    onProblem: warn,
  });
  listen(service);
}

function warn(words: string): void {
  process.stderr.write(`${words}\n`);
}

/** Only the holder of the lock comes here, so what lies at the socket's path is a dead runner's. */
function listen(service: RunnerService): void {
  makeWayForSocket(own.socket, warn);
  removeStale(own.socket);
  const server = createServer((socket) => service.accept(socket));
  const umask = process.umask(0o077); // the socket is made in this call, for its owner alone
  server.listen(own.socket, () => announce('ready'));
  process.umask(umask);
}

function removeStale(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** The server waits for this word, and may be gone. */
function announce(word: 'ready' | 'taken'): void {
  try {
    writeSync(1, `${word}\n`);
  } catch {
    // Nobody waits any more.
  }
}
