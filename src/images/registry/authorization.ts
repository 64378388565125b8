import { z } from 'zod';
import { PullFailed } from '../contract.ts';
import type { RegistryReference } from '../reference/index.ts';
import { readBody } from './body.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import { largest } from './patience.ts';
import { refusalOf, refusalWords } from './refusal.ts';
import { patiently } from './retry.ts';
import type { Credentials } from './settings.ts';
import type { Answer, Registries } from './transport.ts';

const tokenAnswer = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/** Header values; a token with another byte is none, and would be an error of Node's in the middle of a request. */
const headerValue = /^[\x21-\x7e]+$/;

/** What one user shows to one registry: nothing, a password, or a token that the registry's own token server gives for it. */
export class Authorization {
  readonly #registries: Registries;
  readonly #reference: RegistryReference;
  readonly #credentials: Credentials | undefined;
  #current: string | undefined;
  /** Under way, by the signal of whoever was first. */
  #renewal: { readonly answer: Promise<string | undefined>; readonly signal: AbortSignal } | undefined;

  constructor(registries: Registries, reference: RegistryReference, credentials: Credentials | undefined) {
    this.#registries = registries;
    this.#reference = reference;
    this.#credentials = credentials;
  }

  /** The value of the header; undefined as long as the registry has not asked for one. */
  get current(): string | undefined {
    return this.#current;
  }

  /** What to show after a 401 to `shown`; undefined where there is nothing else. Several that ask at once cause one request. */
  async answerTo(
    header: string | undefined,
    shown: string | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (this.#current !== shown) return this.#current;
    const challenge = parseChallenge(header);
    if (!challenge) return undefined;
    this.#renewal ??= this.#renew(challenge, signal);
    const renewal = this.#renewal;
    try {
      const next = await renewal.answer;
      this.#current = next;
      return next === shown ? undefined : next;
    } catch (error) {
      signal.throwIfAborted();
      if (!renewal.signal.aborted) throw error;
    }
    // Who was first has given up, and that is no answer to us.
    return await this.answerTo(header, shown, signal);
  }

  #renew(challenge: Challenge, signal: AbortSignal) {
    const answer = this.#answer(challenge, signal).finally(() => {
      this.#renewal = undefined;
    });
    return { answer, signal };
  }

  async #answer(challenge: Challenge, signal: AbortSignal): Promise<string | undefined> {
    return challenge.kind === 'basic' ? this.#basic() : `Bearer ${await this.#token(challenge, signal)}`;
  }

  #basic(): string | undefined {
    if (!this.#credentials) return undefined;
    const { username, password } = this.#credentials;
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  async #token(challenge: Challenge & { kind: 'bearer' }, signal: AbortSignal): Promise<string> {
    const url = this.#tokenUrl(challenge);
    const basic = this.#basic();
    const headers = basic === undefined ? {} : { authorization: basic };
    const found = await patiently(this.#registries, signal, () =>
      this.#registries.get(this.#reference.domain, url, headers, signal),
    );
    const { clock, patience } = this.#registries;
    const body = await readBody(found.answer, largest.token, { clock, patience, url, signal });
    if (found.answer.statusCode !== 200) throw this.#refused(found, body);
    return tokenIn(body, url);
  }

  #tokenUrl({ realm, service, scope }: Challenge & { kind: 'bearer' }): URL {
    const url = URL.parse(realm);
    if (!url) throw new PullFailed(`the registry ${this.#reference.domain} asks for a token of what is no URL`);
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', scope ?? `repository:${this.#reference.repository}:pull`);
    if (this.#credentials) url.searchParams.set('account', this.#credentials.username);
    return url;
  }

  #refused({ answer, url }: Answer, body: Buffer | undefined): PullFailed {
    const { statusCode: status = 0, statusMessage = '' } = answer;
    const words = refusalWords(refusalOf(status, body), statusMessage);
    if (status !== 401 && status !== 403) return new PullFailed(`no token from ${url.origin}: ${words}`);
    const { domain, familiar } = this.#reference;
    return this.#credentials
      ? new PullFailed(`Get "https://${domain}/v2/": unauthorized: incorrect username or password`)
      : new PullFailed(
          `pull access denied for ${familiar}, repository does not exist or may require authorization: ${words}`,
        );
  }
}

function tokenIn(body: Buffer | undefined, url: URL): string {
  const found = tokenAnswer.safeParse(parse(body)).data;
  const token = found?.token ?? found?.access_token;
  if (token !== undefined && headerValue.test(token)) return token;
  throw new PullFailed(`no token from ${url.origin}: its answer has none`);
}

function parse(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString('utf8') ?? '');
  } catch {
    // Whoever answers 200 with something else has no token for us, which is what is said.
    return undefined;
  }
}
