import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { CommandError, type Invocation } from '../invocation.ts';
import { ApiError } from './api-error.ts';
import type { Client } from './client.ts';

/**
 * Runs `work` with a client that is closed afterwards. What the server refuses to whoever calls (`ClientException`) is said in its
 * own words alone, as if this process had met it itself: throws `CommandError`.
 */
export async function withClient<Result>(
  invocation: Invocation,
  flags: ConnectionFlags,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = connect(invocation, flags);
  try {
    return await work(client);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'ClientException')
      throw new CommandError(error.words, { cause: error });
    throw error;
  } finally {
    client.close();
  }
}
