import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import { defineRecord } from '../../../store/index.ts';

/** What keeps events of a bus. */
export interface EventArchiveRecord extends Scope {
  readonly name: string;
  /** Of this archive alone, also among those that had its name before: names its directory. */
  readonly id: string;
  readonly bus: string;
  readonly description?: string;
  /** JSON text as given. Absent: every event of the bus. */
  readonly eventPattern?: string;
  /** 0: for ever. */
  readonly retentionDays: number;
  readonly kmsKeyIdentifier?: string;
  readonly createdAt: EpochMilliseconds;
}

export const eventArchiveRecords = defineRecord({
  type: 'eventArchive',
  key: ({ name }: EventArchiveRecord) => name,
  indexes: { bus: { value: ({ bus }) => bus, order: ({ name }) => name } },
});

/** A file of an archive, as far as it counts: what is behind that was written by a transaction that never was. */
export interface ArchiveSegmentRecord extends Scope {
  readonly archiveId: string;
  readonly file: string;
  readonly bytes: number;
  readonly events: number;
  /** By the times of the events. */
  readonly firstEventAt: EpochMilliseconds;
  readonly lastEventAt: EpochMilliseconds;
  readonly firstArchivedAt: EpochMilliseconds;
  readonly lastArchivedAt: EpochMilliseconds;
}

/** The key of a file of an archive. Ids have no space. */
export function segmentKey({ archiveId, file }: Pick<ArchiveSegmentRecord, 'archiveId' | 'file'>): string {
  return `${archiveId} ${file}`;
}

export const archiveSegmentRecords = defineRecord({
  type: 'eventArchiveSegment',
  key: (segment: ArchiveSegmentRecord) => segmentKey(segment),
  indexes: { archive: { value: ({ archiveId }) => archiveId, order: ({ file }) => file } },
});

export const replayStates = ['STARTING', 'RUNNING', 'CANCELLING', 'COMPLETED', 'CANCELLED', 'FAILED'] as const;
export type ReplayState = (typeof replayStates)[number];

/** Events of an archive that are put on its bus again. */
export interface EventReplayRecord extends Scope {
  readonly name: string;
  readonly description?: string;
  readonly archive: string;
  readonly archiveId: string;
  readonly bus: string;
  /** ARNs of the rules that get them; absent: all. */
  readonly rules?: readonly string[];
  /** Of events with this time, or a later one. */
  readonly from: EpochMilliseconds;
  /** And not of a later one. */
  readonly to: EpochMilliseconds;
  readonly state: ReplayState;
  readonly stateReason?: string;
  /** The time of the event that was replayed last. */
  readonly lastReplayed?: EpochMilliseconds;
  readonly startedAt: EpochMilliseconds;
  readonly endedAt?: EpochMilliseconds;
}

export const eventReplayRecords = defineRecord({
  type: 'eventReplay',
  key: ({ name }: EventReplayRecord) => name,
});
