import type { PutParameterCommandInput } from '@aws-sdk/client-ssm';
import { checkAllowedPattern } from './allowed-pattern.ts';
import { quotas, type Tier } from './limits.ts';
import type { ParameterKind, ParameterRecord } from './records.ts';
import { invalid, invalidHidden, unsupported, valueTooLarge } from './refusals.ts';

/** What a new version is made of, checked. No refusal repeats the value. */
export interface NewVersion {
  readonly kind: ParameterKind;
  readonly tier: Tier;
  readonly dataType: string;
  readonly keyId?: string;
  readonly allowedPattern?: string;
}

const defaultKey = 'alias/aws/ssm';

/** Checks what is to be put over what there is. */
export function checkNewVersion(input: PutParameterCommandInput, existing: ParameterRecord | undefined): NewVersion {
  const { Value = '', Policies, KeyId } = input;
  const allowedPattern = patternOf(input);
  const kind = input.Type ?? existing?.kind;
  if (kind === undefined) throw invalid('A parameter type is required when you create a parameter.');
  if (Policies !== undefined && Policies !== '' && Policies !== '[]' && Policies !== '[{}]') {
    throw unsupported('Policies');
  }
  if (KeyId !== undefined && kind !== 'SecureString')
    throw invalid('KeyId is required for SecureString type parameter only.');
  if (Value === '') throw invalidHidden('value', 'Member must have length greater than or equal to 1');
  // What no bytes stand for would be read as something else.
  if (!Value.isWellFormed()) throw invalidHidden('value', 'Member must be well-formed Unicode');
  if (/\{\{[^{}]*\}\}/.test(Value)) {
    throw invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  }
  const tier = tierOf(input, existing);
  if (Buffer.byteLength(Value) > quotas.tiers[tier].valueBytes) throw valueTooLarge(tier);
  if (allowedPattern !== undefined) checkAllowedPattern(allowedPattern, Value);
  const keyId = KeyId ?? (existing?.kind === 'SecureString' ? existing.keyId : undefined) ?? defaultKey;
  return {
    ...{ kind, tier, dataType: dataTypeOf(input, existing) },
    ...(kind === 'SecureString' && { keyId }),
    ...(allowedPattern !== undefined && { allowedPattern }),
  };
}

/** An empty one is none: Terraform sends that for a parameter without. */
function patternOf({ AllowedPattern }: PutParameterCommandInput): string | undefined {
  return AllowedPattern === '' ? undefined : AllowedPattern;
}

const dataTypes = ['text', 'aws:ec2:image', 'aws:ssm:integration'];

function dataTypeOf({ DataType }: PutParameterCommandInput, existing: ParameterRecord | undefined): string {
  const dataType = DataType ?? existing?.dataType ?? 'text';
  if (dataTypes.includes(dataType)) return dataType;
  throw invalid(`The following data type is not supported: ${dataType} (Data type names are all lowercase.)`);
}

/** Intelligent-Tiering: advanced only if the value needs it. */
function tierOf({ Tier: asked, Value = '' }: PutParameterCommandInput, existing: ParameterRecord | undefined): Tier {
  const least = Buffer.byteLength(Value) > quotas.tiers.Standard.valueBytes ? 'Advanced' : 'Standard';
  if (asked === undefined || asked === 'Intelligent-Tiering') {
    if (existing?.tier === 'Advanced') return 'Advanced';
    return asked === undefined ? 'Standard' : least;
  }
  if (asked === 'Standard' && existing?.tier === 'Advanced') {
    throw invalid(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to " +
        'the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard ' +
        'parameter.',
    );
  }
  return asked;
}
