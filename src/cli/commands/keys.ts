import type { Rotated } from '../../vault/index.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';

interface RotateFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** `batchyard keys rotate`: has the server seal all values of secrets and parameters under a new key. */
export async function rotateKeys(invocation: Invocation, flags: RotateFlags): Promise<ExitCode> {
  const printer = new Printer(invocation);
  return await withClient(invocation, flags, async (client) => {
    const rotated = await client.extension<Rotated>('RotateKeys', {});
    if (flags.json) printer.json(rotated);
    else printer.note(wordsOf(rotated));
    return 0;
  });
}

function wordsOf({ keyId, sealedAnew, unreadable }: Rotated): string {
  const done = `Key ${keyId} seals all values now; ${sealedAnew} were sealed anew.`;
  if (unreadable === 0) return `${done} The keys before it are gone.`;
  return `${done} ${unreadable} do not open, and stay as they are: put them anew.`;
}
