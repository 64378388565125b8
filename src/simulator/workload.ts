import type { Milliseconds } from '../core/ids.ts';

/** How long something lasts: always alike, or drawn for each attempt, evenly between two times or from an exponential law. */
export type RunTime =
  | { readonly kind: 'fixed'; readonly milliseconds: Milliseconds }
  | { readonly kind: 'uniform'; readonly least: Milliseconds; readonly most: Milliseconds }
  | { readonly kind: 'exponential'; readonly mean: Milliseconds };

/** One attempt as it was recorded. */
export interface RecordedRun {
  /** From the placement to the start. */
  readonly starting: Milliseconds;
  /** Absent: until a timeout, or the end of its main node, stops it. */
  readonly milliseconds?: Milliseconds;
  readonly exitCode: number;
}

/** What a job waits for. By its id in the workload, or the child before it. */
export type WorkloadDependency =
  | { readonly on: string; readonly index?: number; readonly type?: 'N_TO_N' }
  | { readonly type: 'SEQUENTIAL' };

/** A job that is submitted, with what its attempts will do. */
export interface WorkloadJob {
  readonly id: string;
  /** Where it stands in its file, for words about it: from 1. */
  readonly line: number;
  readonly at: Milliseconds;
  /** Name of its job queue; absent: the only one of the environment. */
  readonly queue?: string;
  /** Whose turn it takes, in a queue where shares take turns; others do not ask. */
  readonly share?: string;
  /** Greater ones come first within a share, 0 to 9999. @default 0 */
  readonly priority?: number;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /** An array of so many children, or a multi-node job of so many nodes; all that is asked is for each of them. */
  readonly many?:
    | { readonly kind: 'array'; readonly size: number }
    | { readonly kind: 'nodes'; readonly size: number; readonly mainNode: number };
  /** Of a multi-node job: the only type of instance that its nodes run on. */
  readonly instanceType?: string;
  readonly dependsOn: readonly WorkloadDependency[];
  /** It is submitted no sooner than this long after the job `id` has ended, as its user did. */
  readonly follows?: { readonly id: string; readonly after: Milliseconds };
  /** How often it is tried, 1 to 10. */
  readonly attempts: number;
  readonly timeoutSeconds?: number;
  readonly runTime: RunTime;
  /** Of each attempt, 0 to 1. */
  readonly failureRate: number;
  /** What is known of attempts, by child or node (0 for a single job), in order: instead of what would be drawn. */
  readonly runs?: ReadonlyMap<number, readonly RecordedRun[]>;
}

/** Jobs in the order in which they are submitted, read as they are asked for. */
export interface Workload {
  readonly jobs: Iterable<WorkloadJob>;
  /** How much of it has been read, 0 to 1. */
  readonly progress: () => number;
  /** Jobs that were left out, by why. Whole once all have been read. */
  readonly dropped: () => Readonly<Record<string, number>>;
}

/** A workload or an environment makes no sense. The words name the file's line where there is one. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
}

/** Parses a file; what is wrong with it is said with the file's name before it. */
export function parseNamed<Value>(name: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SimulationError || error instanceof SyntaxError)
      throw new SimulationError(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** What is wrong with a line of a workload. */
export function lineError(line: number, words: string): SimulationError {
  return new SimulationError(`line ${line}: ${words}`);
}
