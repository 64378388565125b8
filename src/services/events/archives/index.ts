export type { ArchiveBatch } from './archive-batch.ts';
export { Archives } from './archives.ts';
export {
  type EventArchiveRecord,
  type EventReplayRecord,
  eventArchiveRecords,
  eventReplayRecords,
  type ReplayState,
  replayStates,
} from './records.ts';
export { isOver, Replays } from './replays.ts';
