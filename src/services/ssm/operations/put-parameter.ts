import type { PutParameterCommandInput, PutParameterCommandOutput } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { givenTagConditions } from '../../../core/tags.ts';
import { isTrue, textOf } from '../../../core/unvalidated.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import { quotas, type Tier } from '../limits.ts';
import { checkNewName, trimmedName } from '../names.ts';
import { checkNewVersion } from '../new-version.ts';
import { parameterRequest, ssmOperation } from '../operation.ts';
import { sealParameterValue, versionsOf } from '../parameters.ts';
import {
  type ParameterRecord,
  parameterRecords,
  parameterVersionRecords,
  placeOfVersion,
  versionKey,
} from '../records.ts';
import { parameterExists, tagsWithOverwrite, tooManyParameters, tooManyVersions } from '../refusals.ts';
import type { SsmRuntime } from '../runtime.ts';
import { parameterName } from '../shapes.ts';
import { tagList, withTags } from '../tags.ts';

const schema = z.object({
  Name: parameterName,
  Description: z.string().max(1024).optional(),
  Value: z.string(),
  Type: z.enum(['String', 'StringList', 'SecureString']).optional(),
  KeyId: z
    .string()
    .min(1)
    .max(256)
    .regex(/^([a-zA-Z0-9:/_-]+)$/)
    .optional(),
  Overwrite: z.boolean().optional(),
  AllowedPattern: z.string().max(1024).optional(),
  Tags: tagList.optional(),
  Tier: z.enum(['Standard', 'Advanced', 'Intelligent-Tiering']).optional(),
  Policies: z.string().optional(),
  DataType: z.string().max(128).optional(),
});
type Input = z.infer<typeof schema>;

/** A new parameter, or a new version of one. */
export const putParameter = ssmOperation<PutParameterCommandInput, PutParameterCommandOutput>()({
  schema,
  readOnly: false,
  audit: { kind: 'management', hide: ['Value'] },
  access: ({ Name, Overwrite, Policies, Tags }, context) => {
    const policies = textOf(Policies);
    const conditions = {
      'ssm:Overwrite': String(isTrue(Overwrite)),
      ...(policies !== undefined && { 'ssm:Policies': policies }),
      ...givenTagConditions(Tags),
    };
    return [parameterRequest(context, 'PutParameter', Name, conditions)];
  },
  handler: (runtime, input, context) => {
    const { ledger } = runtime;
    const name = trimmedName(input.Name);
    checkNewName(context, name);
    const existing = ledger.get(parameterRecords, context, name);
    if (existing && !input.Overwrite) throw parameterExists();
    if (input.Overwrite && input.Tags && input.Tags.length > 0) throw tagsWithOverwrite();
    const parameter = newParameter(input, existing, { name, context });
    checkRoom(ledger, context, existing?.tier, parameter.tier);
    ledger.transact((transaction) => {
      if (existing) removeOldest(ledger, transaction, existing);
      putVersion(runtime, transaction, parameter, input.Value);
    });
    return { Version: parameter.version, Tier: parameter.tier };
  },
});

function newParameter(
  input: Input,
  existing: ParameterRecord | undefined,
  { name, context }: { readonly name: string; readonly context: RequestContext },
): ParameterRecord {
  const { Description: description = existing?.description } = input;
  return {
    ...scopeOf(context),
    name,
    tags: existing?.tags ?? withTags({}, input.Tags ?? []),
    version: (existing?.version ?? 0) + 1,
    ...checkNewVersion(input, existing),
    ...(description !== undefined && { description }),
    modifiedAt: context.now,
    modifiedBy: context.principal.arn,
  };
}

function checkRoom(ledger: Ledger, scope: Scope, before: Tier | undefined, tier: Tier): void {
  if (before === tier) return;
  if (ledger.countBy(parameterRecords, scope, 'tier', tier) >= quotas.tiers[tier].parameters)
    throw tooManyParameters(tier);
}

/** Makes room for one more version. */
function removeOldest(ledger: Ledger, transaction: Transaction, parameter: ParameterRecord): void {
  if (ledger.countBy(parameterVersionRecords, parameter, 'parameter', parameter.name) < quotas.versions) return;
  const [oldest] = versionsOf(ledger, parameter).take(1);
  if (!oldest) return;
  if (oldest.labels.length > 0) throw tooManyVersions(parameter.name, oldest.version);
  transaction.delete(parameterVersionRecords, oldest, versionKey(oldest.name, oldest.version));
}

function putVersion(runtime: SsmRuntime, transaction: Transaction, parameter: ParameterRecord, value: string): void {
  const { tags: _, ...version } = parameter;
  const sealed = sealParameterValue(runtime, value, placeOfVersion(version));
  transaction.put(parameterVersionRecords, { ...version, labels: [], sealed });
  transaction.put(parameterRecords, parameter);
}
