import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { type Digest, PullFailed } from '../contract.ts';
import { digestOf, isDigest } from '../digest.ts';
import { acceptedManifests } from '../manifest/index.ts';
import type { RegistryReference } from '../reference/index.ts';
import { Authorization } from './authorization.ts';
import { piecesOf, readBody } from './body.ts';
import { largest, mostRedirects } from './patience.ts';
import { type Refusal, refusalOf, refusalWords } from './refusal.ts';
import { patiently } from './retry.ts';
import type { Credentials } from './settings.ts';
import type { Answer, Registries } from './transport.ts';

export interface Manifest {
  readonly content: Buffer;
  readonly digest: Digest;
}

/** A blob, or what of it was asked for. */
export interface BlobAnswer {
  /** Where the pieces begin: 0 from a registry that knows no ranges. */
  readonly from: number;
  /** Bytes that are to come; undefined where the registry does not say. */
  readonly length: number | undefined;
  readonly pieces: AsyncIterable<Buffer>;
  /** Ends the connection of a body that is not read after all. */
  discard(): void;
}

/** One repository of a registry, asked by one user: its tokens are kept from request to request. */
export class RegistrySession {
  readonly #registries: Registries;
  readonly #reference: RegistryReference;
  readonly #authorization: Authorization;

  /** With credentials of its own, which are for that registry alone, or with those that the operator has given for it. */
  constructor(registries: Registries, reference: RegistryReference, own?: Credentials) {
    const credentials = own ?? registries.credentials(reference.domain);
    this.#registries = registries;
    this.#reference = reference;
    this.#authorization = new Authorization(registries, reference, credentials);
  }

  /** The domain that is asked. */
  get registry(): string {
    return this.#reference.domain;
  }

  /**
   * A manifest by tag or digest, with the digest of what came, which is the one asked for. Throws `PullFailed` in Docker's
   * words, `ConnectionLost` where the registry does not answer.
   */
  async manifest(version: string, signal: AbortSignal): Promise<Manifest> {
    const { answer, url } = await this.#patiently(
      `manifests/${version}`,
      { accept: acceptedManifests.join(', ') },
      signal,
    );
    const body = await readBody(
      answer,
      answer.statusCode === 200 ? largest.manifest : largest.error,
      this.#reading(url, signal),
    );
    if (answer.statusCode !== 200)
      throw this.#manifestRefused(refusalOf(answer.statusCode ?? 0, body), version, answer);
    if (!body) throw new PullFailed(`manifest for ${this.#named(version)} is larger than ${largest.manifest} bytes`);
    const digest = digestOf(body);
    const promised = isDigest(version) ? version : answer.headers['docker-content-digest'];
    if (isDigest(promised) && promised !== digest)
      throw new PullFailed(`manifest verification failed for digest ${promised}`);
    return { content: body, digest };
  }

  /** A blob from a byte on. Throws as `manifest` does; its pieces throw `ConnectionLost`. */
  async blob(digest: Digest, from: number, signal: AbortSignal): Promise<BlobAnswer> {
    const range = from > 0 ? { range: `bytes=${from}-` } : {};
    const { answer, url } = await this.#patiently(`blobs/${digest}`, range, signal);
    const reading = this.#reading(url, signal);
    const begins = answer.statusCode === 200 ? 0 : answer.statusCode === 206 ? firstByteOf(answer) : undefined;
    if (begins === 0 || (begins !== undefined && begins === from))
      return {
        from: begins,
        length: lengthOf(answer),
        pieces: piecesOf(answer, reading),
        discard: () => answer.destroy(),
      };
    const refusal = refusalOf(answer.statusCode ?? 0, await readBody(answer, largest.error, reading));
    // A range that is none: what is here of the blob is not the beginning of it.
    if (from > 0 && (answer.statusCode === 416 || answer.statusCode === 206)) return await this.blob(digest, 0, signal);
    throw new PullFailed(
      `blob ${digest} of ${this.#reference.familiar}: ${refusalWords(refusal, answer.statusMessage ?? '')}`,
    );
  }

  #reading(url: URL, signal: AbortSignal) {
    return { clock: this.#registries.clock, patience: this.#registries.patience, url, signal };
  }

  #patiently(path: string, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<Answer> {
    return patiently(this.#registries, signal, () => this.#authorized(path, headers, signal));
  }

  /** Once more with what the registry wants to see, if it wants to see something. A second refusal is one. */
  async #authorized(path: string, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<Answer> {
    const shown = this.#authorization.current;
    const first = await this.#follow(path, headers, shown, signal);
    // Another host could ask for a token of itself, and get the password with the request for it.
    if (first.answer.statusCode !== 401 || !first.isHome) return first;
    const next = await this.#authorization.answerTo(first.answer.headers['www-authenticate'], shown, signal);
    if (next === undefined) return first;
    await readBody(first.answer, largest.error, this.#reading(first.url, signal));
    return await this.#follow(path, headers, next, signal);
  }

  /** Registries keep blobs elsewhere, and send there. What we prove ourselves by is for the registry alone. */
  async #follow(
    path: string,
    headers: OutgoingHttpHeaders,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer & { readonly isHome: boolean }> {
    const { domain, repository } = this.#reference;
    const proof = authorization === undefined ? {} : { authorization };
    let found = await this.#registries.ask(domain, `/v2/${repository}/${path}`, { ...headers, ...proof }, signal);
    const { origin } = found.url;
    let isHome = true;
    for (let redirects = 0; isRedirect(found.answer); redirects += 1) {
      found.answer.destroy();
      if (redirects === mostRedirects) throw new PullFailed(`the registry ${domain} redirects too often`);
      const url = targetOf(found, domain);
      isHome &&= url.origin === origin;
      found = await this.#registries.get(domain, url, { ...headers, ...(isHome && proof) }, signal);
    }
    return { ...found, isHome };
  }

  #manifestRefused(refusal: Refusal, version: string, answer: IncomingMessage): PullFailed {
    const words = refusalWords(refusal, answer.statusMessage ?? '');
    const { status, code } = refusal;
    if (status === 401 || status === 403 || code === 'name unknown')
      return new PullFailed(
        `pull access denied for ${this.#reference.familiar}, repository does not exist or may require authorization: ${words}`,
      );
    if (status === 404)
      return new PullFailed(
        `manifest for ${this.#named(version)} not found: ${code === '' ? 'manifest unknown' : words}`,
      );
    return new PullFailed(words);
  }

  #named(version: string): string {
    return `${this.#reference.familiar}${isDigest(version) ? '@' : ':'}${version}`;
  }
}

function isRedirect({ statusCode, headers }: IncomingMessage): boolean {
  return [301, 302, 303, 307, 308].includes(statusCode ?? 0) && headers.location !== undefined;
}

function targetOf({ answer, url }: Answer, domain: string): URL {
  const target = URL.parse(answer.headers.location ?? '', url);
  if (!target) throw new PullFailed(`the registry ${domain} redirects to what is no URL`);
  return target;
}

function lengthOf({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

function firstByteOf({ headers }: IncomingMessage): number | undefined {
  const found = /^bytes (\d{1,15})-/.exec(headers['content-range'] ?? '');
  return found ? Number(found[1]) : undefined;
}
