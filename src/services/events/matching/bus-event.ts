import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import { secondsText } from '../../../core/seconds-text.ts';

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
  /** The replay that brought it out of an archive, and the ARNs of the rules that get it; absent: all. */
  readonly replay?: { readonly name: string; readonly rules?: readonly string[] } | undefined;
}

/** The event as JSON text: what its source wrote in `detail` stays as it was written. */
export function eventText(event: BusEvent): string {
  const { id, source, detailType, account, region, time, resources, detail, replay } = event;
  const envelope = JSON.stringify({
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account,
    time: secondsText(time),
    region,
    resources,
    ...(replay && { 'replay-name': replay.name }),
  });
  return `${envelope.slice(0, -1)},"detail":${detail}}`;
}
