import { constants } from 'node:os';
import type { Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { ContainerOutcome } from '../../../core/job.ts';
import { CannotStart, cannotStartContainer, neverStarted } from '../cannot-start.ts';
import type { ContainerApi, ExitWait, InspectedContainer } from '../daemon/container-api.ts';
import type { ContainerProcesses } from '../daemon/container-processes.ts';
import { DaemonLate, DaemonRefusal, isRefusal } from '../daemon/daemon-errors.ts';
import { killProcessesOf } from '../daemon/in-container.ts';
import type { KernelLog } from '../daemon/kernel-log.ts';
import type { Reach } from '../daemon/reach.ts';
import { dockerLimits } from '../docker-limits.ts';

/** What containers need of their engine. */
export interface ContainerSurroundings {
  readonly api: ContainerApi;
  readonly reach: Reach;
  readonly processes: ContainerProcesses;
  readonly kernelLog: KernelLog;
  readonly clock: Clock;
}

/** How a container that ran has ended: by itself or by a signal, or with its daemon or its machine. */
export type ContainerEnd = { readonly kind: 'ended'; readonly outcome: ContainerOutcome } | { readonly kind: 'lost' };

/** The daemon was killed in the midst of the start: it has the container half, and neither starts it nor says what became of it. */
export class LostAtStart extends Error {
  override readonly name = 'LostAtStart';
}

/** One container at the daemon: made, started and seen to its end, whatever becomes of the daemon meanwhile. */
export class DockerContainer {
  readonly name: string;
  readonly #around: ContainerSurroundings;
  /** Under which the daemon finds it: its own name, then its id. */
  #id: string;
  #startedAt: EpochMilliseconds | undefined;
  #pid = 0;
  /** This server has heard from the daemon that it ended: the daemon was there then. */
  #isWitnessed = false;
  #wasOver = false;
  /** Made just now: nobody can have started it. */
  #isNew = false;
  /** The daemon was asked to start it. */
  #isStartAsked = false;
  #isKillAsked = false;
  /** Asked for before the start, while something else is under way. */
  #earlyWait: Promise<ExitWait | undefined> | undefined;

  constructor(name: string, id: string, around: ContainerSurroundings) {
    this.name = name;
    this.#id = id;
    this.#around = around;
  }

  get id(): string {
    return this.#id;
  }

  /** Absent: it has not been started. */
  get startedAt(): EpochMilliseconds | undefined {
    return this.#startedAt;
  }

  /** Makes it of a body; one of its name is ours, and stays. Throws `CannotStart`. */
  async create(body: object): Promise<void> {
    try {
      const id = await this.#around.reach.insist(() => this.#createNow(body));
      this.#isNew = id !== 'taken';
      if (id === 'taken') return;
      this.#id = id;
      this.#earlyWait = this.#waitForExit().catch(() => undefined); // asked again before the start
    } catch (error) {
      throw inWords(error, 'created', dockerLimits.createMs);
    }
  }

  /** A Podman that was killed while it made one leaves files under the name, and no container: they go, and it is made anew. */
  async #createNow(body: object): Promise<string | 'taken'> {
    const { api } = this.#around;
    const id = await api.create(this.#id, body);
    if (id !== 'taken' || (await this.#inspect())) return id;
    await api.remove(this.#id);
    return api.create(this.#id, body);
  }

  /**
   * Starts it, unless it has been. Resolves with how to await its end. Throws `CannotStart`, also when the daemon was gone and
   * it is no longer wanted when that is back, and `LostAtStart`.
   */
  async start(isWanted: () => boolean): Promise<() => Promise<void>> {
    try {
      return await this.#around.reach.insist(async () => {
        const found = this.#isNew ? undefined : await this.#inspect();
        this.#isNew = false;
        if (found && found.status !== 'created') return this.adopt(found);
        if (found) this.#checkUnstarted(found);
        if (!isWanted()) throw new CannotStart(neverStarted);
        return this.#startNow();
      });
    } catch (error) {
      // It may start late: what was given up must not run.
      if (error instanceof DaemonLate) void this.remove().catch(() => {});
      if (error instanceof LostAtStart) throw error;
      if (this.#isTorn(error)) throw new LostAtStart(String(error));
      throw inWords(error, 'started', dockerLimits.startMs);
    }
  }

  /**
   * A daemon that was killed in the midst of a start knows nothing of it: what is below it may have started the container. Podman
   * has written down then that there is a process, and takes it for one that was only made though it runs, or has ended.
   */
  #checkUnstarted(found: InspectedContainer): void {
    this.#id = found.id;
    const isDocker = this.#around.reach.lastFacts?.product === 'docker';
    if ((isDocker && this.#isStartAsked) || found.pid > 0)
      throw new LostAtStart('the daemon was gone in the midst of the start');
  }

  /** What is below the daemon has made it, and the daemon does not know. */
  #isTorn(error: unknown): boolean {
    return isRefusal(error, 409, 500) && /(task|container) .*already exists/s.test(error.message);
  }

  /** Takes over one that has been started before. */
  adopt(found: InspectedContainer): () => Promise<void> {
    this.#id = found.id;
    this.#startedAt = found.startedAt ?? this.#around.clock.now();
    this.#pid = found.pid;
    this.#isSeen(); // for what is not known of others
    this.#wasOver = hasEnded(found);
    return () => this.#awaitStop();
  }

  /** Docker tells of an exit whoever asked before the start: a container may be over before a later question comes. */
  async #startNow(): Promise<() => Promise<void>> {
    const { api, clock } = this.#around;
    const waiting = await this.#takeWait();
    this.#isStartAsked = true;
    try {
      await api.start(this.#id);
    } catch (error) {
      waiting?.drop();
      throw error;
    }
    this.#startedAt = clock.now();
    return waiting ? () => this.#hear(waiting.over) : () => this.#awaitStop();
  }

  async #takeWait(): Promise<ExitWait | undefined> {
    const early = await this.#earlyWait;
    this.#earlyWait = undefined;
    return early && !early.isOver ? early : this.#waitForExit();
  }

  /** Podman looks every 250 ms, and would not see one that has ended by then: it is not asked. */
  async #waitForExit(): Promise<ExitWait | undefined> {
    const { api, reach } = this.#around;
    return (await reach.facts()).product === 'podman' ? undefined : api.wait(this.#id, 'next-exit');
  }

  async #awaitStop(): Promise<void> {
    const { api, reach } = this.#around;
    const waiting = await reach.insist(() => this.#unlessMissing(() => api.wait(this.#id, 'not-running')));
    if (!waiting) return;
    // A server that has just taken it over may not know yet.
    const { product } = reach.lastFacts ?? (await reach.insist(() => reach.facts()));
    const isPodman = product === 'podman';
    let every: Milliseconds = dockerLimits.podmanLookMs;
    while (isPodman && (await this.#pause(every, waiting.over)) === 'paused') {
      if (this.#isSeen()) continue;
      if (await this.#isOver()) waiting.drop();
      else if (!this.#isSeen()) every = Math.min(2 * every, dockerLimits.unseenLookMs);
    }
    await this.#hear(waiting.over);
  }

  /** Podman need not answer who waits for one that it has no longer, or no longer whole. */
  async #isOver(): Promise<boolean> {
    const found = await this.#around.reach.insist(() => this.#inspect());
    return !found || hasEnded(found) || this.#isDead(found);
  }

  async #hear(over: Promise<boolean>): Promise<void> {
    this.#isWitnessed = await over;
  }

  /** Its first process runs, as far as this machine shows. */
  #isSeen(): boolean {
    return this.#around.processes.runs({ pid: this.#pid, containerId: this.#id });
  }

  /** Daemons learn of an end by what they have beside each container: when that is killed, they take the container for running. */
  async #isDead({ id, pid }: InspectedContainer): Promise<boolean> {
    const { api, reach, processes } = this.#around;
    [this.#id, this.#pid] = [id, pid];
    return processes.isForgotten({ pid, containerId: id }) ?? !(await reach.insist(() => api.hasProcesses(id)));
  }

  async #pause(duration: Milliseconds, unless: Promise<unknown> = new Promise(() => {})): Promise<'paused' | 'over'> {
    const paused = Promise.withResolvers<'paused'>();
    const cancel = this.#around.clock.after(duration, () => paused.resolve('paused'));
    return Promise.race([paused.promise, unless.then(() => 'over' as const)]).finally(cancel);
  }

  /** Resolves with its end, once it has come. `lifetime` is that of the daemon under which it was started. */
  async end(awaitStop: () => Promise<void>, lifetime: string): Promise<ContainerEnd> {
    const { reach } = this.#around;
    await awaitStop();
    for (let deadLooks = 0; deadLooks < dockerLimits.deadLooks; ) {
      const found = await reach.insist(() => this.#inspect());
      if (!found) return { kind: 'lost' };
      if (hasEnded(found)) {
        // Asked after it was seen: a daemon that goes takes its containers along first, and their ends say nothing.
        if ((await reach.insist(() => reach.lifetime())) !== lifetime) return { kind: 'lost' };
        if (this.#mayBeUnknown(found) && !(await this.#wasThereAtEnd())) return { kind: 'lost' };
        return { kind: 'ended', outcome: this.#outcome(found, await this.#ranOutOfMemory(found)) };
      }
      if (await this.#isOfEarlierLife(lifetime)) return this.#endEarlierLife(found);
      deadLooks = (await this.#isDead(found)) ? deadLooks + 1 : 0;
      await this.#pause(deadLooks > 0 ? dockerLimits.podmanLookMs : dockerLimits.lookMs);
      if (deadLooks === 0) await this.#awaitStop();
    }
    return { kind: 'lost' };
  }

  /** A Docker that takes its containers along has come back since, and yet says that this one runs. */
  async #isOfEarlierLife(lifetime: string): Promise<boolean> {
    const { reach } = this.#around;
    return (await reach.insist(() => reach.lifetime())) !== lifetime;
  }

  /** It could not ask what runs of it, and will not hear of its end. Nothing of it may go on. */
  async #endEarlierLife({ id }: InspectedContainer): Promise<ContainerEnd> {
    killProcessesOf(id);
    await this.#around.reach.insist(() => this.remove());
    return { kind: 'lost' };
  }

  /**
   * Docker says 255, or 0 and the time at which it looked, of one that was over when it came back and of which it knows no more. It
   * says the same of one that has ended like that.
   */
  #mayBeUnknown({ exitCode, finishedAt }: InspectedContainer): boolean {
    const { lastFacts: { product, keepsContainers } = {}, daemonStartedAt = 0 } = this.#around.reach;
    const wasHeard = this.#isWitnessed && !this.#wasOver;
    if (product !== 'docker' || !keepsContainers || wasHeard) return false;
    const afterReturn = (finishedAt ?? daemonStartedAt) - daemonStartedAt;
    return exitCode === 255 || (exitCode === 0 && afterReturn >= 0 && afterReturn < dockerLimits.restoreMs);
  }

  async #wasThereAtEnd(): Promise<boolean> {
    const { api, reach, clock } = this.#around;
    return reach.insist(() => api.wasThereAtEnd(this.#id, clock.now()));
  }

  /**
   * Docker hears of it by a way of its own, which may be slower than that of the end: then it never says so of the container. Podman
   * never does. The kernel knows.
   */
  async #ranOutOfMemory({ id, oomKilled, exitCode }: InspectedContainer): Promise<boolean> {
    const { api, reach, clock, kernelLog } = this.#around;
    const isDoubtful = exitCode === 128 + constants.signals.SIGKILL && !this.#isKillAsked;
    if (oomKilled || !isDoubtful) return oomKilled;
    if (kernelLog.ranOutOfMemory(id)) return true;
    if (reach.lastFacts?.product !== 'docker') return false;
    try {
      return await reach.insist(() => api.ranOutOfMemory(id, clock.now()));
    } catch (error) {
      // What stands before a daemon may keep events to itself.
      if (error instanceof DaemonRefusal) return false;
      throw error;
    }
  }

  #outcome({ exitCode, startedAt, finishedAt }: InspectedContainer, ranOutOfMemory: boolean): ContainerOutcome {
    const began = startedAt ?? this.#startedAt ?? 0;
    const signal = signalOf(exitCode);
    return {
      name: this.name,
      startedAt: began,
      stoppedAt: Math.max(began, finishedAt ?? this.#around.clock.now()),
      exitCode,
      ...(signal === undefined ? {} : { signal }),
      ...(ranOutOfMemory ? { reason: 'OutOfMemoryError: Container killed due to memory usage' } : {}),
    };
  }

  /** The signal by which its image wants to be stopped, as ECS does it: SIGTERM unless it says otherwise. */
  async terminate(): Promise<void> {
    const { api, reach } = this.#around;
    await reach.insist(async () => api.kill(this.#id, (await this.#inspect())?.stopSignal ?? 'SIGTERM'));
  }

  async kill(): Promise<void> {
    const { api, reach } = this.#around;
    this.#isKillAsked = true;
    await reach.insist(() => api.kill(this.#id, 'SIGKILL'));
  }

  /** Rejects when the daemon is gone. */
  async remove(): Promise<void> {
    void this.#earlyWait?.then((waiting) => waiting?.drop());
    await this.#around.api.remove(this.#id);
  }

  /** Takes one away of which the daemon does not know whether it was started: what runs of it, runs without the daemon. */
  async removeTorn(id = this.#id): Promise<void> {
    this.#id = id;
    await this.#around.reach.insist(() => this.remove());
    killProcessesOf(id);
  }

  #inspect(): Promise<InspectedContainer | undefined> {
    return this.#around.api.inspect(this.#id);
  }

  async #unlessMissing<Answer>(work: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isRefusal(error, 404)) return undefined;
      throw error;
    }
  }
}

/** Podman calls one `stopped` that has ended and is not cleared up, for ever where the process that is to do that fails. */
function hasEnded({ status }: InspectedContainer): boolean {
  return status === 'exited' || status === 'dead' || status === 'stopped';
}

/** The daemon says no more than 128 + n of one that signal n has ended. */
function signalOf(exitCode: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
}

/** Podman says no more of an init than that a file is not there, which nobody has asked for. */
function refusedInWords(message: string): string {
  const words = `Error response from daemon: ${message}`;
  if (!/\b(?:container-init binary|init binary|catatonit)\b/.test(message)) return words;
  return `initProcessEnabled needs catatonit, which this machine's Podman does not find: install it, or name another init in containers.conf (init_path). ${words}`;
}

/** In AWS's words; what is wrong with the daemon is left as it is. */
function inWords(error: unknown, what: string, within: number): unknown {
  if (error instanceof DaemonLate) {
    const [minutes, seconds] = [Math.floor(within / 60_000), (within % 60_000) / 1000];
    return new CannotStart(
      `DockerTimeoutError: Could not transition to ${what}; timed out after waiting ${minutes}m${seconds}s`,
    );
  }
  if (error instanceof DaemonRefusal) return cannotStartContainer(refusedInWords(error.message));
  return error;
}
