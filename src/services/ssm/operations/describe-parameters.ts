import type { DescribeParametersCommandInput, DescribeParametersCommandOutput } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { compileFilters, type Filters, filterList } from '../filters.ts';
import { quotas } from '../limits.ts';
import { ssmOperation } from '../operation.ts';
import { afterKey, scanPage } from '../page.ts';
import { parameterRecords } from '../records.ts';
import { invalid } from '../refusals.ts';
import { nextToken } from '../shapes.ts';
import { metadataOf } from '../views.ts';

const schema = z.object({
  Filters: z
    .array(z.object({ Key: z.enum(['Name', 'Type', 'KeyId']), Values: z.array(z.string().min(1)).min(1).max(50) }))
    .optional(),
  ParameterFilters: filterList.optional(),
  MaxResults: z.number().int().min(1).max(quotas.page).optional(),
  NextToken: nextToken.optional(),
  Shared: z.boolean().optional(),
});

/** By name, never with a value. Nobody shares parameters here, so none are shared with the caller. */
export const describeParameters = ssmOperation<DescribeParametersCommandInput, DescribeParametersCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'ssm:DescribeParameters', resource: '*' }],
  handler: ({ ledger }, input, context) => {
    const passes = compileFilters(filtersOf(input), 'describe');
    const request = { kind: 'parameters', size: input.MaxResults ?? quotas.page, token: input.NextToken || undefined };
    const after = afterKey(request);
    if (input.Shared) return { Parameters: [] };
    const page = scanPage(
      ledger.by(parameterRecords, context, 'name', { after }),
      { keyOf: ({ name }) => name, pick: (each) => (passes(each) ? metadataOf(each) : undefined) },
      request,
    );
    return { Parameters: [...page.items], ...(page.nextToken !== undefined && { NextToken: page.nextToken }) };
  },
});

/** The older filters ask for the beginning of a name, and for equal types and keys. */
function filtersOf({ Filters: older = [], ParameterFilters: newer = [] }: z.infer<typeof schema>): Filters {
  if (older.length > 0 && newer.length > 0) {
    throw invalid('You can use either Filters or ParameterFilters in a single request.');
  }
  const read = older.map(({ Key, Values }) => ({ Key, Values, Option: Key === 'Name' ? 'BeginsWith' : 'Equals' }));
  return [...read, ...newer];
}
