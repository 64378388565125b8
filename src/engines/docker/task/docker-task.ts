import type { CancelTimer } from '../../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds, TaskId } from '../../../core/ids.ts';
import type { ContainerOutcome } from '../../../core/job.ts';
import { pause } from '../../../core/pause.ts';
import type { Slots } from '../../../core/slots.ts';
import { ContainerOrder } from '../../container-order.ts';
import type { EndCause, EngineEvent, TaskSpec } from '../../contract.ts';
import { type CommandRefused, commandRefused } from '../../entered-command.ts';
import { streamDirectory } from '../../log-root.ts';
import { graceOf } from '../../stop-grace.ts';
import { CannotStart, cannotStartContainer, neverStarted } from '../cannot-start.ts';
import type { InspectedContainer } from '../daemon/container-api.ts';
import { DaemonRefusal } from '../daemon/daemon-errors.ts';
import { EarlyLifetime } from '../daemon/early-lifetime.ts';
import { dockerLimits } from '../docker-limits.ts';
import { isHeld } from '../holder/sharing-task.ts';
import type { TaskHolders } from '../holder/task-holders.ts';
import type { ImagePulls } from '../images/image-pulls.ts';
import { LogCopy } from '../logs/log-copy.ts';
import { noListener } from '../network/no-listener.ts';
import type { NodeNetworks } from '../network/node-networks.ts';
import { nodeOf } from '../network/node-task.ts';
import type { DockerLogger } from '../options.ts';
import { type ContainerSurroundings, DockerContainer, LostAtStart } from './docker-container.ts';
import { endedEvent } from './ended-event.ts';
import { KeptState } from './kept-state.ts';
import { isClosed, stackOf, wordsOf } from './task-errors.ts';
import type { TaskFiles } from './task-files.ts';
import { TaskImages } from './task-images.ts';
import type { RunningEvent, TaskFile, TaskRecord } from './task-record.ts';
import { isUnstarted, mayBeTorn } from './torn-start.ts';

/** What a task needs of its engine. */
export interface TaskSurroundings extends ContainerSurroundings {
  readonly files: TaskFiles;
  readonly images: ImagePulls;
  readonly places: Slots;
  readonly instanceId: string;
  readonly logRoot: string;
  readonly logger: DockerLogger;
  /** The name of its container of an index at the daemon. */
  readonly nameOf: (taskId: TaskId, index: number) => string;
  /** The bodies of its containers, which are in that network. Throws `CannotStart`. */
  readonly bodiesOf: (spec: TaskSpec, record: TaskRecord, networkMode: string) => readonly object[];
  readonly networks: NodeNetworks;
  readonly holders: TaskHolders;
  /** Volumes of the task's own, and whatever else is only its. */
  readonly removeRest: (record: TaskRecord) => Promise<void>;
  /** Takes each report, once, in order. */
  readonly report: (event: EngineEvent) => void;
}

/** What comes before a start, besides its containers. */
interface Prepared {
  readonly lifetime: EarlyLifetime;
  /** Resolves once it is on the medium that they may be started. */
  readonly foreseen: Promise<void>;
}

/** One claimed task, from its start to its end. What it has come to is in its file before anything follows from it. */
export class DockerTask {
  readonly taskId: TaskId;
  #record: TaskRecord;
  readonly #around: TaskSurroundings;
  readonly #order: ContainerOrder;
  readonly #images: TaskImages;
  readonly #containers: readonly DockerContainer[];
  readonly #outcomes: (ContainerOutcome | undefined)[];
  readonly #copies = new Map<number, LogCopy>();
  readonly #stopped = Promise.withResolvers<'stopped'>();
  readonly #kept: KeptState;
  /** Indexes of those that have been started, and not ended. */
  readonly #alive = new Set<number>();
  #running: RunningEvent | undefined;
  #hasRun = false;
  #hasEnded = false;
  #isLost = false;
  #isEnding = false;
  #isFinishing = false;
  /** Starts follow each other. */
  #starting: Promise<void> = Promise.resolve();
  readonly #cancelTimers = new Set<CancelTimer>();
  /** By container and the monotonic clock. */
  readonly #killAt = new Map<number, Milliseconds>();

