import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ManualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { type MockScript, MockWorld, type MockWorldOptions } from '../../src/engines/index.ts';
import { compileOptions, type Options, thisMachine } from '../../src/main/index.ts';
import { type RunningServer, startServer } from '../../src/main/server.ts';
import { isRunning, runnersOf, signal } from './processes.ts';
import { until } from './wait.ts';

export interface InProcessOptions {
  /** Beside a free port, the mock engine and a directory of its own. */
  readonly options?: Options;
  /** What each task does. @default it succeeds at once, when the clock moves */
  readonly script?: MockScript;
  /** What the host has. @default 4 vCPUs */
  readonly capacity?: MockWorldOptions['capacity'];
  /** What else is said of the host. */
  readonly pool?: MockWorldOptions['pool'];
}

/** A server of this process, with an engine that plays a script and a clock that the test turns. */
export interface InProcessServer extends RunningServer {
  readonly clock: ManualClock;
  readonly world: MockWorld;
  /** Closes the server and starts another on what it left: a restart, by the same clock and with the same engine. */
  restart(): Promise<InProcessServer>;
}

/**
 * Starts a whole server in this process. Its clock starts at the time of now, so that signatures are young; turn it by
 * hand. The server is closed after `test`, which fails if the server met something that it could not survive.
 */
export async function startInProcess(
  test: Pick<TestContext, 'after'>,
  { options = {}, script = () => ({}), capacity, pool }: InProcessOptions = {},
): Promise<InProcessServer> {
  const root = mkdtempSync(join(tmpdir(), 'server-'));
  const clock = new ManualClock(Date.now());
  const world = new MockWorld({ clock, script, ...(capacity && { capacity }), ...(pool && { pool }) });
  const fatal: unknown[] = [];
  let current: RunningServer | undefined;
  const start = async (): Promise<InProcessServer> => {
    const compiled = compileOptions(
      { port: 0, engine: 'mock', data: join(root, 'data'), 'images.pull': 'never', ...options },
      thisMachine(),
    );
    const dependencies = { version: '0.0.0-test', logger: silentLogger, clock, mockWorld: world };
    const server = await startServer(compiled, { ...dependencies, onFatal: (error) => fatal.push(error) });
    current = server;
    const restart = async () => {
      await server.close();
      return start();
    };
    return { ...server, clock, world, restart };
  };
  chmodSync(root, 0o711);
  test.after(async () => {
    await current?.close();
    // Of the process engine: processes of their own, which go on.
    const runners = runnersOf(join(root, 'data'));
    for (const pid of runners) signal(pid, 'SIGKILL');
    await until('the runners to be dead', () => !runners.some(isRunning));
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    if (fatal.length > 0) throw new AggregateError(fatal, 'the server could not go on');
  });
  return start();
}
