import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';
import { type Sealed, sealedUnder, sealedValues } from '../../vault/index.ts';
import type { Tier } from './limits.ts';
import { parentOf } from './names.ts';

export type ParameterKind = 'String' | 'StringList' | 'SecureString';

/** What one version of a parameter says of itself; the newest describes the parameter. */
export interface ParameterDescription {
  readonly version: number;
  readonly kind: ParameterKind;
  readonly tier: Tier;
  readonly dataType: string;
  /** Of a SecureString: the name that the caller, or AWS's default, gives the key. */
  readonly keyId?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly modifiedAt: EpochMilliseconds;
  /** An ARN. */
  readonly modifiedBy: string;
}

/** A parameter: its newest version but the value, and what is of no version. */
export interface ParameterRecord extends Scope, ParameterDescription {
  readonly name: string;
  readonly tags: Tags;
}

export const parameterRecords = defineRecord({
  type: 'parameter',
  key: ({ name }: ParameterRecord) => name,
  indexes: {
    name: { order: ({ name }) => name },
    /** Those right below a path. */
    parent: { value: ({ name }) => parentOf(name), order: ({ name }) => name },
    tier: { value: ({ tier }) => tier },
  },
});

/** One of the last hundred versions of a parameter. */
export interface ParameterVersionRecord extends Scope, Sealed, ParameterDescription {
  readonly name: string;
  readonly labels: readonly string[];
}

const keyOfVersion = ({ name, version }: ParameterVersionRecord) => versionKey(name, version);

export const parameterVersionRecords = defineRecord({
  type: 'parameterVersion',
  key: keyOfVersion,
  indexes: {
    parameter: { value: ({ name }) => name, order: ({ version }) => placeOfNumber(version) },
    sealedUnder: sealedUnder(keyOfVersion),
  },
});

export function versionKey(name: string, version: number): string {
  return `${name}\n${version}`;
}

/** A number as a text that sorts as it does. */
export function placeOfNumber(version: number): string {
  return String(version).padStart(16, '0');
}

/** Where a version's value is sealed for. */
export function placeOfVersion({
  account,
  region,
  name,
  version,
}: Scope & Pick<ParameterVersionRecord, 'name' | 'version'>): string {
  return `ssm\n${account}\n${region}\n${versionKey(name, version)}`;
}

/** Every type of record that Parameter Store keeps. */
export const ssmRecords = [parameterRecords, parameterVersionRecords];

/** The values among them. */
export const parameterValuesAtRest = sealedValues(parameterVersionRecords, placeOfVersion);
