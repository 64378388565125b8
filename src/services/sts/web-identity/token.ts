import { type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { invalidToken } from './refusals.ts';

/** What AWS takes, in characters (STS API, AssumeRoleWithWebIdentity). */
export const tokenLength = { shortest: 4, longest: 20_000 } as const;

const shortText = z.string().min(1).max(2_048);
const texts = z.array(z.string().max(2_048)).max(100);
const time = z.number().min(0).max(1e11);

const headerSchema = z.object({
  alg: z.string(),
  kid: z.string().max(1_024).optional(),
  /** Extensions that a reader must understand: none are understood here. */
  crit: z.undefined().optional(),
});

const claimsSchema = z.object({
  iss: shortText,
  sub: shortText,
  aud: z.union([shortText, texts.min(1)]),
  azp: shortText.optional(),
  exp: time,
  iat: time,
  nbf: time.optional(),
  amr: z.union([shortText.transform((text) => [text]), texts]).optional(),
  'https://aws.amazon.com/tags': z.unknown().optional(),
  'https://aws.amazon.com/source_identity': z.unknown().optional(),
});

export type Claims = z.infer<typeof claimsSchema>;

/** A JSON Web Token as it came: nothing of it is to be believed yet. */
export interface Token {
  readonly algorithm: Algorithm;
  readonly kid: string | undefined;
  readonly claims: Claims;
  /** What was signed, and the signature. */
  readonly signed: string;
  readonly signature: Buffer;
}

/** How a token may be signed, as AWS takes it: each algorithm with the one kind of key that it is for. */
const algorithms = {
  RS256: { hash: 'sha256', curve: undefined },
  RS384: { hash: 'sha384', curve: undefined },
  RS512: { hash: 'sha512', curve: undefined },
  ES256: { hash: 'sha256', curve: 'prime256v1' },
  ES384: { hash: 'sha384', curve: 'secp384r1' },
  ES512: { hash: 'sha512', curve: 'secp521r1' },
} as const;

type Algorithm = keyof typeof algorithms;

function isAlgorithm(name: string): name is Algorithm {
  return Object.hasOwn(algorithms, name);
}

/** Reads a token (RFC 7519, compact). Throws `InvalidIdentityToken`. */
export function readToken(text: string): Token {
  const parts = text.split('.', 4);
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || !header || !payload || !signature)
    throw invalidToken('The ID Token provided is not a valid JWT.');
  const { alg, kid } = partOf(headerSchema, header);
  if (!isAlgorithm(alg)) throw invalidToken(`The token is signed with ${alg.slice(0, 32)}, which is not taken.`);
  const claims = partOf(claimsSchema, payload);
  const bytes = Buffer.from(signature, 'base64url');
  return { algorithm: alg, kid, claims, signed: `${header}.${payload}`, signature: bytes };
}

function partOf<Part>(schema: z.ZodType<Part>, encoded: string): Part {
  const parsed = schema.safeParse(jsonIn(encoded));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const claim = issue?.path[0];
  throw invalidToken(
    claim === undefined ? 'The ID Token provided is not a valid JWT.' : `Missing or invalid claim: ${String(claim)}`,
  );
}

function jsonIn(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/**
 * Whether `key` has signed the token. The kind of key decides which algorithms it may be used with, not the token: a public key must
 * never become the secret of another algorithm.
 */
export function isSignedBy({ algorithm, signed, signature }: Token, key: KeyObject): boolean {
  const { hash, curve } = algorithms[algorithm];
  const { namedCurve } = key.asymmetricKeyDetails ?? {};
  const type = curve === undefined ? 'rsa' : 'ec';
  if (key.asymmetricKeyType !== type || namedCurve !== curve) return false;
  return verify(hash, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, signature);
}
