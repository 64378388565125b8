import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';

/** An event on a bus. */
export interface BusEvent extends Scope {
  readonly id: string;
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  readonly time: EpochMilliseconds;
  readonly resources: readonly string[];
  /** JSON text of an object. */
  readonly detail: string;
  /** How many targets of rules have led to it, one after the other. */
  readonly depth: number;
}

/** The event as JSON text: what its source wrote in `detail` stays as it was written. */
export function eventText({ id, source, detailType, account, region, time, resources, detail }: BusEvent): string {
  const envelope = JSON.stringify({
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account,
    time: wholeSeconds(time),
    region,
    resources,
  });
  return `${envelope.slice(0, -1)},"detail":${detail}}`;
}

/** ISO 8601 without fractions, as all times of events are. */
export function wholeSeconds(time: EpochMilliseconds): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
