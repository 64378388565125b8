import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import { PullFailed } from '../contract.ts';
import { ConnectionLost } from './connection-lost.ts';
import { Connections, connectionError, isNotTls, settingsOf, within } from './http.ts';
import type { Patience } from './patience.ts';
import type { Credentials, RegistrySettings } from './settings.ts';

export interface RegistriesOptions {
  readonly clock: Clock;
  readonly patience: Patience;
  /** By the names that images have them by. */
  readonly registries: Readonly<Record<string, RegistrySettings>>;
}

/** An answer whose body is still to be read, and where it came from. */
export interface Answer {
  readonly answer: IncomingMessage;
  readonly url: URL;
}

/** Docker Hub's registry is not where its name says. */
const hosts: ReadonlyMap<string, string> = new Map([['docker.io', 'registry-1.docker.io']]);

/** Speaks with registries (OCI distribution 1.1): finds out how each is reached, and keeps connections for the next request. */
export class Registries {
  readonly clock: Clock;
  readonly patience: Patience;
  readonly #registries: Readonly<Record<string, RegistrySettings>>;
  /** Of each registry of which the operator has said something, by its name; the others share one pair. */
  readonly #connections = new Map<string, Connections>();
  /** Of each insecure registry that has answered: others have no choice. */
  readonly #schemes = new Map<string, 'https:' | 'http:'>();

  constructor({ clock, patience, registries }: RegistriesOptions) {
    this.clock = clock;
    this.patience = patience;
    this.#registries = registries;
  }

  /** What the operator has given for a registry. */
  credentials(domain: string): Credentials | undefined {
    return this.#given(domain)?.credentials;
  }

  settings(domain: string): RegistrySettings {
    return settingsOf(domain, this.#given(domain));
  }

  /** Asks a registry for a path, by TLS; an insecure one that speaks none, in the clear. */
  async ask(domain: string, path: string, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<Answer> {
    const host = hosts.get(domain) ?? domain;
    const known = this.#schemes.get(domain);
    if (known) return await this.get(domain, new URL(`${known}//${host}${path}`), headers, signal);
    try {
      return await this.#first(domain, 'https:', new URL(`https://${host}${path}`), headers, signal);
    } catch (error) {
      if (!this.settings(domain).insecure || !speaksNoTls(error)) throw error;
      return await this.#first(domain, 'http:', new URL(`http://${host}${path}`), headers, signal);
    }
  }

  /** Asks for a URL that the registry of a domain has named, as that registry is asked. Throws `ConnectionLost`, `PullFailed`. */
  async get(domain: string, url: URL, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<Answer> {
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && this.settings(domain).insecure))
      throw new PullFailed(`the registry ${domain} sends to ${url.protocol}//${url.host}, which is not secure`);
    const connections = this.#connectionsTo(this.#given(url.host) ? url.host : domain);
    const words = `Get "${url.origin}/v2/": no answer in ${this.patience.answer / 1000} s`;
    const all = { 'user-agent': 'batchyard', 'accept-encoding': 'identity', ...headers };
    try {
      const answer = await within(this.clock, this.patience.answer, words, signal, (limited) =>
        connections.send({ url, headers: all, signal: limited }),
      );
      return { answer, url };
    } catch (error) {
      signal.throwIfAborted();
      throw connectionError(error, url);
    }
  }

  /** How many sets of connections there are. */
  get sets(): number {
    return this.#connections.size;
  }

  close(): void {
    for (const each of this.#connections.values()) each.close();
    this.#connections.clear();
  }

  async #first(
    domain: string,
    scheme: 'https:' | 'http:',
    url: URL,
    headers: OutgoingHttpHeaders,
    signal: AbortSignal,
  ): Promise<Answer> {
    const answer = await this.get(domain, url, headers, signal);
    if (this.settings(domain).insecure) this.#schemes.set(domain, scheme);
    return answer;
  }

  #connectionsTo(domain: string): Connections {
    const settings = this.settings(domain);
    const key = this.#given(domain) ? domain : settings.insecure ? 'loopback' : 'elsewhere';
    const found = this.#connections.get(key) ?? new Connections(settings);
    this.#connections.set(key, found);
    return found;
  }

  #given(domain: string): RegistrySettings | undefined {
    return Object.hasOwn(this.#registries, domain) ? this.#registries[domain] : undefined;
  }
}

/** Without a port in its name, TLS and the other have different ones, and nobody may listen on the first. */
function speaksNoTls(error: unknown): boolean {
  return error instanceof ConnectionLost && (error.isAway || isNotTls(error.cause));
}
