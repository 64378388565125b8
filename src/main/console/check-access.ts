import { z } from 'zod';
import { mapOf } from '../../core/map-schema.ts';
import type { Operation } from '../../core/operation.ts';
import type { Authority } from '../../iam/index.ts';

/** A call that somebody thinks of. */
export interface ThoughtOf {
  /** Such as `batch:TerminateJob`. */
  readonly action: string;
  /** An ARN. @default `*`, which only policies for all resources reach */
  readonly resource?: string | undefined;
  /** What it would bring beside: the tags that the resource has, as `aws:ResourceTag/NAME`. */
  readonly conditions?: Readonly<Record<string, string>> | undefined;
}

export interface CheckAccessOutput {
  /** In the order asked. */
  readonly calls: readonly {
    readonly action: string;
    readonly resource: string;
    readonly allowed: boolean;
    /** What the call would be refused with, in AWS's words. */
    readonly message?: string;
  }[];
}

const mostCalls = 100;
const longestArn = 2_048;
const mostKeys = 60;
const conditions = mapOf(z.string().max(512)).refine((keys) => Object.keys(keys).length <= mostKeys);

/**
 * Says of calls whether policies would allow them to whoever asks, and to nobody else: nothing is called. Conditions see the request as it is
 * now, and what is given with it.
 */
export function checkAccess(
  authority: Authority,
): Operation<{ readonly calls: readonly ThoughtOf[] }, CheckAccessOutput> {
  return {
    kind: 'operation',
    schema: z.object({
      calls: z
        .array(
          z.object({
            action: z
              .string()
              .max(200)
              .regex(/^[A-Za-z0-9-]+:[A-Za-z0-9]+$/),
            resource: z.string().min(1).max(longestArn).optional(),
            conditions: conditions.optional(),
          }),
        )
        .max(mostCalls),
    }),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:CheckAccess', resource: '*' }],
    handler: ({ calls }, context) => ({
      calls: calls.map(({ action, resource = '*', conditions: keys = {} }) => {
        const decision = authority.decide(context, [{ action, resource, conditions: keys }]);
        return decision.kind === 'allow'
          ? { action, resource, allowed: true }
          : { action, resource, allowed: false, message: decision.message };
      }),
    }),
  };
}
