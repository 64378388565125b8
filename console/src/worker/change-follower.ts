import type { StreamedEvent } from '../api/event-stream.ts';
import type { Call } from '../api/protocol.ts';
import type { Changed, Live, Session } from './messages.ts';
import type { Sent } from './sent.ts';

/** What the follower needs of whoever holds the session. */
export interface StreamSource {
  stream(call: Call, signal: AbortSignal, tell: (event: StreamedEvent) => void): Promise<Sent>;
}

export interface FollowerPorts {
  readonly source: StreamSource;
  readonly tellLive: (live: Live) => void;
  readonly tellChanged: (changed: Changed) => void;
  /** Waits, no longer than until the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The server is heard of each 15 s: after this long it is not there. */
const patience = 40_000;
const waits = [1_000, 2_000, 4_000, 5_000];
const call: Call = { service: 'batchyard', operation: 'StreamChanges', input: {} };

/** Hears of what changes on the server, for every page, while somebody is signed in. It tries again when the stream breaks. */
export class ChangeFollower {
  readonly #ports: FollowerPorts;
  #live: Live = 'off';
  #ending = new AbortController();

  constructor(ports: FollowerPorts) {
    this.#ports = ports;
  }

  get live(): Live {
    return this.#live;
  }

  /** Follows for another session, in place of that of before. */
  enter(session: Session): void {
    this.#ending.abort();
    this.#ending = new AbortController();
    this.#become('off');
    if (session.kind === 'signed-in') void this.#follow(this.#ending.signal);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const end = await this.#hear(signal);
      if (signal.aborted) return;
      if (end.isRefused) {
        this.#become('off');
        return;
      }
      if (end.isOver && end.heard) continue; // a quarter of an hour is over
      failures = end.heard ? 0 : failures + 1;
      this.#become('down');
      await this.#ports.pause(waits[Math.min(failures, waits.length - 1)] ?? 0, signal);
    }
  }

  async #hear(signal: AbortSignal): Promise<{ heard: boolean; isOver: boolean; isRefused: boolean }> {
    let heard = false;
    const silence = new Silence(this.#ports.pause);
    const sent = await this.#ports.source.stream(call, AbortSignal.any([signal, silence.signal]), ({ type, value }) => {
      heard = true;
      silence.isBroken();
      if (signal.aborted) return;
      if (type === 'hello') this.#become('live');
      if (type === 'changed') this.#ports.tellChanged(value as Changed);
    });
    silence.end();
    const status = sent.kind === 'failure' ? sent.failure.status : 200;
    return {
      heard,
      isOver: sent.kind === 'value',
      isRefused: !heard && status >= 400 && status < 500 && status !== 429,
    };
  }

  #become(live: Live): void {
    if (live === this.#live && live !== 'live') return;
    this.#live = live;
    this.#ports.tellLive(live);
  }
}

/** Aborts its signal once nothing was heard for too long. */
class Silence {
  readonly #pause: FollowerPorts['pause'];
  readonly #aborting = new AbortController();
  #waiting = new AbortController();

  constructor(pause: FollowerPorts['pause']) {
    this.#pause = pause;
    this.isBroken();
  }

  get signal(): AbortSignal {
    return this.#aborting.signal;
  }

  /** Something was heard. */
  isBroken(): void {
    this.#waiting.abort();
    this.#waiting = new AbortController();
    const { signal } = this.#waiting;
    void this.#pause(patience, signal).then(() => {
      if (!signal.aborted) this.#aborting.abort();
    });
  }

  end(): void {
    this.#waiting.abort();
  }
}
