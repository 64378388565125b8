import type { Parameter, ParameterMetadata } from '@aws-sdk/client-ssm';
import { parameterArn } from './names.ts';
import { shownValue } from './parameters.ts';
import type { ParameterDescription, ParameterRecord, ParameterVersionRecord } from './records.ts';
import type { SsmRuntime } from './runtime.ts';

/** A version with its value. */
export function parameterOf(
  runtime: SsmRuntime,
  version: ParameterVersionRecord,
  { withDecryption, selector }: { readonly withDecryption: boolean; readonly selector?: string | undefined },
): Parameter {
  return {
    Name: version.name,
    Type: version.kind,
    Value: shownValue(runtime, version, withDecryption),
    Version: version.version,
    ...(selector !== undefined && { Selector: `:${selector}` }),
    LastModifiedDate: new Date(version.modifiedAt),
    ARN: parameterArn(version, version.name),
    DataType: version.dataType,
  };
}

/** What descriptions and histories show alike. */
export function descriptionOf(described: ParameterDescription) {
  const { kind, keyId, modifiedAt, modifiedBy, description, allowedPattern, version, tier, dataType } = described;
  return {
    Type: kind,
    ...(keyId !== undefined && { KeyId: keyId }),
    LastModifiedDate: new Date(modifiedAt),
    LastModifiedUser: modifiedBy,
    ...(description !== undefined && { Description: description }),
    ...(allowedPattern !== undefined && { AllowedPattern: allowedPattern }),
    Version: version,
    Tier: tier,
    Policies: [],
    DataType: dataType,
  };
}

/** Never with a value. */
export function metadataOf(parameter: ParameterRecord): ParameterMetadata {
  return { Name: parameter.name, ARN: parameterArn(parameter, parameter.name), ...descriptionOf(parameter) };
}
