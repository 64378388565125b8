import type {
  GetEventSelectorsCommandInput,
  GetEventSelectorsCommandOutput,
  PutEventSelectorsCommandInput,
  PutEventSelectorsCommandOutput,
} from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import { trailRecords } from '../records.ts';
import { refuse } from '../refusals.ts';
import { cloudTrailOperation } from '../runtime.ts';
import { advancedSelectors, basicSelectors, readAdvanced, readBasic, shownSelectors } from '../selectors.ts';
import { requireOwnTrail, requireTrail, trailAccess, trailArn } from '../trails.ts';

const name = z.string().max(2048);
const putSchema = z.object({
  TrailName: name,
  EventSelectors: basicSelectors.optional(),
  AdvancedEventSelectors: advancedSelectors.optional(),
});
type PutInput = z.infer<typeof putSchema>;

/** In place of those that were. They decide of what has not been delivered yet, too. */
export const putEventSelectors = cloudTrailOperation<
  PutEventSelectorsCommandInput,
  PutEventSelectorsCommandOutput
>()<PutInput>({
  schema: putSchema,
  readOnly: false,
  audit: 'management',
  access: ({ TrailName }, context) => trailAccess('PutEventSelectors', context, TrailName),
  handler: ({ ledger }, input, context) => {
    const before = requireOwnTrail(ledger, context, input.TrailName);
    const trail = { ...before, selectors: selectorsOf(input) };
    ledger.transact((transaction) => transaction.put(trailRecords, trail));
    return { TrailARN: trailArn(trail, trail.name), ...shownSelectors(trail) };
  },
});

function selectorsOf({ EventSelectors: basic, AdvancedEventSelectors: advanced }: PutInput) {
  if (basic && advanced?.length) refuse('InvalidEventSelectorsException', 'Give event selectors, or advanced ones.');
  if (advanced?.length) return readAdvanced(advanced);
  return readBasic(basic ?? []);
}

const getSchema = z.object({ TrailName: name });

export const getEventSelectors = cloudTrailOperation<GetEventSelectorsCommandInput, GetEventSelectorsCommandOutput>()<
  z.infer<typeof getSchema>
>({
  schema: getSchema,
  readOnly: true,
  audit: 'management',
  access: ({ TrailName }, context) => trailAccess('GetEventSelectors', context, TrailName),
  handler: ({ ledger }, { TrailName }, context) => {
    const trail = requireTrail(ledger, context, TrailName);
    return { TrailARN: trailArn(trail, trail.name), ...shownSelectors(trail) };
  },
});
