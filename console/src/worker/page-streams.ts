import type { Call } from '../api/protocol.ts';
import type { Told } from './messages.ts';
import type { Sent } from './send.ts';
import type { SessionHolder } from './session-holder.ts';

/** The streams that one page hears. */
export class PageStreams {
  readonly #holder: Pick<SessionHolder, 'stream'>;
  readonly #tell: (told: Told) => void;
  readonly #open = new Map<number, AbortController>();

  constructor(holder: Pick<SessionHolder, 'stream'>, tell: (told: Told) => void) {
    this.#holder = holder;
    this.#tell = tell;
  }

  /** Resolves when the stream is over. What the page has stopped is not told to it any more, not even its end. */
  async open(id: number, call: Call): Promise<void> {
    const controller = new AbortController();
    this.#open.set(id, controller);
    const { signal } = controller;
    const sent = await this.#holder.stream(call, signal, (event) => {
      if (!signal.aborted) this.#tell({ kind: 'event', id, event });
    });
    this.#open.delete(id);
    if (!signal.aborted) this.#tell(told(id, sent));
  }

  stop(id: number): void {
    this.#open.get(id)?.abort();
  }

  stopAll(): void {
    for (const controller of this.#open.values()) controller.abort();
  }
}

/** What the page that asked question `id` is told of its answer. */
export function told(id: number, sent: Sent): Told {
  return sent.kind === 'value'
    ? { kind: 'answer', id, value: sent.value }
    : { kind: 'failure', id, failure: sent.failure };
}