  constructor(record: TaskRecord, file: TaskFile, around: TaskSurroundings) {
    this.taskId = record.taskId;
    this.#record = record;
    this.#kept = new KeptState(record.taskId, file, around.files);
    this.#around = around;
    this.#order = new ContainerOrder(record.containers);
    this.#images = new TaskImages(around);
    this.#containers = record.containers.map(
      ({ name }, index) => new DockerContainer(name, around.nameOf(record.taskId, index), around),
    );
    this.#outcomes = record.containers.map(() => undefined);
  }

  /** What is kept of it. */
  get record(): TaskRecord {
    return this.#record;
  }

  get state(): 'claimed' | 'running' | 'ended' {
    if (this.#hasEnded) return 'ended';
    return this.#kept.now.began ? 'running' : 'claimed';
  }

  /** What it waits for, in words: its daemon, or images, and how far they are. */
  get preparation(): string | undefined {
    return this.#around.reach.absence ?? (this.#kept.now.stopAsked ? undefined : this.#images.preparation);
  }

  /** Those of its containers that run, once the daemon has said so of all that it was to start. */
  async alive(): Promise<readonly DockerContainer[]> {
    await this.#starting;
    return this.#containers.filter((_, index) => this.#alive.has(index));
  }

  /** One of its containers that runs, once all have been started that may be: that of the name, else the first essential one. */
  async entrance(name: string | undefined): Promise<DockerContainer | CommandRefused> {
    await this.#starting;
    const { containers } = this.record;
    const index = containers.findIndex((each) => (name === undefined ? each.essential : each.name === name));
    if (index < 0) {
      const names = containers.map((container) => container.name).join(', ');
      return commandRefused(`there is no container ${name}; there is ${names}`);
    }
    const container = this.#alive.has(index) && !this.#isEnding ? this.#containers[index] : undefined;
    return container ?? commandRefused(`container ${containers[index]?.name} is not running`);
  }

  /** Puts the claim on record; nothing has been made at the daemon. Rejects with what the file system refuses. */
  async claim(): Promise<void> {
    await this.#kept.note({});
  }

  /** Fetches images, and once the claim is on record makes all containers, then starts them as they may. */
  run(spec: TaskSpec, claimed: Promise<void>): void {
    const prepared = this.#prepare(spec, claimed);
    prepared.catch(() => {}); // said below, unless there is no claim
    this.#inBackground(async () => {
      const isKept = await claimed.then(
        () => true,
        () => false,
      );
      if (!isKept) return;
      try {
        const ready = await Promise.race([prepared, this.#stopped.promise]);
        if (ready === 'stopped') await this.#endUnbegun('stopped');
        else await this.#begin(ready);
      } catch (error) {
        if (isClosed(error)) throw error;
        await this.#endUnbegun('failed-to-start', this.#whyNotStarted(error));
      }
    });
  }

  /** Whatever it was: a task of which nothing would ever be heard again could not even be stopped. */
  #whyNotStarted(error: unknown): string {
    if (error instanceof CannotStart) return error.message;
    this.#around.logger.warn(`task ${this.taskId} could not be started: ${stackOf(error)}`);
    return cannotStartContainer(wordsOf(error)).message;
  }

  /** Goes on with what a server before this one has begun. */
  resume(found: readonly (InspectedContainer | undefined)[]): void {
    const node = nodeOf(this.#record);
    if (node && found.some((each) => each?.status === 'running')) this.#around.networks.resume(node);
    this.#inBackground(async () => {
      const isTorn = found.some(isUnstarted) && mayBeTorn(this.#kept.now, this.#around.reach);
      for (const [index, each] of found.entries()) {
        const container = this.#containers[index];
        if (!container || (isUnstarted(each) && !isTorn)) continue;
        this.#order.began(index);
        if (each && isUnstarted(each)) await this.#untilDone(() => container.removeTorn(each.id));
        if (each && !isUnstarted(each)) this.#follow(index, container.adopt(each));
        else this.#lose(index);
      }
      if (this.#kept.now.stopAsked) this.#endAll(this.record.stopGrace);
      this.#goOn();
    });
  }

  /** It was stopped before any of it was started. */
  endUnbegun(): void {
    this.#inBackground(() => this.#endUnbegun('stopped'));
  }

  /** SIGTERM to each container's first process, SIGKILL to all of them `grace` ms after the first call, or sooner. */
  async stop(grace: Milliseconds): Promise<void> {
    if (this.#hasEnded) return;
    if (!this.#isEnding && !this.#kept.now.stopAsked) await this.#kept.write({ stopAsked: true });
    this.#stopped.resolve('stopped');
    if (this.#kept.now.began) this.#endAll(grace);
  }

  /** Takes all that it has at the daemon away. Rejects when that does not answer. */
  async discard(): Promise<void> {
    for (const container of this.#containers) await container.remove();
    await this.#around.removeRest(this.record);
  }

  /** Lets go; its containers go on. */
  close(): void {
    for (const cancel of this.#cancelTimers) cancel();
    for (const copy of this.#copies.values()) copy.close();
  }

  /** Makes its containers. Meanwhile it is asked which life of the daemon it is, and written down that they may be started. */
  async #prepare(spec: TaskSpec, claimed: Promise<void>): Promise<Prepared> {
    const { reach, places } = this.#around;
    const { images, notes } = await this.#images.ensure(spec.containers);
    this.#record = { ...this.#record, images, notes: [...this.#record.notes, ...notes] };
    await claimed;
    const lifetime = new EarlyLifetime(reach);
    if (this.#kept.now.stopAsked) return { lifetime, foreseen: Promise.resolve() };
    const foreseen = this.#kept.foresee(this.record, reach.daemonStart);
    foreseen.catch(() => {}); // said before the start
    const bodies = this.#around.bodiesOf(spec, this.record, await this.#takePlace());
    for (const [index, container] of this.#containers.entries()) {
      if (this.#kept.now.stopAsked) break;
      await places.take(() => container.create(bodies[index] ?? {}));
    }
    return { lifetime, foreseen };
  }

  /** Makes what its containers share. Answers Docker's word for their network: the host's, unless it is a node. */
  async #takePlace(): Promise<string> {
    const { networks } = this.#around;
    const node = nodeOf(this.#record);
    if (!node) {
      if (isHeld(this.#record)) await this.#openHolder();
      await this.#noteDistance();
      return 'host';
    }
    const { networkMode, address, notes } = await networks.join(node);
    this.#record = { ...this.#record, address, notes: [...this.#record.notes, ...notes] };
    return networkMode;
  }

  /** Its variables lead to the listener for jobs on 127.0.0.1, be there one or not. */
  async #noteDistance(): Promise<void> {
    if (!this.#record.jobListener) return;
    const { elsewhere } = await this.#around.reach.insist(() => this.#around.reach.facts());
    if (elsewhere === undefined) return;
    this.#record = { ...this.#record, notes: [...this.#record.notes, noListener('job', elsewhere)] };
  }

  async #openHolder(): Promise<void> {
    const { reach, holders } = this.#around;
    try {
      await reach.insist(() => holders.open(this.#record));
    } catch (error) {
      if (!(error instanceof DaemonRefusal)) throw error;
      throw cannotStartContainer(`what its containers share could not be made: ${error.message}`);
    }
  }

  async #begin(ready: Prepared): Promise<void> {
    const lifetime = await ready.lifetime.answer();
    await this.#around.reach.insist(() => ready.foreseen);
    if (this.#kept.now.stopAsked) {
      await this.#endUnbegun('stopped');
      return;
    }
    await this.#kept.begin(this.record, lifetime, this.#around.reach.daemonStart);
    this.#goOn();
  }

  /** Lets those start that have what they wait for, and tells those that will never have it. */
  #goOn(): void {
    const started = this.#starting.then(() => this.#startReady());
    this.#starting = started.catch(() => {}); // said below
    this.#inBackground(() => started);
  }

  async #startReady(): Promise<void> {
    for (let ready = this.#ready(); ready.length > 0; ready = this.#ready())
      for (const index of ready) await this.#startOne(index);
    if (this.#isEnding) return;
    for (const { index, why } of this.#order.takeHopeless())
      this.#neverStarts(index, cannotStartContainer(why).message);
    if (this.#order.isWhole && this.#hasRun) this.#reportRunning();
  }

  #ready(): readonly number[] {
    return this.#isEnding ? [] : this.#order.takeReady();
  }

  async #startOne(index: number): Promise<void> {
    const container = this.#containers[index];
    if (!container) return;
    if (this.#isEnding) {
      this.#neverStarts(index, neverStarted);
      return;
    }
    try {
      const stopped = await this.#around.places.take(() => container.start(() => !this.#isEnding));
      this.#follow(index, stopped);
    } catch (error) {
      if (isClosed(error)) throw error;
      if (error instanceof LostAtStart) {
        await this.#untilDone(() => container.removeTorn());
        this.#lose(index);
        return;
      }
      // It may have started all the same, and must not run.
      if (!(error instanceof CannotStart)) void container.remove().catch(() => {});
      this.#neverStarts(index, this.#whyNotStarted(error));
    }
  }

  /** It runs, or has run. */
  #follow(index: number, stopped: () => Promise<void>): void {
    const [container, spec] = [this.#containers[index], this.record.containers[index]];
    if (!container || !spec) return;
    this.#hasRun = true;
    this.#alive.add(index);
    this.#copy(index, container.id, spec.log);
    this.#inBackground(async () => {
      const lifetime = this.#kept.now.began?.lifetime ?? '';
      const end = await this.#untilDone(() => container.end(stopped, lifetime));
      this.#alive.delete(index);
      if (end.kind === 'lost') this.#lose(index);
      else this.#ended(index, end.outcome);
    });
    if (spec.startTimeout !== undefined) this.#overdueAfter(index, spec.startTimeout, container.startedAt ?? 0);
    if (this.#isEnding) this.#terminate(index);
  }

  #copy(index: number, containerId: string, sink: TaskRecord['containers'][number]['log']): void {
    if (!sink) return;
    const { api, reach, clock, logRoot, logger } = this.#around;
    const directory = streamDirectory(logRoot, sink.stream);
    const warn = (words: string) => logger.warn(words);
    this.#copies.set(index, new LogCopy({ containerId, sink, directory, api, reach, clock, warn }));
  }

  #overdueAfter(index: number, patience: Milliseconds, startedAt: EpochMilliseconds): void {
    const { clock } = this.#around;
    const left = patience - Math.max(0, clock.now() - startedAt);
    const cancel = clock.after(left, () => {
      this.#order.overdue(index);
      this.#goOn();
    });
    this.#cancelTimers.add(cancel);
  }

  #neverStarts(index: number, reason: string): void {
    const name = this.#containers[index]?.name ?? '';
    this.#ended(index, { name, stoppedAt: this.#around.clock.now(), reason });
  }

  /** The daemon or the machine has taken it along: nobody knows how it would have ended, and so with the task. */
  #lose(index: number): void {
    this.#isLost = true;
    const { name = '', startedAt } = this.#containers[index] ?? {};
    const at = this.#around.clock.now();
    this.#endAll(0);
    this.#ended(index, { name, ...(startedAt === undefined ? {} : { startedAt }), stoppedAt: at });
  }

  #ended(index: number, outcome: ContainerOutcome): void {
    if (this.#outcomes[index]) return;
    this.#outcomes[index] = outcome;
    this.#order.ended(index, outcome.exitCode === 0);
    if (this.record.containers[index]?.essential) this.#endAll(this.record.stopGrace);
    else this.#goOn();
    const outcomes = this.#outcomes.filter((each) => each !== undefined);
    if (outcomes.length < this.#outcomes.length || this.#isFinishing) return;
    this.#isFinishing = true;
    this.#inBackground(() => this.#finish(outcomes));
  }

  #endAll(grace: Milliseconds): void {
    if (!this.#isEnding) {
      this.#isEnding = true;
      for (const index of this.#order.takeRest()) this.#neverStarts(index, neverStarted);
      for (const index of this.#alive) this.#terminate(index);
    }
    for (const index of this.#containers.keys()) this.#killAfter(index, grace);
  }

  #terminate(index: number): void {
    this.#inBackground(() => this.#untilDone(async () => this.#containers[index]?.terminate()));
    if ((this.#killAt.get(index) ?? Number.POSITIVE_INFINITY) <= this.#around.clock.monotonic()) this.#kill(index);
  }

  #kill(index: number): void {
    const kill = async () => {
      if (this.#alive.has(index)) await this.#containers[index]?.kill();
    };
    this.#inBackground(() => this.#untilDone(kill));
  }

  /** Again and again, whatever a daemon that answers to others says to it: nothing else would ever end what runs, or hear of its end. */
  async #untilDone<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    return this.#tryAgain(work, dockerLimits.lastRetryMs, (error) => `task ${this.taskId}: ${wordsOf(error)}`);
  }

  /** Until it is done, or the engine is closed: what is in its way is said once. */
  async #tryAgain<Answer>(
    work: () => Promise<Answer>,
    every: Milliseconds,
    inWords: (error: unknown) => string,
  ): Promise<Answer> {
    const { clock, logger } = this.#around;
    for (let isFirst = true; ; isFirst = false) {
      try {
        return await work();
      } catch (error) {
        if (isClosed(error)) throw error;
        if (isFirst) logger.warn(`${inWords(error)}; it is tried again`);
        await pause(clock, every);
      }
    }
  }

  /** A server that starts anew asks anew: that may hasten the end, and never puts it off. */
  #killAfter(index: number, asked: Milliseconds): void {
    const { clock } = this.#around;
    const grace = graceOf(this.record, index, asked);
    const killAt = clock.monotonic() + grace;
    if (killAt >= (this.#killAt.get(index) ?? Number.POSITIVE_INFINITY)) return;
    this.#killAt.set(index, killAt);
    this.#cancelTimers.add(clock.after(grace, () => this.#kill(index)));
  }

  #reportRunning(): void {
    if (this.#running) return;
    const started = this.#containers.flatMap(({ startedAt }) => startedAt ?? []);
    const at = started.length > 0 ? Math.min(...started) : this.#around.clock.now();
    const { address, notes, images } = this.record;
    const known = { ...(address === undefined ? {} : { address }), ...(images ? { images } : {}) };
    this.#running = { kind: 'running', taskId: this.taskId, sequence: 1, at, ...known, notes };
    this.#around.report(this.#running);
  }

  async #finish(outcomes: readonly ContainerOutcome[]): Promise<void> {
    for (const cancel of this.#cancelTimers) cancel();
    const problems: string[] = [];
    for (const copy of this.#copies.values()) {
      await copy.finish();
      if (copy.problem !== undefined) problems.push(copy.problem);
    }
    const began = this.#running !== undefined || (this.#order.isWhole && this.#hasRun);
    if (began || this.#isLost) this.#reportRunning();
    const ownCause: EndCause = this.#kept.now.stopAsked ? 'stopped' : began ? 'exited' : 'failed-to-start';
    await this.#end(this.#isLost ? 'lost' : ownCause, outcomes, problems);
  }

  /** Nothing of it has run: what was made for it goes at once, since the report that it did not run says that it never will. */
  async #endUnbegun(cause: 'stopped' | 'failed-to-start', reason?: string): Promise<void> {
    const stoppedAt = this.#around.clock.now();
    const outcomes = this.#containers.map(({ name }) => ({
      name,
      stoppedAt,
      ...(reason === undefined ? {} : { reason }),
    }));
    await this.#end(cause, cause === 'stopped' ? [] : outcomes, []);
  }

  async #end(cause: EndCause, outcomes: readonly ContainerOutcome[], problems: readonly string[]): Promise<void> {
    const { clock, instanceId, report } = this.#around;
    const notes = [...this.record.notes, ...problems];
    const common = { taskId: this.taskId, hasRun: this.#running !== undefined, instanceId, now: clock.now() };
    const ended = endedEvent({ ...common, cause, outcomes, notes });
    await this.#keepEnd({ ...(this.#running ? { running: this.#running } : {}), ended });
    if (this.record.gang || isHeld(this.record)) await this.#freePlace();
    this.#hasEnded = true;
    report(ended);
  }

  /**
   * The network of a gang is gone with the end of its last node: nothing of this one may be in it. Nor may a process of it go on
   * whose namespace is the task's. A release tries again.
   */
  async #freePlace(): Promise<void> {
    try {
      await this.discard();
    } catch (error) {
      this.#around.logger.warn(`what task ${this.taskId} had at the daemon stays until its release: ${wordsOf(error)}`);
    }
  }

  /**
   * However long the disk is full: a report that is not on record could be another one after a restart. The machine's power may take
   * it along, and with it nothing that anybody was told: until the report is committed the task runs, and is lost as all that runs.
   */
  async #keepEnd(change: Partial<TaskFile>): Promise<void> {
    const inWords = (error: unknown) => `the end of task ${this.taskId} could not be written: ${String(error)}`;
    await this.#tryAgain(() => this.#kept.note(change), dockerLimits.diskCheckMs, inWords);
  }

  #inBackground(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      // The next server goes on.
      if (isClosed(error)) return;
      this.#around.logger.warn(`task ${this.taskId}: ${stackOf(error)}`);
    });
  }
}
