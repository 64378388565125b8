import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';

/** What CreateConsoleLink answers. */
interface MadeLink {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiration: number;
}

interface ConsoleFlags extends ConnectionFlags {
  /** `--no-open`: says the link and opens nothing. */
  readonly open?: boolean;
  readonly json?: boolean;
}

/** `batchyard console`: opens the browser at the console, signed in by a link that does so once, within a minute. */
export async function openConsole(invocation: Invocation, flags: ConsoleFlags): Promise<ExitCode> {
  const printer = new Printer(invocation);
  return await withClient(invocation, flags, async (client) => {
    const { token, expiration } = await client.extension<MadeLink>('CreateConsoleLink', {});
    const url = linkTo(client.endpoint, token, client.region);
    const isOpened = flags.open !== false && (await invocation.openPage(url));
    if (flags.json) printer.json({ url, expiration, opened: isOpened });
    else {
      printer.line(url);
      printer.note(isOpened ? opened : notOpened);
    }
    return 0;
  });
}

const opened =
  'The browser opens it. It signs in once, on this machine, within a minute; with nothing opened, open it by hand.';
const notOpened = 'Open this in a browser on this machine: it signs in once, within a minute.';

/** In the fragment, which no server is sent and no log holds. */
function linkTo(endpoint: URL, token: string, region: string): string {
  const url = new URL('/console/', endpoint);
  url.hash = new URLSearchParams({ link: token, region }).toString();
  return url.href;
}
