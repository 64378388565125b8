import type { CancelTimer } from '../../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds, TaskId } from '../../../core/ids.ts';
import type { ContainerOutcome } from '../../../core/job.ts';
import { pause } from '../../../core/pause.ts';
import { ContainerOrder } from '../../container-order.ts';
import type { EndCause, RecoveredTask, TaskSpec } from '../../contract.ts';
import { type CommandRefused, commandRefused } from '../../entered-command.ts';
import { streamDirectory } from '../../log-root.ts';
import { graceOf } from '../../stop-grace.ts';
import { CannotStart, cannotStartContainer, neverStarted } from '../cannot-start.ts';
import type { InspectedContainer } from '../daemon/container-api.ts';
import { dockerLimits } from '../docker-limits.ts';
import { isHeld } from '../holder/sharing-task.ts';
import { LogCopy } from '../logs/log-copy.ts';
import { nodeOf } from '../network/node-task.ts';
import { DockerContainer, LostAtStart } from './docker-container.ts';
import { endedEvent } from './ended-event.ts';
import { KeptState } from './kept-state.ts';
import { isClosed, stackOf, wordsOf } from './task-errors.ts';
import { TaskPreparation } from './task-preparation.ts';
import type { RunningEvent, TaskFile, TaskRecord } from './task-record.ts';
import type { TaskSurroundings } from './task-surroundings.ts';
import { isUnstarted, mayBeTorn } from './torn-start.ts';

/** One claimed task, from its start to its end. What it has come to is in its file before anything follows from it. */
export class DockerTask {
  readonly taskId: TaskId;
  #record: TaskRecord;
  readonly #around: TaskSurroundings;
  readonly #order: ContainerOrder;
  readonly #preparation: TaskPreparation;
  readonly #containers: readonly DockerContainer[];
  readonly #outcomes: (ContainerOutcome | undefined)[];
  readonly #copies = new Map<number, LogCopy>();
  /** What comes before it has begun, and keeps it from that. */
  readonly #cut = Promise.withResolvers<'stopped' | { readonly gone: string }>();
  readonly #kept: KeptState;
  /** Indexes of those that have been started, and not ended. */
  readonly #alive = new Set<number>();
  #running: RunningEvent | undefined;
  #hasRun = false;
  #isGivenBack = false;
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
    this.#containers = record.containers.map(
      ({ name }, index) => new DockerContainer(name, around.nameOf(record.taskId, index), around),
    );
    this.#outcomes = record.containers.map(() => undefined);
    this.#preparation = new TaskPreparation({
      ...{ around, containers: this.#containers, kept: this.#kept, record: () => this.#record },
      change: (changed) => {
        this.#record = changed;
      },
      isUnwanted: () => this.#isGivenBack || this.#kept.now.stopAsked === true,
    });
  }

  /** What is kept of it. */
  get record(): TaskRecord {
    return this.#record;
  }

  get state(): RecoveredTask['state'] {
    if (this.#hasEnded) return 'ended';
    if (this.#isGivenBack) return 'tombstone';
    return this.#kept.now.began ? 'running' : 'claimed';
  }

  /** What it waits for, in words: its daemon, or images, and how far they are. */
  get preparation(): string | undefined {
    return this.#around.reach.absence ?? (this.#kept.now.stopAsked ? undefined : this.#preparation.progress);
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
    const prepared = this.#preparation.run(spec, claimed);
    prepared.catch(() => {}); // said below, unless there is no claim
    this.#inBackground(async () => {
      const isKept = await claimed.then(
        () => true,
        () => false,
      );
      if (isKept) await this.#beginOnce(prepared);
    });
  }

  /** One thing comes first, and decides: it is prepared, it is stopped, or its daemon goes. */
  async #beginOnce(prepared: Promise<string>): Promise<void> {
    const unheard = this.#goesBack
      ? this.#around.reach.onAbsence((words) => this.#cut.resolve({ gone: words }))
      : () => {};
    try {
      const first = await Promise.race([prepared.then((lifetime) => ({ lifetime })), this.#cut.promise]);
      if (first === 'stopped') await this.#endUnbegun('stopped');
      else if ('gone' in first) this.#giveBack(first.gone);
      else await this.#begin(first.lifetime);
    } catch (error) {
      if (isClosed(error)) throw error;
      await this.#endUnbegun('failed-to-start', this.#whyNotStarted(error));
    } finally {
      unheard();
    }
  }

  /** A node beside the main one has no place to go back to: its job runs. */
  get #goesBack(): boolean {
    const { gang, taskId } = this.#record;
    return gang === undefined || gang.gang === taskId;
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
    if (this.#hasEnded || this.#isGivenBack) return;
    if (!this.#isEnding && !this.#kept.now.stopAsked) await this.#kept.write({ stopAsked: true });
    this.#cut.resolve('stopped');
    if (this.#kept.now.began) this.#endAll(grace);
  }

  /** Takes all that it has at the daemon away. Rejects when that does not answer. */
  async discard(): Promise<void> {
    for (const container of this.#containers) await container.remove();
    await this.#around.removeRest(this.record);
  }

  /** The same of what is being made for it now: a daemon may be late, and no call can be taken back. */
  discardLate(): void {
    const { making } = this.#preparation;
    if (making)
      this.#inBackground(() => making.catch(() => {}).then(() => this.#around.reach.insist(() => this.discard())));
  }

  /** Lets go; its containers go on. */
  close(): void {
    for (const cancel of this.#cancelTimers) cancel();
    for (const copy of this.#copies.values()) copy.close();
  }

  /** Its containers are there: from now on it is known to nobody but the daemon whether they run. */
  async #begin(lifetime: string): Promise<void> {
    if (this.#kept.now.stopAsked) {
      await this.#endUnbegun('stopped');
      return;
    }
    await this.#kept.begin(this.record, lifetime, this.#around.reach.daemonStart);
    this.#goOn();
  }

  /** Nothing of it has run, or will: what has been made of it is removed with its release. A server after this one removes it, too. */
  #giveBack(reason: string): void {
    this.#isGivenBack = true;
    this.#around.logger.warn(`task ${this.taskId} was given back before it began: ${reason}`);
    this.#around.report({ kind: 'given-back', taskId: this.taskId, sequence: 1, at: this.#around.clock.now(), reason });
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
