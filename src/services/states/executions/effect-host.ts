import type { ExecutionsOptions } from './options.ts';
import type { Letter, RunningExecution } from './running.ts';
import type { TaskTokens } from './tokens.ts';

/** What carrying out an effect may ask of whoever runs the executions. */
export interface EffectHost {
  readonly options: ExecutionsOptions;
  readonly tokens: TaskTokens;
  /** A running execution. */
  get(arn: string): RunningExecution | undefined;
  /** The running child execution of that name (`childName`). */
  child(name: string): RunningExecution | undefined;
  add(execution: RunningExecution): void;
  /** Begins an execution that was added. */
  begin(execution: RunningExecution): void;
  /** Puts an event into the execution's mailbox; of one that has ended it is dropped. */
  post(execution: RunningExecution, letter: Letter): void;
  /** Does a piece of work in its turn. */
  later(work: () => Promise<void>): void;
  /** Reads the map runs of an execution that has just come from the store. */
  loadMapRuns(execution: RunningExecution): Promise<void>;
}
