import type { HistoryEvent } from '../../../asl/index.ts';
import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Invoke } from '../../../core/invoke.ts';
import type { Logger } from '../../../core/logger.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { type RandomSource, uuidV7 } from '../../../core/random.ts';
import { servicePrincipal } from '../../../iam/index.ts';
import type { HistorySink } from '../contract.ts';
import { logGroupName } from '../machines/index.ts';
import type { StateMachineRevisionRecord } from '../records.ts';
import { formatLogEvent, isLogged, type LoggedExecution } from './log-event.ts';

export interface HistoryLogOptions {
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
}

interface LogLine {
  readonly timestamp: EpochMilliseconds;
  readonly message: string;
}

/** Lines that wait for one stream. */
interface Lane extends Scope {
  readonly group: string;
  readonly stream: string;
  readonly lines: LogLine[];
  /** Characters of the messages that wait. */
  characters: number;
}

/** PutLogEvents takes at most so many lines and bytes in one call. */
const batchLines = 10_000;
const batchBytes = 1024 * 1024;
const lineOverhead = 26;

/** More than this waiting for one stream is dropped: like AWS's, these logs are a best effort. */
const mostWaiting = { lines: 50_000, characters: 32 * 1024 * 1024 };
const mostRemembered = 1000;
/** AWS's service that delivers logs of others. */
const deliverer = 'delivery.logs.amazonaws.com';

/**
 * Writes the history of executions to CloudWatch Logs, where their state machine has a logging configuration: to the stream
 * `states/<machine>/<date and hour>/00000000`. Nobody waits for it; what cannot be written is told to the server's log.
 */
export class HistoryLog implements HistorySink {
  readonly #options: HistoryLogOptions;
  readonly #lanes = new Map<string, Lane>();
  /** Streams known to be there; forgotten when there are many, or when one turns out not to be. */
  readonly #created = new Set<string>();
  readonly #closing = new AbortController();
  #writing: Promise<void> = Promise.resolve();

  constructor(options: HistoryLogOptions) {
    this.#options = options;
  }

  append(
    revision: StateMachineRevisionRecord,
    execution: LoggedExecution & Scope,
    events: readonly HistoryEvent[],
  ): void {
    const { level = 'OFF', includeExecutionData = false, destinations = [] } = revision.loggingConfiguration ?? {};
    const group = logGroupName(destinations[0]?.cloudWatchLogsLogGroup?.logGroupArn ?? '');
    const logged = events.filter(({ type }) => isLogged(level, type));
    if (group === undefined || logged.length === 0) return;
    for (const event of logged) {
      const lane = this.#lane(execution, group, streamName(revision.stateMachineName, event.timestamp));
      const message = formatLogEvent(execution, event, includeExecutionData);
      lane.lines.push({ timestamp: event.timestamp, message });
      lane.characters += message.length;
    }
  }

  /** Waits until all that was appended is written, or given up. */
  async close(): Promise<void> {
    await this.#writing;
    this.#closing.abort();
  }

  #lane({ account, region }: Scope, group: string, stream: string): Lane {
    const key = `${account}|${region}|${group}|${stream}`;
    const present = this.#lanes.get(key);
    if (present) {
      if (isFull(present)) this.#drop(present);
      return present;
    }
    const lane: Lane = { account, region, group, stream, lines: [], characters: 0 };
    this.#lanes.set(key, lane);
    this.#writing = this.#writing.then(() => this.#drain(key, lane));
    return lane;
  }

  #drop(lane: Lane): void {
    this.#report(lane, new Error(`${lane.lines.length} events waited to be logged; they are dropped`));
    lane.lines.length = 0;
    lane.characters = 0;
  }

  /** Writes what waits for a stream until nothing does. Never throws. */
  async #drain(key: string, lane: Lane): Promise<void> {
    try {
      while (lane.lines.length > 0) await this.#write(key, lane, takeBatch(lane));
    } catch (error) {
      this.#created.delete(key);
      this.#report(lane, error);
    }
    this.#lanes.delete(key);
  }

  async #write(key: string, lane: Lane, logEvents: readonly LogLine[]): Promise<void> {
    const target = { logGroupName: lane.group, logStreamName: lane.stream };
    if (!this.#created.has(key)) await this.#create(lane, target);
    if (this.#created.size >= mostRemembered) this.#created.clear();
    this.#created.add(key);
    await this.#options.invoke('logs', 'PutLogEvents', { ...target, logEvents }, this.#context(lane));
  }

  async #create(scope: Scope, target: object): Promise<void> {
    try {
      await this.#options.invoke('logs', 'CreateLogStream', target, this.#context(scope));
    } catch (error) {
      if (!(error instanceof ServiceError && error.code === 'ResourceAlreadyExistsException')) throw error;
    }
  }

  #context({ account, region }: Scope): RequestContext {
    const { clock, random } = this.#options;
    const now = clock.now();
    const requestId = uuidV7(now, random);
    const principal = servicePrincipal(account, deliverer);
    const source = { kind: 'service', service: deliverer } as const;
    return { account, region, principal, source, requestId, now, signal: this.#closing.signal };
  }

  #report({ group, stream }: Lane, error: unknown): void {
    this.#options.logger.warn({ err: error, group, stream }, 'the history of executions could not be logged');
  }
}

/** AWS begins a new stream every hour. */
function streamName(machine: string, timestamp: EpochMilliseconds): string {
  const hour = new Date(timestamp).toISOString().slice(0, 13).replace('T', '-');
  return `states/${machine}/${hour}/00000000`;
}

function isFull({ lines, characters }: Lane): boolean {
  return lines.length >= mostWaiting.lines || characters >= mostWaiting.characters;
}

/** As many of the oldest lines as one call takes, in the order of their times. */
function takeBatch(lane: Lane): LogLine[] {
  const { lines } = lane;
  let bytes = 0;
  let count = 0;
  for (const { message } of lines.slice(0, batchLines)) {
    bytes += Buffer.byteLength(message) + lineOverhead;
    if (bytes > batchBytes && count > 0) break;
    count += 1;
    lane.characters -= message.length;
  }
  return lines.splice(0, count).sort((a, b) => a.timestamp - b.timestamp);
}
