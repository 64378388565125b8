import type { ServiceCapacity, ServiceJobRecord } from '../../../store/index.ts';
import type { CapacityLimit, QuotaShareRecord } from '../records.ts';
import { instanceCount } from '../resources/capacity-limits.ts';
import { borrowsAnything } from '../resources/quota-share.ts';

/** What a service job stands before. */
export interface ServicePlace {
  /** Of its service environment. Undefined: there is none any more. */
  readonly limits: readonly CapacityLimit[] | undefined;
  /** Of its queue. */
  readonly quotaShares: readonly QuotaShareRecord[];
}

/** Why a service job waits. */
export interface ServiceWaiting {
  /** By AWS's word where it has one, as `jobStateTimeLimitActions` name it. */
  readonly code:
    | 'MISCONFIGURATION:SERVICE_ENVIRONMENT_MAX_RESOURCE'
    | 'MISCONFIGURATION:QUOTA_MANAGEMENT_LIMIT_EXCEEDED'
    | 'NO_TRAINING_ENGINE';
  /** One line for `statusReason`. */
  readonly text: string;
}

/** It would wait for good, whatever its queue. */
export const noTrainingEngine = 'No training engine exists here: the job waits until it is terminated.';

/**
 * Why a service job waits: because it asks for more than it could ever have, in AWS's words (its guide, "Jobs stuck in RUNNABLE due to
 * misconfiguration" of SageMaker Training jobs), or else because there is nothing here that could run it.
 */
export function whyWaiting(
  job: Pick<ServiceJobRecord, 'capacity' | 'quotaShareName'>,
  place: ServicePlace,
): ServiceWaiting {
  if (place.limits && exceeds(job.capacity, place.limits)) {
    const code = 'MISCONFIGURATION:SERVICE_ENVIRONMENT_MAX_RESOURCE';
    const words =
      'Service environment(s) associated with the job queue cannot meet the capacity requirement of the job.';
    return { code, text: `${code} - ${words}` };
  }
  const words = beyondQuotaShare(job, place.quotaShares);
  if (!words) return { code: 'NO_TRAINING_ENGINE', text: noTrainingEngine };
  const code = 'MISCONFIGURATION:QUOTA_MANAGEMENT_LIMIT_EXCEEDED';
  return { code, text: `${code} - ${words}` };
}

/** Limits that count instances count all of them. */
function exceeds(capacity: readonly ServiceCapacity[], limits: readonly CapacityLimit[]): boolean {
  const whole = limits.find(({ capacityUnit }) => capacityUnit === instanceCount);
  if (whole) return capacity.reduce((sum, { quantity }) => sum + quantity, 0) > whole.maxCapacity;
  return capacity.some(({ unit, quantity }) => quantity > limitOf(limits, unit));
}

/** Of what no limit is given there is none to be had. */
function limitOf(limits: readonly CapacityLimit[], unit: string): number {
  return limits.find(({ capacityUnit }) => capacityUnit === unit)?.maxCapacity ?? 0;
}

function beyondQuotaShare(
  { capacity, quotaShareName }: Pick<ServiceJobRecord, 'capacity' | 'quotaShareName'>,
  shares: readonly QuotaShareRecord[],
): string | undefined {
  const own = shares.find(({ name }) => name === quotaShareName);
  if (!own) return undefined;
  if (own.sharing.strategy !== 'LEND_AND_BORROW') {
    return exceeds(capacity, own.capacityLimits) ? 'Job requirements exceed quota share capacity limits.' : undefined;
  }
  if (capacity.some(({ unit, quantity }) => quantity > withBorrowed(own, unit))) {
    return 'Job requirements exceed quota share capacity limits and borrow limits.';
  }
  const lenders = shares.filter((share) => share !== own && share.sharing.strategy !== 'RESERVE');
  const all = [own, ...lenders];
  const isShort = capacity.some(
    ({ unit, quantity }) => quantity > all.reduce((sum, share) => sum + limitOf(share.capacityLimits, unit), 0),
  );
  return isShort ? 'Job requires borrowing that exceeds all configured borrowable capacity.' : undefined;
}

/** The most of a unit that a quota share may have. */
function withBorrowed({ capacityLimits, sharing }: QuotaShareRecord, unit: string): number {
  const limit = limitOf(capacityLimits, unit);
  const percent = sharing.borrowLimit ?? borrowsAnything;
  return percent === borrowsAnything ? Number.POSITIVE_INFINITY : limit + (limit * percent) / 100;
}
