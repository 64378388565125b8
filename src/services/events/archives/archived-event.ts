import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { BusEvent } from '../matching/index.ts';

/** An event as an archive has it. */
export interface ArchivedEvent extends Omit<BusEvent, 'bus' | 'replay'> {
  readonly archivedAt: EpochMilliseconds;
}

/** Of what is in a file of an archive: one JSON text for each event. */
const version = 1;

interface Stored extends Scope {
  readonly v: number;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: EpochMilliseconds;
  readonly resources: readonly string[];
  readonly detail: string;
  readonly depth: number;
  readonly at: EpochMilliseconds;
}

export function toArchived(event: BusEvent, at: EpochMilliseconds): Uint8Array {
  const { account, region, id, source, detailType: type, time, resources, detail, depth } = event;
  const stored: Stored = { v: version, account, region, id, source, type, time, resources, detail, depth, at };
  return Buffer.from(JSON.stringify(stored));
}

/** Undefined of a version that this release does not know: what it means nobody can say here, now or later. */
export function fromArchived(payload: Uint8Array): ArchivedEvent | undefined {
  const { v, type: detailType, at: archivedAt, ...rest } = JSON.parse(Buffer.from(payload).toString()) as Stored;
  return v === version ? { ...rest, detailType, archivedAt } : undefined;
}
