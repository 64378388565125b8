import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { RandomSource } from '../../../core/random.ts';
import type { GiveVariables } from '../../../core/task-variables.ts';
import type { Turns } from '../../../core/turns.ts';
import type { Engine, EngineKind } from '../../../engines/index.ts';
import type { InstanceTypes } from '../../../instance-types/index.ts';
import type { Ledger, Outbox } from '../../../store/index.ts';
import type { ComputeEnvironmentRecord } from '../records.ts';
import type { FileSystems } from './file-systems.ts';
import type { InstanceTiming } from './instances.ts';
import type { FinishedJobRetention } from './sweeper.ts';
import type { TaskLogStreams } from './task-logs.ts';
import type { ValueSource } from './task-secrets.ts';

export interface YardOptions {
  readonly ledger: Ledger;
  /** Hears of every transition. */
  readonly outbox: Outbox;
  readonly engines: ReadonlyMap<EngineKind, Engine>;
  /**
   * Why this server begins nothing, in words for `explain`; asked whenever memory is filled.
   * @default it does
   */
  readonly hold?: () => string | undefined;
  readonly logStreams: TaskLogStreams;
  /** Of each attempt's output. */
  readonly logLimits: { readonly rateBytesPerSecond: number; readonly maximumBytes: number };
  /** What each container gets, below its definition's own. @default nothing */
  readonly giveVariables?: GiveVariables;
  /** What EFS volumes mount. */
  readonly fileSystems: FileSystems;
  /** Where the values of jobs' secrets come from. */
  readonly valueSource: ValueSource;
  readonly retention: FinishedJobRetention;
  /** What deletes a job, and what changes its tags, follow each other. */
  readonly jobTurns: Turns;
  /** What compute environments may launch. Asked when one does. */
  readonly instanceTypes: () => InstanceTypes;
  readonly instanceTiming?: InstanceTiming;
  /** How long what may pass by itself must block a queue until that is told. @default one minute */
  readonly blockedAfter?: Milliseconds;
  /** Seconds: below that nothing that a share has used fades, whatever its policy says. @default 0 */
  readonly minimumShareDecay?: number;
  /** What keeps the service from acting by an environment's service role, in words. @default nothing */
  readonly roleProblem?: (environment: ComputeEnvironmentRecord) => string | undefined;
  /** Units of what an end causes that are done in one turn. @default 500 */
  readonly unitsPerTurn?: number;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** Something that must not happen did: the server rebuilds memory from the store, or stops. */
  readonly onError: (error: unknown) => void;
}
