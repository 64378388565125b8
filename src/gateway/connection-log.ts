import { Counter, type Registry } from 'prom-client';
import type { Milliseconds } from '../core/ids.ts';
import type { DropReason } from './connections.ts';
import type { CompiledGatewayOptions } from './options.ts';

/** Warnings of one kind are at least so far apart: whoever floods the server shall not flood its log. */
const warningInterval: Milliseconds = 10_000;

const words: Readonly<Record<DropReason | 'unaccepted', string>> = {
  refused: 'connections were refused: all others are being answered',
  displaced: 'idle connections were closed to make room for others',
  shortage: 'idle connections were closed, since no more files may be opened (ulimit -n)',
  pipelined: 'connections were closed that sent too many requests ahead',
  unaccepted: 'connections could not be accepted',
};

const counters = new WeakMap<Registry, Counter<'reason'>>();

/** One for all gateways of a registry. */
function counterOf(registry: Registry): Counter<'reason'> {
  return counters.getOrInsertComputed(
    registry,
    () =>
      new Counter({
        name: 'batchyard_connections_dropped_total',
        help: 'Connections that the server closed by itself, by reason.',
        labelNames: ['reason'],
        registers: [registry],
      }),
  );
}

/** Counts the connections that the server closes by itself, and says so in the log now and then. */
export class ConnectionLog {
  readonly #options: Pick<CompiledGatewayOptions, 'clock' | 'logger'>;
  readonly #counter: Counter<'reason'>;
  readonly #unsaid = new Map<keyof typeof words, { count: number; saidAt: Milliseconds }>();

  constructor(options: Pick<CompiledGatewayOptions, 'clock' | 'logger' | 'metrics'>) {
    this.#options = options;
    this.#counter = counterOf(options.metrics);
  }

  dropped(reason: DropReason): void {
    this.#counter.inc({ reason });
    this.#warn(reason, {});
  }

  /** The system gave no file, or no memory, for a connection. */
  acceptFailed(error: NodeJS.ErrnoException): void {
    this.#warn('unaccepted', { code: error.code });
  }

  #warn(what: keyof typeof words, details: object): void {
    const now = this.#options.clock.monotonic();
    const unsaid = this.#unsaid.get(what) ?? { count: 0, saidAt: Number.NEGATIVE_INFINITY };
    unsaid.count++;
    this.#unsaid.set(what, unsaid);
    if (now - unsaid.saidAt < warningInterval) return;
    this.#options.logger.warn({ ...details, count: unsaid.count }, words[what]);
    unsaid.count = 0;
    unsaid.saidAt = now;
  }
}
