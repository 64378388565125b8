import type { InstallationId, Milliseconds, TaskId } from '../../../core/ids.ts';
import type { EngineEvent, RecoveredTask, StartResult } from '../../contract.ts';
import type { CommandRefused } from '../../entered-command.ts';
import type { TaskWithGpus } from '../../gpus.ts';
import type { TaskUsage } from '../../task-usage.ts';
import type { Beginning, Entrance } from '../entering/entrance.ts';
import { processLimits } from '../limits.ts';
import type { TaskRecord } from '../task/task-files.ts';
import type { RunnerConfig } from './runner-config.ts';

/**
 * What servers and runners say to each other: one JSON object a line over a unix socket. The server begins with `hello`;
 * the runner answers `welcome`, or `refused` and hangs up. A change that an older side would misread takes a new number.
 */
export const protocolVersion = 1;

export type ServerMessage =
  | {
      readonly kind: 'hello';
      readonly protocol: typeof protocolVersion;
      readonly installationId: InstallationId;
      readonly epoch: number;
      readonly config: RunnerConfig;
    }
  | { readonly kind: 'start'; readonly id: number; readonly task: TaskWithGpus }
  | { readonly kind: 'stop'; readonly id: number; readonly taskId: TaskId; readonly grace: Milliseconds }
  | { readonly kind: 'release'; readonly id: number; readonly taskId: TaskId }
  | {
      readonly kind: 'entrance';
      readonly id: number;
      readonly taskId: TaskId;
      /** Absent: the first essential one. */
      readonly container?: string;
    }
  | { readonly kind: 'usage'; readonly id: number; readonly taskIds: readonly TaskId[] };

/** A task that a runner has. */
export interface RunnerTask extends RecoveredTask {
  /** Ids of the GPUs that are its own until its end; absent: none. */
  readonly gpus?: readonly string[];
  /** As in its record, which may not be written yet. */
  readonly images?: TaskRecord['images'];
}

/** What each request is answered with. */
export interface RunnerResults {
  readonly start: StartResult;
  readonly stop: 'done';
  readonly release: 'done';
  readonly usage: readonly TaskUsage[];
  readonly entrance: Entrance | Beginning | CommandRefused;
}

export type RunnerMessage =
  | {
      readonly kind: 'welcome';
      readonly protocol: typeof protocolVersion;
      readonly pid: number;
      readonly startTime: number;
      /** How many it may have; absent where the system does not tell. */
      readonly openFiles?: number;
      readonly tasks: readonly RunnerTask[];
      /** Every report not yet released, in order. */
      readonly events: readonly EngineEvent[];
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'answer'; readonly id: number; readonly result: RunnerResults[keyof RunnerResults] }
  /** The runner cannot do it now, and has not done it. */
  | { readonly kind: 'unavailable'; readonly id: number; readonly reason: string }
  | { readonly kind: 'event'; readonly event: EngineEvent };

export function encodeMessage(message: ServerMessage | RunnerMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/** Cuts a stream into messages. Both sides are one program and one user: a message is trusted once it is JSON. */
export class MessageDecoder<Message> {
  readonly #sink: (message: Message) => void;
  readonly #longest: number;
  #pending: string[] = [];
  #bytes = 0;

  /** @param longest Characters that one message may have. */
  constructor(sink: (message: Message) => void, longest: number = processLimits.messageBytes) {
    this.#sink = sink;
    this.#longest = longest;
  }

  /** Takes the next text; throws on what is no message. */
  push(text: string): void {
    const lines = text.split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      const message: Message = JSON.parse(this.#pending.join('') + line);
      this.#pending = [];
      this.#bytes = 0;
      this.#sink(message);
    }
    if (last === '') return;
    this.#pending.push(last);
    this.#bytes += last.length;
    if (this.#bytes > this.#longest) throw new RangeError('a message is too long');
  }
}
