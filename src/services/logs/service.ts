import { defineLogs } from './definition.ts';
import { FilterFollower } from './filters/filter-follower.ts';
import { Queries } from './queries/queries.ts';
import { createRuntime, type LogsServiceOptions } from './runtime.ts';
import { LogSweeper } from './sweeper.ts';
import { type LogStreams, TaskStreams } from './task-streams.ts';

/** CloudWatch Logs: its operations, the streams of tasks, and its background work. */
export interface LogsService {
  readonly definition: ReturnType<typeof defineLogs>;
  readonly streams: LogStreams;
  /** Call `begin` once changes are taken and `streams.finishAbandoned` has been called. */
  readonly sweeper: LogSweeper;
  /** Asks filters about what is written. Call `begin` once changes are taken, before `streams.finishAbandoned`. */
  readonly filters: Pick<FilterFollower, 'begin' | 'pause' | 'idle'>;
  /** Stops the sweeper, waits for writes and removals under way, and lets go of open files. */
  close(): Promise<void>;
}

/** Builds the service. Nothing runs until it is called or its sweeper is begun. */
export function createLogsService(options: LogsServiceOptions): LogsService {
  const common = createRuntime(options);
  const queries = new Queries(common);
  const filters = new FilterFollower(common);
  const runtime = { ...common, queries, filters };
  const sweeper = new LogSweeper(runtime);
  return {
    definition: defineLogs(runtime),
    streams: new TaskStreams(runtime),
    sweeper,
    filters,
    close: async () => {
      await filters.stop();
      await sweeper.stop();
      await runtime.liveTails.stop();
      await queries.close();
      await runtime.turns.idle();
      await runtime.deletions.idle();
      await runtime.appenders.close();
    },
  };
}
