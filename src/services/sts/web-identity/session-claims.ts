import { z } from 'zod';
import type { WebIdentity } from '../../../core/principal.ts';
import { allowedTagText, reservedTagText } from '../../../core/tags.ts';
import { nameText } from '../shapes.ts';
import { invalidToken } from './refusals.ts';
import type { Claims } from './token.ts';

const tagKey = z
  .string()
  .min(1)
  .max(128)
  .regex(allowedTagText)
  .refine((key) => !reservedTagText.test(key));
const tagValue = z.string().max(256).regex(allowedTagText);
/** A value may stand alone or in a list of one (IAM user guide, id_session-tags, OIDC). */
const principalTags = z.record(tagKey, z.union([tagValue, z.tuple([tagValue]).transform(([value]) => value)]));

const tagsSchema = z.object({
  principal_tags: principalTags.refine((tags) => Object.keys(tags).length <= 50).optional(),
  transitive_tag_keys: z.array(tagKey).max(50).optional(),
});
const identitySchema = nameText.min(2).max(64);

/** What a token gives the session that it is changed for. Throws `InvalidIdentityToken`. */
export function givenBy(claims: Claims): WebIdentity['given'] {
  const tags = claimOf(tagsSchema, claims, 'https://aws.amazon.com/tags');
  const sourceIdentity = claimOf(identitySchema, claims, 'https://aws.amazon.com/source_identity');
  const { principal_tags: own, transitive_tag_keys: transitive = [] } = tags ?? {};
  if (!transitive.every((key) => own !== undefined && Object.hasOwn(own, key))) {
    throw invalidToken('The specified transitive tag key must be included in the requested tags.');
  }
  return {
    ...(own && Object.keys(own).length > 0 && { tags: own }),
    ...(transitive.length > 0 && { transitiveTagKeys: transitive }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  };
}

function claimOf<Value>(schema: z.ZodType<Value>, claims: Claims, name: keyof Claims): Value | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidToken(`Missing or invalid claim: ${name}`);
  return parsed.data;
}
