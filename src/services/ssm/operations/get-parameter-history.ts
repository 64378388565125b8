import type { GetParameterHistoryCommandInput, GetParameterHistoryCommandOutput } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { quotas } from '../limits.ts';
import { parameterAccess, ssmOperation } from '../operation.ts';
import { afterKey, scanPage } from '../page.ts';
import { findParameter, shownValue, versionsOf } from '../parameters.ts';
import { placeOfNumber } from '../records.ts';
import { nextToken, parameterName } from '../shapes.ts';
import { descriptionOf } from '../views.ts';

/** The versions that there still are, the oldest first. */
export const getParameterHistory = ssmOperation<GetParameterHistoryCommandInput, GetParameterHistoryCommandOutput>()({
  schema: z.object({
    Name: parameterName,
    WithDecryption: z.boolean().optional(),
    MaxResults: z.number().int().min(1).max(quotas.page).optional(),
    NextToken: nextToken.optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: parameterAccess('GetParameterHistory'),
  handler: (runtime, { Name, WithDecryption = false, MaxResults, NextToken }, context) => {
    const parameter = findParameter(runtime.ledger, context, Name);
    const request = { kind: 'parameter-history', size: MaxResults ?? quotas.page, token: NextToken || undefined };
    const page = scanPage(
      versionsOf(runtime.ledger, parameter, afterKey(request)),
      {
        keyOf: ({ version }) => placeOfNumber(version),
        pick: (version) => ({
          Name: parameter.name,
          ...descriptionOf(version),
          Value: shownValue(runtime, version, WithDecryption),
          Labels: [...version.labels],
        }),
      },
      request,
    );
    return { Parameters: [...page.items], ...(page.nextToken !== undefined && { NextToken: page.nextToken }) };
  },
});
