import type { QueueHouse } from './house.ts';
import type { HouseOptions } from './house-options.ts';
import type { MoveTasks } from './move-tasks.ts';

/** What the operations of SQS work with. */
export interface SqsRuntime extends HouseOptions {
  readonly house: QueueHouse;
  readonly moves: MoveTasks;
  /** Where clients reach this server, without a slash at the end: queue URLs begin so. */
  readonly baseUrl: () => string;
}
