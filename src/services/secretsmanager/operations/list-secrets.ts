import type { ListSecretsCommandInput, ListSecretsCommandOutput } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { filterList, passesFilters } from '../filters.ts';
import { quotas } from '../limits.ts';
import { anyResource, secretsOperation } from '../operation.ts';
import { type SortOrder, secretPage } from '../page.ts';
import type { SecretRecord } from '../records.ts';
import { nextToken } from '../shapes.ts';
import { describedSecret, versionsToStages } from '../views.ts';

const sortKeys = {
  'created-date': 'createdAt',
  // When a secret was last read is not kept; AWS keeps the day.
  'last-accessed-date': 'changedAt',
  'last-changed-date': 'changedAt',
  name: 'name',
} as const satisfies Record<string, SortOrder['by']>;

export const listSecrets = secretsOperation<ListSecretsCommandInput, ListSecretsCommandOutput>()({
  schema: z.object({
    IncludePlannedDeletion: z.boolean().optional(),
    MaxResults: z.number().int().min(1).max(quotas.page).optional(),
    NextToken: nextToken.optional(),
    Filters: filterList.optional(),
    SortOrder: z.enum(['asc', 'desc']).optional(),
    SortBy: z.enum(['created-date', 'last-accessed-date', 'last-changed-date', 'name']).optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: anyResource('ListSecrets'),
  handler: ({ ledger }, input, context) => {
    const { IncludePlannedDeletion = false, MaxResults: size = quotas.page, SortBy = 'created-date' } = input;
    const { Filters = [], NextToken: token } = input;
    const order = { by: sortKeys[SortBy], descending: input.SortOrder === 'desc' };
    const passes = (secret: SecretRecord) =>
      (IncludePlannedDeletion || secret.deletedAt === undefined) && passesFilters(secret, Filters);
    const page = secretPage(ledger, context, { order, size, token, passes });
    const SecretList = page.items.map((secret) => {
      const stages = versionsToStages(secret);
      return { ...describedSecret(secret), ...(stages && { SecretVersionsToStages: stages }) };
    });
    return { SecretList, ...(page.nextToken !== undefined && { NextToken: page.nextToken }) };
  },
});
