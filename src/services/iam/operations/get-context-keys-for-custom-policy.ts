import { z } from 'zod';
import { defineOperation } from '../../../core/operation.ts';
import { readInputPolicies } from '../input-policies.ts';
import { policyDocuments } from '../shapes.ts';

interface Input {
  readonly PolicyInputList: readonly string[];
}

export interface ContextKeys {
  readonly ContextKeyNames: readonly string[];
}

/** The condition keys that policies ask for, in conditions and variables. */
export const getContextKeysForCustomPolicy = defineOperation<Input, ContextKeys>()({
  schema: z.object({ PolicyInputList: policyDocuments }),
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'iam:GetContextKeysForCustomPolicy', resource: '*' }],
  handler: ({ PolicyInputList }) => {
    const policies = readInputPolicies(PolicyInputList, 'identity', 'PolicyInputList');
    const names = new Map(policies.flatMap(({ keys }) => keys.map((key) => [key.toLowerCase(), key] as const)));
    return { ContextKeyNames: [...names.values()] };
  },
});
