import type { Rotated } from '../../vault/index.ts';
import { ApiError } from '../client/api-error.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { CommandError, type ExitCode, type Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';

interface RotateFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** `batchyard keys rotate`: has the server seal all values of secrets and parameters under a new key. */
export async function rotateKeys(invocation: Invocation, flags: RotateFlags): Promise<ExitCode> {
  const client = connect(invocation, flags);
  const printer = new Printer(invocation);
  try {
    const rotated = await client.extension<Rotated>('RotateKeys', {});
    if (flags.json) printer.json(rotated);
    else printer.note(wordsOf(rotated));
    return 0;
  } catch (error) {
    // It says in words what keeps the server from it.
    if (error instanceof ApiError && error.code === 'ClientException')
      throw new CommandError(error.words, { cause: error });
    throw error;
  } finally {
    client.close();
  }
}

function wordsOf({ keyId, sealedAnew, unreadable }: Rotated): string {
  const done = `Key ${keyId} seals all values now; ${sealedAnew} were sealed anew.`;
  if (unreadable === 0) return `${done} The keys before it are gone.`;
  return `${done} ${unreadable} do not open, and stay as they are: put them anew.`;
}
