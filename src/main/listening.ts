import { once } from 'node:events';
import { createServer } from 'node:net';
import type { CompiledOptions } from './compiled-options.ts';
import { OptionsError } from './options.ts';

/** Another program has the port. The message tells the operator how to go on. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

type Listen = Pick<CompiledOptions['listen'], 'address' | 'port'>;

/**
 * Finds out whether the address can be listened on, before a start makes or touches anything. Throws `PortTaken` or
 * `OptionsError`. Somebody may take the port right after: `inListeningWords` is for then.
 */
export async function checkAddress({ address, port }: Listen): Promise<void> {
  const probe = createServer();
  await inListeningWords({ address, port }, () =>
    Promise.all([once(probe, 'listening'), probe.listen({ host: address, port })]),
  );
  probe.close();
  await once(probe, 'close');
}

/** Does what listens on the address; what the system refuses of that is thrown in words. */
export async function inListeningWords<Result>(listen: Listen, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw refusalOf(listen, error) ?? error;
  }
}

function refusalOf({ address, port }: Listen, error: unknown): Error | undefined {
  const place = `port ${port} of ${address}`;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new PortTaken(`${place} is taken: stop what listens there, or give another with --port`, { cause: error });
    case 'EACCES':
      return new OptionsError(`this user may not listen on ${place}: give one above 1023 with --port`, {
        cause: error,
      });
    case 'EADDRNOTAVAIL':
      return new OptionsError(`bind: ${address} is no address of this machine`, { cause: error });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new OptionsError(`bind: there is no host ${address}, or no name server says where it is`, {
        cause: error,
      });
    default:
      return undefined;
  }
}
