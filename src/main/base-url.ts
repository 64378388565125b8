import type { CompiledOptions } from './compiled-options.ts';

/**
 * The address that links in messages begin with: the first further name that the operator gave the server, else where it is
 * bound; of a server bound everywhere, loopback.
 */
export function baseUrl({ allowedHosts, tls }: CompiledOptions['listen'], bound: string): string {
  const { port, hostname } = new URL(bound);
  const [name] = allowedHosts;
  const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' };
  const host = name ?? everywhere[hostname] ?? hostname;
  return `${tls ? 'https' : 'http'}://${host}${port === '' ? '' : `:${port}`}`;
}
