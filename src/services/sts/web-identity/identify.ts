import type { Clock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { AccountId, Arn } from '../../../core/ids.ts';
import type { RequestContext } from '../../../core/operation.ts';
import type { WebIdentity } from '../../../core/principal.ts';
import { webIdentityPrincipal } from '../../../iam/index.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { keysAt } from './key-places.ts';
import { expiredToken, invalidToken, unreachable } from './refusals.ts';
import { givenBy } from './session-claims.ts';
import { type Claims, isSignedBy, readToken, type Token, tokenLength } from './token.ts';

/** An issuer of tokens whose keys this server may ask for. */
export interface TokenIssuer {
  /** A path, or a URL. */
  readonly keys: string;
  /** The only audiences whose tokens are taken, whatever a provider of IAM names. @default those of the provider */
  readonly audiences?: readonly string[];
}

/** A provider as IAM keeps it. */
export interface IdentityProvider {
  readonly arn: Arn;
  /** The issuer's URL without `https://`: what condition keys begin with. */
  readonly name: string;
  readonly clientIds: readonly string[];
}

export interface WebIdentityOptions {
  /** By the URL of the issuer. */
  readonly issuers: ReadonlyMap<string, TokenIssuer>;
  /** The provider of an issuer. */
  readonly providerOf: (account: AccountId, issuer: string) => IdentityProvider | undefined;
  readonly clock: Clock;
}

/** In seconds: how far the issuer's clock may be ahead of ours. */
const skew = 300;

/** Tells by a token of a known issuer who calls. */
export class WebIdentities {
  readonly #options: WebIdentityOptions;
  readonly #keys: ReadonlyMap<string, IssuerKeys>;

  constructor(options: WebIdentityOptions) {
    this.#options = options;
    const { issuers, clock } = options;
    this.#keys = new Map([...issuers].map(([issuer, { keys }]) => [issuer, new IssuerKeys(keysAt(keys), clock)]));
  }

  /** Throws what AWS answers of a token that is not good. */
  async identify(text: unknown, { account, now }: Pick<RequestContext, 'account' | 'now'>): Promise<WebIdentity> {
    const token = readToken(tokenText(text));
    const { claims } = token;
    const provider = this.#options.providerOf(account, claims.iss);
    if (!provider) {
      throw invalidToken(`No OpenIDConnect provider found in your account for ${claims.iss}`);
    }
    await this.#verify(token);
    checkTimes(claims, Math.floor(now / 1000));
    const audience = this.#audienceOf(claims, provider);
    return identityOf(claims, provider, audience, account);
  }

  /** An issuer that nobody has configured is never asked for its keys: who makes a provider does not choose whom this server calls. */
  async #verify(token: Token): Promise<void> {
    const source = this.#keys.get(token.claims.iss);
    if (!source) {
      throw invalidToken(`${noKey} (the option iam.webIdentity of this server does not name ${token.claims.iss})`);
    }
    const keys = await source.for(token.kid).catch((cause: unknown) => {
      throw unreachable(cause);
    });
    const key = keys.find(token.kid);
    if (!key) throw invalidToken(noKey);
    if (!isSignedBy(token, key)) throw invalidToken('Token signature invalid');
  }

  /** The `azp` of a token counts before its `aud`, as on AWS (IAM user guide, iam-condition-keys-wif). */
  #audienceOf({ iss, aud, azp }: Claims, { clientIds }: IdentityProvider): string {
    const allowed = this.#options.issuers.get(iss)?.audiences;
    const stated = azp === undefined ? [aud].flat() : [azp];
    const audience = stated.find((each) => clientIds.includes(each) && (!allowed || allowed.includes(each)));
    if (audience === undefined) throw invalidToken('Incorrect token audience');
    return audience;
  }
}

const noKey =
  "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements";

function tokenText(value: unknown): string {
  const { shortest, longest } = tokenLength;
  if (typeof value === 'string' && value.length >= shortest && value.length <= longest) return value;
  const message = `Value at 'webIdentityToken' failed to satisfy constraint: Member must have length between ${shortest} and ${longest}`;
  throw new ServiceError('ValidationError', `1 validation error detected: ${message}`);
}

/** `now` in seconds. An expiration is taken as it is; what was issued may be of a clock that is ahead. */
function checkTimes({ exp, iat, nbf = iat }: Claims, now: number): void {
  if (now >= exp) throw expiredToken(now, Math.floor(exp));
  if (Math.max(iat, nbf) > now + skew) throw invalidToken('The ID Token provided is not valid yet.');
}

function identityOf(
  claims: Claims,
  { arn, name }: IdentityProvider,
  audience: string,
  account: AccountId,
): WebIdentity {
  const { sub: subject, azp, aud, amr } = claims;
  return webIdentityPrincipal({
    ...{ account, provider: arn, subject, audience, given: givenBy(claims) },
    conditions: {
      [`${name}:sub`]: subject,
      [`${name}:aud`]: audience,
      ...(azp !== undefined && { [`${name}:oaud`]: [aud].flat() }),
      ...(amr && { [`${name}:amr`]: amr }),
    },
  });
}
