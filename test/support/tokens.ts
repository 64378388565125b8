import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Who issues the tokens of tests. */
export const issuer = 'https://tokens.example/team';

/** A key of an issuer, with what it is called in its key set. */
export interface IssuerKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function rsaKey(kid: string, modulusLength = 2_048): IssuerKey {
  return { kid, algorithm: 'RS256', ...generateKeyPairSync('rsa', { modulusLength }) };
}

export function ecKey(kid: string): IssuerKey {
  return { kid, algorithm: 'ES256', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

/** The text of a key set, as issuers publish it. */
export function keySetOf(...keys: readonly IssuerKey[]): string {
  return JSON.stringify({
    keys: keys.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' })),
  });
}

/** A token that holds for an hour from `now`, in epoch milliseconds; with `claims` and `header` beside or instead of the usual ones. */
export function tokenOf(key: IssuerKey, now: number, claims: object = {}, header: object = {}): string {
  const iat = Math.floor(now / 1000);
  const usual = { iss: issuer, sub: 'build:7', aud: 'sts.amazonaws.com', iat, exp: iat + 3600 };
  const parts = [
    { alg: key.algorithm, typ: 'JWT', kid: key.kid, ...header },
    { ...usual, ...claims },
  ];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
