import { z } from 'zod';
import { jsonOf } from '../../core/json-of.ts';
import { mapOf } from '../../core/map-schema.ts';
import { readPolicy } from '../../iam/index.ts';

const oneOrMore = z.union([z.string(), z.array(z.string()).min(1)]);
const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), mapOf(oneOrMore)]).optional(),
  NotPrincipal: z.unknown().optional(),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Condition: mapOf(z.unknown()).optional(),
});
const document = z.object({ Version: z.string().optional(), Statement: z.union([statement, z.array(statement)]) });

/** What is wrong with the form of a resource policy, in words. */
export function policyProblem(text: string): string | undefined {
  const json = jsonOf(text);
  if (json === undefined) return 'This resource policy contains invalid Json.';
  const found = document.safeParse(json);
  if (found.success) {
    // What cannot be evaluated would deny nothing.
    const reading = readPolicy(text, 'resource');
    return reading.kind === 'policy' ? undefined : `This resource policy is not valid: ${reading.message}`;
  }
  const where = found.error.issues[0]?.path.join('.') ?? '';
  return `This resource policy is not valid${where === '' ? '' : `: ${where}`}.`;
}

/** Whether a policy of the right form lets anybody in, without a condition. */
export function isPublic(text: string): boolean {
  const { Statement } = document.parse(jsonOf(text));
  return [Statement].flat().some(({ Effect, Principal, NotPrincipal, Condition = {} }) => {
    const anybody = Principal === '*' || (Principal && Object.values(Principal).flat().includes('*'));
    return Effect === 'Allow' && Object.keys(Condition).length === 0 && (anybody || NotPrincipal !== undefined);
  });
}
