import { readdirSync } from 'node:fs';
import { makeWayForDirectory, makeWayForFile } from '../../../core/set-aside.ts';
import { type EngineEvent, EngineUnavailable } from '../../contract.ts';
import { errorWords } from '../errors.ts';
import type { HostAbilities } from '../host/host-abilities.ts';
import { type ProcessLayout, runnerLayout } from '../layout.ts';
import { processLimits } from '../limits.ts';
import type { CompiledOptions } from '../options.ts';
import { protocolVersion, type RunnerResults, type ServerMessage } from './protocol.ts';
import type { RunnerConfig } from './runner-config.ts';
import { RunnerConnection, RunnerGone, type RunnerRequest } from './runner-connection.ts';
import { launchRunner } from './runner-launch.ts';

export interface RunnerConnectionsOptions {
  readonly options: CompiledOptions;
  readonly layout: ProcessLayout;
  readonly host: HostAbilities;
  readonly config: RunnerConfig;
  /** A runner answers, and says which tasks it has. */
  readonly onConnected: (connection: RunnerConnection) => void;
  readonly onEvent: (event: EngineEvent) => void;
  /** A runner is dead, or will be in a moment. Resolves once all that it left is taken over. */
  readonly onGone: (connection: RunnerConnection) => Promise<void>;
  /** Whether a runner has tasks of this server. */
  readonly hasTasks: (connection: RunnerConnection) => boolean;
}

/** The runners that this server talks to: of its own version one, started when it is first needed, and older ones until they are drained. */
export class RunnerConnections {
  readonly #options: RunnerConnectionsOptions;
  readonly #all = new Set<RunnerConnection>();
  readonly #recoveries = new Map<RunnerConnection, Promise<void>>();
  readonly #closing = new AbortController();
  /** Runners of servers before this one that have not answered yet: what they have is not known. */
  readonly #silent = new Set<string>();
  #own: Promise<RunnerConnection> | undefined;
  #closed: string | undefined;
  #failpoint: string | undefined;

  constructor(options: RunnerConnectionsOptions) {
    this.#options = options;
    this.#failpoint = options.options.failpoint;
  }

  get count(): number {
    return this.#all.size;
  }

  /** Why nothing is asked of any of them any more, in words; a runner may have refused this server. */
  get closed(): string | undefined {
    return this.#closed;
  }

