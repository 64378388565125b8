export type { StreamName } from './deletions.ts';
export type { LogsLimits } from './limits.ts';
export type { LogsLogger } from './logger.ts';
export * from './records.ts';
export type { LogsServiceOptions } from './runtime.ts';
export { createLogsService, type LogsService } from './service.ts';
export type { LogSweeper } from './sweeper.ts';
export type { LogStreams, TaskStream } from './task-streams.ts';
