import { type CommandResult, runCommand } from '../../../src/cli/invocation.fixture.ts';
import type { InProcessServer } from '../../support/server-in-process.ts';

/** Runs `batchyard` with these words, in this process and by the server's clock. */
export function commandOf({ url, credentials, clock }: InProcessServer) {
  const environment = {
    BATCHYARD_ENDPOINT: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  return (...words: readonly string[]): Promise<CommandResult> => runCommand(words, { environment, clock });
}
