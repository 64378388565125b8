import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { jsonOf } from '../core/json-of.ts';
import type { Logger } from '../core/logger.ts';
import { readOwnFile } from '../core/own-file.ts';
import type { RandomSource } from '../core/random.ts';
import { makeWayForFile } from '../core/set-aside.ts';
import { replaceFile } from '../core/whole-file.ts';
import type { Gateway, GatewayAddress } from '../gateway/index.ts';

export interface JobListenerOptions {
  readonly gateway: Gateway;
  /** The data directory. */
  readonly directory: string;
  readonly random: RandomSource;
  readonly logger: Logger;
}

const host = '127.0.0.1';

/**
 * Where jobs, and nobody else, reach the server. It keeps its port over restarts: the jobs that go on meanwhile have it in
 * their variables.
 */
export class JobListener {
  readonly #options: JobListenerOptions;
  #url: string | undefined;

  constructor(options: JobListenerOptions) {
    this.#options = options;
  }

  /** Such as `http://127.0.0.1:23456`. Throws before `listen` has resolved. */
  get url(): string {
    if (this.#url === undefined) throw new Error('a job was about to start before there was a listener for jobs');
    return this.#url;
  }

  /**
   * Listens, unless it does already. Rejects if no port can be had. The first socket of a process takes Node some 15 ms: they are
   * a turn of their own, apart from what begins before and after.
   */
  async listen(): Promise<void> {
    if (this.#url !== undefined) return;
    await nextTurn();
    const { directory, logger } = this.#options;
    const kept = readPort(directory);
    const address = await this.#listenAnywhere(kept);
    this.#url = address.url;
    if (address.port !== kept) recordPort(directory, address.port, (words) => logger.warn({}, words));
    await nextTurn();
  }

  close(): Promise<void> {
    return this.#options.gateway.close();
  }

  async #listenAnywhere(kept: number | undefined): Promise<GatewayAddress> {
    const { gateway, logger } = this.#options;
    const own = kept === undefined ? undefined : await this.#tryPort(kept);
    if (own) return own;
    if (kept !== undefined) logger.warn({ port: kept }, portLost);
    for (let attempt = 0; attempt < portAttempts; attempt += 1) {
      const address = await this.#tryPort(this.#anyPort());
      if (address) return address;
    }
    return gateway.listen({ host, port: 0 });
  }

  /** Undefined if another program has the port, or this user may not have it. */
  async #tryPort(port: number): Promise<GatewayAddress | undefined> {
    try {
      return await this.#options.gateway.listen({ host, port });
    } catch (error) {
      if (['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  }

  #anyPort(): number {
    const [high = 0, low = 0] = this.#options.random.bytes(2);
    return ports.first + ((high * 256 + low) % (ports.last - ports.first + 1));
  }
}

const portLost =
  'another program has the port on which jobs reach this server: those that run already get nothing more from it';

/** Below the range (32768 and up on Linux) whose ports the system gives to connections that go out: one would keep ours at a restart. */
const ports = { first: 16_384, last: 32_767 } as const;
const portAttempts = 50;

const fileFormat = z.object({ formatVersion: z.literal(1), port: z.int().min(1).max(65_535) });

function fileIn(directory: string): string {
  return join(directory, 'job-listener.json');
}

/** Undefined where none was kept, or what lies there says none: a port is found anew then. */
function readPort(directory: string): number | undefined {
  const found = readOwnFile(fileIn(directory));
  return found.kind === 'read' ? fileFormat.safeParse(jsonOf(found.content.toString())).data?.port : undefined;
}

/** What keeps it from being written is said by `warn`: the server serves all the same. */
function recordPort(directory: string, port: number, warn: (words: string) => void): void {
  const file = fileIn(directory);
  try {
    makeWayForFile(file, warn);
    // On a full disk there is room for the new one at least as soon as for the old one.
    rmSync(file, { force: true });
    replaceFile(file, `${JSON.stringify({ formatVersion: 1, port })}\n`);
  } catch (error) {
    warn(`${file} cannot be written, so jobs lose this server at its next restart: ${String(error)}`);
  }
}
