import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';
import { type Sealed, sealedUnder, sealedValues } from '../../vault/index.ts';

/** A secret: all of it but its values. */
export interface SecretRecord extends Scope {
  readonly name: string;
  /** Ends with six random characters, so that a secret which is made again under its name is another one. */
  readonly arn: string;
  readonly description?: string;
  readonly kmsKeyId?: string;
  /** Of a secret that a partner manages. */
  readonly partnerType?: string;
  readonly tags: Tags;
  readonly policy?: string;
  /** The version that each staging label is attached to. */
  readonly stages: Readonly<Record<string, string>>;
  readonly createdAt: EpochMilliseconds;
  readonly changedAt: EpochMilliseconds;
  /** Present while it is marked for deletion: when it goes. */
  readonly deletedAt?: EpochMilliseconds;
}

const placeOfTime = (time: EpochMilliseconds, name: string) => `${String(time).padStart(16, '0')} ${name}`;

/** The orders that lists may have: where a secret stands in each. */
export const placeBy = {
  name: ({ name }: SecretRecord) => name,
  createdAt: ({ createdAt, name }: SecretRecord) => placeOfTime(createdAt, name),
  changedAt: ({ changedAt, name }: SecretRecord) => placeOfTime(changedAt, name),
} as const;
export type SecretOrder = keyof typeof placeBy;

export const secretRecords = defineRecord({
  type: 'secret',
  key: ({ name }: SecretRecord) => name,
  indexes: {
    name: { order: placeBy.name },
    createdAt: { order: placeBy.createdAt },
    changedAt: { order: placeBy.changedAt },
  },
});

/** A version of a secret. Its labels stand in the secret. */
export interface SecretVersionRecord extends Scope, Sealed {
  readonly secretArn: string;
  readonly versionId: string;
  /** Whether it was given, and is answered, as text or as bytes. */
  readonly form: 'string' | 'binary';
  readonly createdAt: EpochMilliseconds;
  readonly kmsKeyId?: string;
}

const keyOfVersion = ({ secretArn, versionId }: SecretVersionRecord) => versionKey(secretArn, versionId);

export const secretVersionRecords = defineRecord({
  type: 'secretVersion',
  key: keyOfVersion,
  indexes: {
    secret: {
      value: ({ secretArn }) => secretArn,
      order: ({ createdAt, versionId }) => `${String(createdAt).padStart(16, '0')} ${versionId}`,
    },
    sealedUnder: sealedUnder(keyOfVersion),
  },
});

export function versionKey(secretArn: string, versionId: string): string {
  return `${secretArn}\n${versionId}`;
}

/** Where a version's value is sealed for. */
export function placeOfVersion({ secretArn, versionId }: Pick<SecretVersionRecord, 'secretArn' | 'versionId'>): string {
  return `secretsmanager\n${versionKey(secretArn, versionId)}`;
}

/** Every type of record that Secrets Manager keeps. */
export const secretsManagerRecords = [secretRecords, secretVersionRecords];

/** The values among them. */
export const secretValuesAtRest = sealedValues(secretVersionRecords, placeOfVersion);
