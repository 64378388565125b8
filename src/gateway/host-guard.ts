import type { IncomingHttpHeaders } from 'node:http';

/** Prefixes that SDKs put before the host name of some operations. */
const sdkPrefixes = ['sync-', 'stream-', 'streaming-'] as const;

/** Names that lead to this machine alone, whoever asks: no page can have one of them. */
const loopbackNames: ReadonlySet<string> = new Set(['localhost', 'batchyard.localhost', '127.0.0.1', '::1']);

/** Host headers seen and found good; bounded, since they are the client's words. */
const rememberedHosts = 64;

interface ConnectedTo {
  readonly localAddress?: string | undefined;
}

/**
 * Keeps web pages away from a server on the user's own machine. The Host header must be a name that the operator gave
 * the server, or the very address that was connected to: a page that rebinds its own DNS name to it is turned away.
 * What a browser says of a request's origin must be this server itself.
 */
export class HostGuard {
  readonly #names: Set<string>;
  readonly #good = new Set<string>();

  constructor(names: readonly string[]) {
    this.#names = new Set(names.map(normalizeName));
  }

  /** Accepts a further name, such as the address that the server was bound to. */
  add(name: string): void {
    this.#names.add(normalizeName(name));
  }

  /** Accepts the names of loopback addresses, whatever address is connected to: the server is bound to such a one. */
  addLoopback(): void {
    for (const name of loopbackNames) this.#names.add(name);
  }

  /**
   * Why a request must be refused, or undefined. `socket` knows the address that the client connected to. Other sites may link
   * to what is a `page`: opening it in place of theirs tells them nothing.
   */
  refuse(
    headers: IncomingHttpHeaders,
    rawHeaders: readonly string[],
    socket: ConnectedTo,
    page = false,
  ): string | undefined {
    const host = headers.host;
    if (!host) return 'The request has no Host header.';
    if (isRepeated('host', rawHeaders)) return 'The request has more than one Host header.';
    if (!this.#good.has(host) && !this.#accepts(host, socket)) {
      return `'${host}' is not a name of this server. Add it to the allowed hosts if it should be.`;
    }
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && !(page && isNavigation(headers)))
      return 'Requests from other web sites are refused.';
    if (headers.origin !== undefined && !isSameOrigin(headers.origin, host)) {
      return `Requests from the web origin '${headers.origin}' are refused.`;
    }
    return undefined;
  }

  #accepts(host: string, { localAddress }: ConnectedTo): boolean {
    const name = hostName(host);
    if (name === undefined) return false;
    // No name server knows a name that ends in an address: with a prefix too it means the address connected to.
    if (!this.#isName(name))
      return localAddress !== undefined && leadsTo(normalizeName(localAddress), withoutPrefix(name));
    if (this.#good.size < rememberedHosts) this.#good.add(host);
    return true;
  }

  #isName(name: string): boolean {
    return this.#names.has(name) || this.#names.has(withoutPrefix(name));
  }
}

/** Whether `name` needs nobody's word to be that of the address. */
function leadsTo(address: string, name: string): boolean {
  return name === address || (/^(127\.|::1$)/.test(address) && loopbackNames.has(name));
}

function withoutPrefix(name: string): string {
  const prefix = sdkPrefixes.find((each) => name.startsWith(each));
  return prefix === undefined ? name : name.slice(prefix.length);
}

/** Node keeps the first of several Host headers; another one on the way may have kept the last. */
function isRepeated(name: string, rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index];
    if (header?.length === name.length && header.toLowerCase() === name) count++;
  }
  return count > 1;
}

/** The name or address in a Host header, without its port; undefined if it is none. */
function hostName(host: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i.exec(host);
  return match?.[1] === undefined ? undefined : normalizeName(match[1]);
}

/** Lower case, without a final dot, IPv6 without brackets, IPv4 without its IPv6 form. */
function normalizeName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^::ffff:/, '')
    .replace(/\.$/, '');
}

/** Whether somebody opens a link: not a script that reads, and not a frame. */
function isNavigation(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

function isSameOrigin(origin: string, host: string): boolean {
  const lower = origin.toLowerCase();
  return lower === `http://${host.toLowerCase()}` || lower === `https://${host.toLowerCase()}`;
}
