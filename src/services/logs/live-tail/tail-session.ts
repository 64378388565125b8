import type { LiveTailSessionLogEvent, LiveTailSessionUpdate } from '@aws-sdk/client-cloudwatch-logs';
import type { LogStreamRecord } from '../../../store/index.ts';
import type { CompiledPattern } from '../patterns/index.ts';
import type { LogGroupRecord } from '../records.ts';

/** AWS's bounds on one session, and ours on its memory. */
const bounds = { updateEvents: 500, keptEvents: 5_000, keptBytes: 1024 * 1024, waitingUpdates: 10 } as const;

/** Which events a session wants. */
export interface TailSelection {
  readonly groups: readonly LogGroupRecord[];
  readonly streamNames?: readonly string[] | undefined;
  readonly streamPrefixes?: readonly string[] | undefined;
  readonly pattern: CompiledPattern;
}

/** An event as it came. */
export interface TailedRecord {
  readonly timestamp: number;
  readonly ingestedAt: number;
  readonly payload: Uint8Array;
}

/** Why a session is over. */
export type TailEnd = { readonly kind: 'timeout' } | { readonly kind: 'failed'; readonly message: string };

/** What one client tails: the events of the second that goes by, and the updates that it has not taken yet. */
export class TailSession {
  readonly #selection: TailSelection;
  readonly #waiting: LiveTailSessionUpdate[] = [];
  #events: LiveTailSessionLogEvent[] = [];
  #bytes = 0;
  #matched = 0;
  #end: TailEnd | undefined;
  #wake: () => void = () => {};

  constructor(selection: TailSelection) {
    this.#selection = selection;
  }

  get groups(): readonly LogGroupRecord[] {
    return this.#selection.groups;
  }

  wants({ account, region, groupName, name }: LogStreamRecord): boolean {
    const { groups, streamNames, streamPrefixes } = this.#selection;
    return (
      groups.some((it) => it.name === groupName && it.account === account && it.region === region) &&
      (streamNames?.includes(name) ?? true) &&
      (streamPrefixes?.some((prefix) => name.startsWith(prefix)) ?? true)
    );
  }

  /** What deciding about a record costs, in steps of an automaton. */
  steps(length: number): number {
    return this.#selection.pattern.steps(length);
  }

  /** Takes an event of a stream that it wants, if its pattern matches. */
  offer(stream: LogStreamRecord, { timestamp, ingestedAt, payload }: TailedRecord): void {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    const { pattern } = this.#selection;
    if (this.#end || !pattern.mayMatch(bytes)) return;
    const message = bytes.toString();
    if (!this.#matches(message)) return;
    this.#matched += 1;
    if (this.#events.length >= bounds.keptEvents || this.#bytes >= bounds.keptBytes) return;
    this.#bytes += bytes.length;
    const { account, groupName, name: logStreamName } = stream;
    const logGroupIdentifier = `${account}:${groupName}`;
    this.#events.push({ logStreamName, logGroupIdentifier, message, timestamp, ingestionTime: ingestedAt });
  }

  #matches(message: string): boolean {
    try {
      return this.#selection.pattern.matches(message);
    } catch (error) {
      this.end({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }

  /** A second has gone by: what came in it is an update. Of a client that takes none the oldest are dropped. */
  flush(): void {
    const sessionResults = spread(this.#events, bounds.updateEvents);
    const sampled = sessionResults.length < this.#matched;
    this.#waiting.push({ sessionMetadata: { sampled }, sessionResults });
    if (this.#waiting.length > bounds.waitingUpdates) this.#waiting.shift();
    this.#events = [];
    this.#bytes = 0;
    this.#matched = 0;
    this.#wake();
  }

  end(end: TailEnd): void {
    this.#end ??= end;
    this.#wake();
  }

  /** The next update, or the end; undefined once `signal` is aborted. */
  async next(signal: AbortSignal): Promise<LiveTailSessionUpdate | TailEnd | undefined> {
    for (;;) {
      if (signal.aborted) return undefined;
      const update = this.#waiting.shift();
      if (update ?? this.#end) return update ?? this.#end;
      await this.#woken(signal);
    }
  }

  #woken(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        signal.removeEventListener('abort', this.#wake);
        resolve();
      };
      signal.addEventListener('abort', this.#wake);
    });
  }
}

/** At most so many of some events, evenly over them. */
function spread<Event>(events: readonly Event[], most: number): Event[] {
  if (events.length <= most) return [...events];
  return Array.from({ length: most }, (_, index) => events[Math.floor((index * events.length) / most)]).filter(
    (event) => event !== undefined,
  );
}