  /** Throws `EngineUnavailable` once closed. */
  checkOpen(): void {
    if (this.#closed !== undefined) throw new EngineUnavailable(this.#closed);
  }

  /** How many files the runner of this version may open; undefined while there is none. */
  get openFiles(): number | undefined {
    const { version } = this.#options.options;
    return [...this.#all].find((connection) => connection.version === version)?.openFiles;
  }

  /** Connects to all that live. Resolves when the last has answered, or is known to be dead. */
  async takeOver(): Promise<void> {
    const entries = readdirSync(this.#options.layout.runners, { withFileTypes: true });
    const versions = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    for (const version of versions) this.#silent.add(version);
    await Promise.all(versions.map((version) => this.#takeOver(version)));
  }

  async #takeOver(version: string): Promise<void> {
    const connection = await this.#connect(version);
    this.#silent.delete(version);
    if (connection && version === this.#options.options.version) this.#own = Promise.resolve(connection);
    else if (connection) this.dropIfDrained(connection);
  }

  /** The runner of our own version, started if there is none. Rejects with `EngineUnavailable`. */
  own(): Promise<RunnerConnection> {
    this.#own ??= this.#launch().catch((error: unknown) => {
      this.#own = undefined;
      throw error instanceof EngineUnavailable ? error : new EngineUnavailable(errorWords(error), { cause: error });
    });
    return this.#own;
  }

  /** The same, if there is one or it is being started. */
  async ownIfAny(): Promise<RunnerConnection | undefined> {
    return this.#own?.catch(() => undefined);
  }

  /** Asks a runner; `gone` once all that a dead one left is taken over. */
  async ask<Request extends RunnerRequest>(
    runner: RunnerConnection,
    request: Request,
  ): Promise<RunnerResults[Request['kind']] | 'gone'> {
    try {
      return await runner.request(request);
    } catch (error) {
      if (!(error instanceof RunnerGone)) throw error;
      // Only then is the recovery known. A rejected request alone would let a caller's loop keep the event loop from it.
      await runner.closed;
      await this.#recoveries.get(runner);
      this.checkOpen();
      return 'gone';
    }
  }

  /** Resolves when nothing of dead runners is being taken over. */
  async recovered(): Promise<void> {
    await Promise.all(this.#recoveries.values());
  }

  /** A runner of another version is let go when it has nothing left for us, and then leaves. */
  dropIfDrained(connection: RunnerConnection): void {
    if (connection.version === this.#options.options.version || this.#options.hasTasks(connection)) return;
    this.#all.delete(connection);
    connection.close();
  }

  /** Which of those that once answered does not, in words. */
  silence(): string | undefined {
    const silent = [...this.#all].find((runner) => runner.silentFor() > processLimits.answerMs);
    return silent && `the runner (pid ${silent.identity.pid}) does not answer`;
  }

  /** What a take-over waits for, in words. */
  silentWords(): string {
    const [version] = this.#silent;
    return version === undefined
      ? 'tasks of a dead runner are being ended'
      : `the runner of version ${version} does not answer`;
  }

  /** Asks nothing any more, for that reason; the first one stands. */
  refuse(words: string): void {
    this.#closed ??= words;
  }

  #fail(words: string): void {
    this.#options.options.logger.warn(words);
    this.refuse(words);
  }

  /** Lets go of all of them; their jobs go on. */
  async close(): Promise<void> {
    this.refuse('the engine is closed');
    this.#closing.abort();
    await this.ownIfAny();
    for (const connection of this.#all) connection.close();
    await this.recovered();
  }

  async #launch(): Promise<RunnerConnection> {
    const { options, layout: places, host } = this.#options;
    const { version, session, dataDirectory, runnerIdleMs } = options;
    const layout = runnerLayout(places, version);
    const warn = (words: string) => options.logger.warn(words);
    for (const path of [layout.directory, layout.codeCache]) makeWayForDirectory(path, warn);
    makeWayForFile(layout.log, warn);
    for (let tries = 0; tries < processLimits.startTries; tries += 1) {
      this.checkOpen();
      const found = await this.#connect(version);
      if (found) return found;
      const own = { formatVersion: 1, installationId: session.installationId, version, dataDirectory } as const;
      const armed = this.#failpoint === undefined ? {} : { failpoint: this.#failpoint };
      this.#failpoint = undefined;
      const mkfifo = host.tools.mkfifo;
      await launchRunner(
        places.base,
        layout,
        { ...own, mkfifo, idleMs: runnerIdleMs, warmUp: false, ...armed },
        options,
      );
    }
    throw new EngineUnavailable('the runner started, and cannot be reached');
  }

  async #connect(version: string): Promise<RunnerConnection | undefined> {
    const { options, layout, config, onEvent, onConnected } = this.#options;
    const hello: Extract<ServerMessage, { kind: 'hello' }> = {
      kind: 'hello',
      protocol: protocolVersion,
      ...options.session,
      config,
    };
    const connection = await RunnerConnection.open({
      version,
      path: runnerLayout(layout, version).socket,
      hello,
      listener: { onEvent, onClose: (closed, refusal) => this.#onClose(closed, refusal) },
      clock: options.clock,
      signal: this.#closing.signal,
    });
    if (!connection) return undefined;
    this.#all.add(connection);
    onConnected(connection);
    return connection;
  }

  #onClose(connection: RunnerConnection, refusal: string | undefined): void {
    if (!this.#all.delete(connection)) return;
    if (connection.version === this.#options.options.version) this.#own = undefined;
    if (this.#closed !== undefined) return;
    if (refusal !== undefined) this.refuse(refusal);
    else {
      const recovery = this.#options
        .onGone(connection)
        // Tasks are left that nobody knows the state of: nothing more may be asked.
        .catch((error: unknown) => this.#fail(`what a dead runner left could not be taken over: ${errorWords(error)}`))
        .finally(() => this.#recoveries.delete(connection));
      this.#recoveries.set(connection, recovery);
    }
  }
}
