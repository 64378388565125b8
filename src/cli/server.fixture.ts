import { SystemClock } from '../core/clock.ts';
import { silentLogger } from '../core/logger.ts';
import type { MockWorld } from '../engines/index.ts';
import { compileOptions, type Options, thisMachine } from '../main/index.ts';
import { startServer } from '../main/server.ts';
import { type CommandResult, runCommand } from './invocation.fixture.ts';

/** An ephemeral server inside the test's process, and the command line pointed at it. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly dataDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Runs `batchyard` with these words. */
  command(...words: readonly string[]): Promise<CommandResult>;
}

/**
 * Starts a server on a free port, with the process engine, or the mock engine of a world. Dispose of it when the test ends.
 */
export async function startTestServer(options: Options = {}, mockWorld?: MockWorld): Promise<TestServer> {
  const compiled = compileOptions(
    { port: 0, ephemeral: true, 'images.pull': 'never', ...(mockWorld && { engine: 'mock' }), ...options },
    thisMachine(),
  );
  const server = await startServer(compiled, {
    version: '0.0.0-test',
    logger: silentLogger,
    ...(mockWorld && { mockWorld }),
    onFatal: (error) => {
      throw error;
    },
  });
  const environment = {
    BATCHYARD_ENDPOINT: server.url,
    AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
  };
  const clock = new SystemClock();
  return {
    url: server.url,
    dataDirectory: server.dataDirectory,
    environment,
    command: (...words) => runCommand(words, { environment, clock }),
    async [Symbol.asyncDispose]() {
      clock.close();
      await server.close({ stopJobs: true });
    },
  };
}
