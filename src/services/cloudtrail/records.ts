import type { FieldCondition, Position, RecordFilter } from '../../audit/index.ts';
import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';
import { type Sealed, sealedUnder, sealedValues } from '../../vault/index.ts';

/** Where a trail's files go. */
export interface TrailPlace {
  readonly bucket: string;
  readonly prefix?: string;
}

/** What was put as event selectors; absent: all management events. */
export type StoredSelectors =
  | { readonly kind: 'basic'; readonly selectors: readonly BasicSelector[] }
  | { readonly kind: 'advanced'; readonly selectors: readonly AdvancedSelector[] };

export interface BasicSelector {
  readonly readWrite: 'All' | 'ReadOnly' | 'WriteOnly';
  readonly management: boolean;
  /** Data of services that are not here: kept, and matches nothing. */
  readonly resources: readonly { readonly type: string; readonly values: readonly string[] }[];
  readonly excludedSources: readonly string[];
}

export interface AdvancedSelector {
  readonly name?: string;
  readonly conditions: readonly FieldCondition[];
}

/** A trail, in its home region. */
export interface TrailRecord extends Scope {
  readonly name: string;
  /** Another one for a trail that takes the name of one that was deleted. */
  readonly id: string;
  readonly place: TrailPlace;
  readonly topicArn?: string;
  readonly global: boolean;
  readonly multiRegion: boolean;
  readonly validation: boolean;
  readonly selectors?: StoredSelectors;
  readonly tags: Tags;
  readonly isLogging: boolean;
  readonly startedAt?: EpochMilliseconds;
  readonly stoppedAt?: EpochMilliseconds;
  readonly createdAt: EpochMilliseconds;
}

export const trailRecords = defineRecord({
  type: 'cloudTrailTrail',
  key: ({ name }: TrailRecord) => name,
  indexes: { name: { order: ({ name }) => name } },
});

/** Records that a trail has still to deliver: from one place among them to another, or on and on. */
export interface Span {
  readonly at: Position;
  readonly until?: Position;
}

/** A file, named and hashed before it is written: whatever dies meanwhile, it is written again as it was. */
export interface PlannedFile {
  readonly region: string;
  readonly bucket: string;
  readonly object: string;
  /** SHA-256 of its text, in hexadecimal digits. */
  readonly hash: string;
  readonly oldest: string;
  readonly newest: string;
}

export type Plan =
  | {
      readonly kind: 'logs';
      readonly start: Position;
      readonly next: Position;
      readonly filter: RecordFilter;
      readonly files: readonly PlannedFile[];
    }
  | {
      readonly kind: 'digest';
      readonly region: string;
      readonly bucket: string;
      readonly object: string;
      readonly end: EpochMilliseconds;
      /** Of the key that signs it. */
      readonly fingerprint: string;
    };

/** A digest that was written, as the next one refers to it. */
export interface WrittenDigest {
  readonly bucket: string;
  readonly object: string;
  readonly hash: string;
  readonly signature: string;
}

/** The digests of one region. */
export interface DigestChain {
  readonly region: string;
  /** When the time of the next one begins. */
  readonly since: EpochMilliseconds;
  readonly previous?: WrittenDigest;
}

/** What became of the last deliveries. */
export interface DeliveryStatus {
  readonly attemptedAt?: EpochMilliseconds;
  readonly deliveredAt?: EpochMilliseconds;
  /** Why the last attempt failed; absent if it did not. */
  readonly error?: string;
  readonly notificationAttemptedAt?: EpochMilliseconds;
  readonly notifiedAt?: EpochMilliseconds;
  readonly notificationError?: string;
  readonly digestedAt?: EpochMilliseconds;
  readonly digestError?: string;
}

/** How far a trail has come. */
export interface TrailProgressRecord extends Scope {
  readonly name: string;
  /** Of the trail. */
  readonly id: string;
  readonly spans: readonly Span[];
  readonly plan?: Plan;
  readonly chains: readonly DigestChain[];
  readonly status: DeliveryStatus;
}

export const trailProgressRecords = defineRecord({
  type: 'cloudTrailProgress',
  key: ({ name }: TrailProgressRecord) => name,
});

/** A file that was delivered and is in no digest yet. */
export interface TrailFileRecord extends Scope {
  readonly name: string;
  readonly file: PlannedFile;
}

export function chainOf(name: string, region: string): string {
  return `${name}\n${region}`;
}

export const trailFileRecords = defineRecord({
  type: 'cloudTrailFile',
  key: ({ name, file }: TrailFileRecord) => `${chainOf(name, file.region)}\n${file.object}`,
  indexes: {
    chain: { value: ({ name, file }) => chainOf(name, file.region), order: ({ file }) => file.object },
    trail: {
      value: ({ name }) => name,
      order: ({ file }) => `${file.region}\n${file.object}`,
    },
  },
});

/** A key that signs digests. */
export interface TrailKeyRecord extends Scope, Sealed {
  readonly fingerprint: string;
  /** PKCS #1, DER, base64. */
  readonly publicKey: string;
  readonly from: EpochMilliseconds;
  readonly to: EpochMilliseconds;
}

export const trailKeyRecords = defineRecord({
  type: 'cloudTrailKey',
  key: ({ fingerprint }: TrailKeyRecord) => fingerprint,
  indexes: { sealedUnder: sealedUnder(({ fingerprint }: TrailKeyRecord) => fingerprint) },
});

/** Where the private half of a key is sealed for. */
export function placeOfTrailKey({ fingerprint }: Pick<TrailKeyRecord, 'fingerprint'>): string {
  return `cloudtrail\n${fingerprint}`;
}

export const trailKeysAtRest = sealedValues(trailKeyRecords, placeOfTrailKey);

/** Every type of record that CloudTrail keeps. */
export const cloudTrailRecords = [trailRecords, trailProgressRecords, trailFileRecords, trailKeyRecords];
