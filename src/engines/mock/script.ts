import type { Milliseconds } from '../../core/ids.ts';
import type { TaskSpec } from '../contract.ts';

/** What a container of a mock task does instead of running. All times are by the engine's clock. */
export interface MockContainerBehaviour {
  /** How long it runs; `until-stopped` waits for `stop`. @default 0 */
  readonly runFor?: Milliseconds | 'until-stopped';
  /** @default 0, or 128 + n with a signal */
  readonly exitCode?: number;
  /** The signal that ends it, such as `SIGKILL`. */
  readonly signal?: NodeJS.Signals;
  /** Words for `container.reason`, such as those of a kill for memory. */
  readonly reason?: string;
  /** What SIGTERM does. @default ends it at once by the signal */
  readonly onTerminate?: 'ignore' | { readonly exitCode: number; readonly after?: Milliseconds };
  readonly cpuSeconds?: number;
  readonly peakMemoryBytes?: number;
}

/** What a mock task does: what each of its containers does, and what concerns the whole of it. */
export interface MockBehaviour extends MockContainerBehaviour {
  /** What single containers do otherwise than the others, by name. */
  readonly containers?: Readonly<Record<string, MockContainerBehaviour>>;
  /** From `start` to the running report. @default 0 */
  readonly startDelay?: Milliseconds;
  /** It fails to start, with these words for `container.reason`. */
  readonly startError?: string;
  /** The host dies with it when its first essential container ends. */
  readonly lost?: boolean;
  /** After `startDelay` it is given back instead of beginning, for this reason. */
  readonly givenBack?: string;
  /** The engine does not answer to this start, for this reason; the task is not taken. */
  readonly unavailable?: string;
  /** Its start fails, with these words; the task is not taken. */
  readonly refused?: string;
  /** Lines of output, written when it starts to run to the log sink of each container. */
  readonly output?: readonly string[];
}

/** Decides what each task does; called once for each accepted start. */
export type MockScript = (task: TaskSpec) => MockBehaviour;
