import { createPublicKey, type KeyObject, type webcrypto } from 'node:crypto';
import { z } from 'zod';

/** As many keys of one issuer as AWS takes (IAM user guide, id_roles_providers_create_oidc). */
const mostKeys = 200;
/** In bits. What is shorter can be broken, what is longer takes long to verify with. */
const moduli = { shortest: 2_048, longest: 8_192 } as const;

/** The public keys of an issuer of tokens. */
export interface KeySet {
  /** By the `kid` of a token; a token that names none is signed with the only key there is. */
  find(kid: string | undefined): KeyObject | undefined;
}

const jwk = z.looseObject({ kty: z.string(), kid: z.string().max(1_024).optional(), use: z.string().optional() });
const jwks = z.object({ keys: z.array(z.unknown()).max(mostKeys) });

/** Reads a JSON Web Key Set (RFC 7517). Keys of other kinds are left out. Throws for what is none. */
export function readKeySet(text: string): KeySet {
  const { keys } = jwks.parse(JSON.parse(text));
  const found = keys.flatMap((each) => {
    const { success, data } = jwk.safeParse(each);
    const key = success ? publicKeyOf(data) : undefined;
    return key ? [{ kid: data?.kid, key }] : [];
  });
  if (found.length === 0) throw new Error('the key set has no key that could verify a token');
  const byId = new Map(found.flatMap(({ kid, key }) => (kid === undefined ? [] : [[kid, key] as const])));
  const [only] = found;
  return {
    find(kid) {
      if (kid !== undefined) return byId.get(kid);
      return found.length === 1 ? only?.key : undefined;
    },
  };
}

/** Undefined for what is no public key that signatures are verified with. */
function publicKeyOf(given: z.infer<typeof jwk>): KeyObject | undefined {
  const { kty, use = 'sig' } = given;
  if ((kty !== 'RSA' && kty !== 'EC') || use !== 'sig') return undefined;
  try {
    const key = createPublicKey({ key: given as webcrypto.JsonWebKey, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? moduli.shortest;
    return bits < moduli.shortest || bits > moduli.longest ? undefined : key;
  } catch {
    // One key that is of no use, or of a curve that is not known, spoils none of the others.
    return undefined;
  }
}
