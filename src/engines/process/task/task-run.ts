import type { CancelTimer } from '../../../core/clock.ts';
import { failpoint } from '../../../core/failpoint.ts';
import type { EpochMilliseconds, Milliseconds, TaskId } from '../../../core/ids.ts';
import type { ContainerOutcome } from '../../../core/job.ts';
import { ContainerOrder } from '../../container-order.ts';
import type { ContainerSpec, EndCause, EngineEvent } from '../../contract.ts';
import { type CommandRefused, commandRefused } from '../../entered-command.ts';
import type { TaskWithGpus } from '../../gpus.ts';
import { statusReasons } from '../../status-reasons.ts';
import { graceOf } from '../../stop-grace.ts';
import type { ContainerUsage } from '../../task-usage.ts';
import type { ContainerEnd } from '../container/container-run.ts';
import type { RunnerResources } from '../container/launch-container.ts';
import { TriedContainer } from '../container/tried-container.ts';
import type { Beginning, Entrance } from '../entering/entrance.ts';
import { CannotStart, cannotStartContainer, errorWords, isShortage, Shortage, startFailureWords } from '../errors.ts';
import { ContainerCgroup } from '../host/cgroups.ts';
import { processLimits } from '../limits.ts';
import type { NodeNetwork } from '../network/node-network.ts';
import { type ContainerPlan, closeSources, planContainer } from '../plan/container-plan.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { sharesAnything, type TaskNamespaces } from '../sharing/task-namespaces.ts';
import type { EndedEvent, TaskFiles, TaskRecord } from './task-files.ts';
import { makeVolumes, volumesOf } from './volumes.ts';

/** What a task needs of its runner. */
export interface TaskSurroundings extends RunnerResources {
  readonly config: RunnerConfig;
  readonly files: TaskFiles;
  readonly bootId: string;
  /** Takes each report, once, in order. */
  readonly report: (event: EngineEvent) => void;
}

/** One claimed task, from its start to its end. */
export class TaskRun {
  readonly taskId: TaskId;
  readonly #spec: TaskWithGpus;
  readonly #around: TaskSurroundings;
  readonly #order: ContainerOrder;
  /** Indexes of those that have been let go. */
  readonly #started = new Set<number>();
  readonly #containers: TriedContainer[] = [];
  /** Resolves once nothing is left of launchers that were never let go. */
  #gone: Promise<unknown> = Promise.resolve();
  #notes: readonly string[] = [];
  #network: NodeNetwork | undefined;
  #shared: TaskShared | undefined;
  #at: EpochMilliseconds = 0;
  #sequence = 0;
  #hasGone = false;
  #isRunning = false;
  #hasEnded = false;
  #stopAsked = false;
  /** SIGTERM has been sent. */
  #isEnding = false;
  /** Held open until the end, so that no other file takes the inode of one that is being mounted. */
  readonly #sources: number[] = [];
  #cancelRunning: CancelTimer | undefined;
  readonly #cancelKills = new Map<number, CancelTimer>();
  readonly #cancelOverdue: CancelTimer[] = [];
  #cancelKeep: CancelTimer | undefined;
  /** By container and the monotonic clock. */
  readonly #killAt = new Map<number, Milliseconds>();

  constructor(spec: TaskWithGpus, around: TaskSurroundings) {
    this.taskId = spec.taskId;
    this.#spec = spec;
    this.#notes = spec.notes ?? [];
    this.#around = around;
    this.#order = new ContainerOrder(spec.containers);
  }

  /** As the budget of descriptors counts: a node's network takes no more of them than a container. */
  get descriptorUsers(): number {
    return descriptorUsersOf(this.#spec);
  }

  /** Ids of the GPUs that are its own, if there are any. */
  get gpus(): Pick<TaskWithGpus, 'gpus'> {
    return this.#spec.gpus ? { gpus: this.#spec.gpus } : {};
  }

  /** What its containers run in that run in images, if any does. */
  get images(): Pick<TaskRecord, 'images'> {
    const images = this.#spec.containers.flatMap(({ name, imageRoot }) =>
      imageRoot ? [[name, { digest: imageRoot.digest, id: imageRoot.configDigest }] as const] : [],
    );
    return images.length > 0 ? { images: Object.fromEntries(images) } : {};
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What its containers use that run. */
  usage(): readonly ContainerUsage[] {
    return this.#containers.flatMap((container) => container.usageNow() ?? []);
  }

  /** How to come into one of its containers: that of the name, else the first essential one. */
  entrance(name: string | undefined): Entrance | Beginning | CommandRefused {
    const { containers } = this.#spec;
    const isAsked = (container: ContainerSpec) => (name === undefined ? container.essential : container.name === name);
    const index = containers.findIndex(isAsked);
    if (index < 0) {
      const names = containers.map((container) => container.name).join(', ');
      return commandRefused(`there is no container ${name}; there is ${names}`);
    }
    const entrance = this.#hasEnded || this.#isEnding ? undefined : this.#containers[index]?.entrance();
    return entrance ?? commandRefused(`container ${containers[index]?.name} is not running`);
  }

  /**
   * Starts the claimed task: launchers, record, `go`, in one turn of the loop. What cannot start ends as
   * `failed-to-start` with words; nothing of such a task has run. Throws `Shortage` where this host is short of something:
   * then the claim is to be given up, since nothing is wrong with the task. `network` is that of a node, `shared` what its
   * containers share; one that was stopped while they were made has not run. They are the caller's to close, at its end at last.
   */
  start(network?: NodeNetwork, shared?: TaskShared): void {
    this.#network = network;
    this.#shared = shared;
    if (this.#stopAsked) {
      this.#end('stopped', this.#around.clock.now(), [], this.#notes);
      return;
    }
    try {
      const plans = this.#plan();
      this.#notes = [...new Set([...plans.flatMap((plan) => plan.notes), ...this.#notes])];
      makeVolumes(plans);
      this.#spawn(plans);
      failpoint('runner.spawned');
      this.#giveGo();
    } catch (error) {
      if (isShortage(error)) this.#giveUpStart(error);
      this.#failToStart(error);
      return;
    }
    this.#goOn(this.#at);
    failpoint('runner.go-sent');
    this.#awaitEnd();
  }

  /** Ends the claimed task as one that cannot start, of whatever was thrown. */
  refuse(error: unknown): void {
    this.#failToStart(error);
  }

  /** Lets those go that have what they wait for, and those leave that will never have it. */
  #goOn(at: EpochMilliseconds): void {
    if (this.#isEnding) return;
    for (const index of this.#order.takeReady()) this.#go(index, at);
    for (const { index, why } of this.#order.takeHopeless()) {
      this.#containers[index]?.skip(cannotStartContainer(why).message);
    }
    if (this.#order.isWhole) this.#awaitRunning();
  }

  #go(index: number, at: EpochMilliseconds): void {
    this.#started.add(index);
    this.#containers[index]?.go(at);
    const patience = this.#spec.containers[index]?.startTimeout;
    if (patience === undefined) return;
    const { clock } = this.#around;
    const overdue = clock.after(patience, () => {
      this.#order.overdue(index);
      this.#goOn(clock.now());
    });
    this.#cancelOverdue.push(overdue);
  }

  /** A sandbox that cannot be entered says so within this time, or is seen to be set up still: such a task never counts as running. */
  #awaitRunning(): void {
    if (this.#cancelRunning || this.#isRunning) return;
    this.#lookWhetherItRuns();
  }

  #lookWhetherItRuns(): void {
    this.#cancelRunning = this.#around.clock.after(processLimits.startGraceMs, () => {
      const progress = this.#containers.map((container) => container.progress);
      if (progress.includes('begins')) this.#lookWhetherItRuns();
      // With all over, their ends say whether it ran.
      else if (progress.includes('runs')) this.#reportRunning();
    });
  }

  /** SIGTERM to each container's first process, SIGKILL to all of them `grace` ms after the first call, or sooner. */
  stop(grace: Milliseconds): void {
    if (this.#hasEnded) return;
    // What an essential container has ended has ended by itself.
    if (!this.#isEnding) this.#stopAsked = true;
    this.#endAll(grace);
  }

  /** An essential container has ended: the others go too, and the task has ended by itself all the same. */
  #endRest(): void {
    this.#endAll(this.#spec.stopGrace);
  }

  #endAll(grace: Milliseconds): void {
    if (!this.#isEnding) {
      for (const index of this.#order.takeRest()) this.#containers[index]?.skip(neverStarted);
      for (const index of this.#started) this.#containers[index]?.terminate();
    }
    this.#isEnding = true;
    for (const [index, container] of this.#containers.entries()) this.#killAfter(index, container, grace);
  }

  /** A server that starts anew asks anew: that may hasten the end, and never puts it off. */
  #killAfter(index: number, container: TriedContainer, asked: Milliseconds): void {
    const { clock } = this.#around;
    const grace = graceOf(this.#spec, index, asked);
    const killAt = clock.monotonic() + grace;
    if (killAt >= (this.#killAt.get(index) ?? Number.POSITIVE_INFINITY)) return;
    this.#killAt.set(index, killAt);
    this.#cancelKills.get(index)?.();
    this.#cancelKills.set(
      index,
      clock.after(grace, () => container.kill()),
    );
  }

  #plan(): ContainerPlan[] {
    const { config } = this.#around;
    const volumes = volumesOf(this.#spec, config);
    return this.#spec.containers.map((container, index) => {
      const plan = planContainer(
        container,
        this.#containerName(index),
        config,
        volumes,
        this.#network,
        this.#shared?.view,
      );
      this.#sources.push(...plan.sources);
      return plan;
    });
  }

  #spawn(plans: readonly ContainerPlan[]): void {
    const { config } = this.#around;
    const heard = { onFailed: () => this.#notRunning(), onLaunched: () => this.#launchedAgain() };
    for (const [index, plan] of plans.entries()) {
      const name = this.#containerName(index);
      try {
        this.#containers.push(new TriedContainer(plan, name, config, this.#around, heard));
      } catch (error) {
        new ContainerCgroup(config.host.cgroups, name).remove();
        throw error;
      }
    }
  }

  #containerName(index: number): string {
    return `${this.taskId}-${index}`;
  }

  #giveGo(): void {
    this.#at = this.#around.clock.now();
    this.#writeGo();
    this.#hasGone = true;
    failpoint('runner.go-written');
  }

  /** Whose runner dies after that may have run. */
  #writeGo(): void {
    const { files } = this.#around;
    files.record(this.#record());
    failpoint('runner.recorded');
    files.go(this.taskId);
  }

  /** A launcher has failed: the time within which one would say so begins anew with the next. */
  #notRunning(): void {
    this.#cancelRunning?.();
    this.#cancelRunning = undefined;
  }

  /** The record takes the place of the one before, in one step: it names the launcher that is to have its `go` now. */
  #launchedAgain(): void {
    this.#writeGo();
    if (this.#order.isWhole) this.#awaitRunning();
  }

  #awaitEnd(): void {
    Promise.all(this.#containers.map((container, index) => this.#endOf(container, index)))
      .then(async (ends) => {
        // Who had left the session of its container ends with them.
        await this.#shared?.close();
        this.#finish(ends);
      })
      .catch((error: unknown) => this.#endAnyhow(error))
      .catch((error: unknown) => this.#around.onProblem(`task ${this.taskId}: ${errorStack(error)}`));
  }

  async #endOf(container: TriedContainer, index: number): Promise<ContainerEnd> {
    const end = await container.ended;
    this.#order.ended(index, end.began && end.outcome.exitCode === 0);
    if (this.#spec.containers[index]?.essential) this.#endRest();
    else this.#goOn(this.#around.clock.now());
    return end;
  }

  #record(): TaskRecord {
    const { config, bootId } = this.#around;
    return {
      formatVersion: 1,
      taskId: this.taskId,
      label: this.#spec.label,
      ...(this.#spec.origin && { origin: this.#spec.origin }),
      bootId,
      at: this.#at,
      ...this.#address(),
      notes: this.#notes,
      instanceId: config.instanceId,
      cgroups: config.host.cgroups,
      containers: this.#containers.map((container) => container.record),
      ...this.images,
      ...(this.#shared?.holder && { holder: this.#shared.holder }),
    };
  }

  #reportRunning(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#sequence += 1;
    const [sequence, at, notes] = [this.#sequence, this.#at, this.#notes];
    const known = { ...this.#address(), ...this.images };
    this.#around.report({ kind: 'running', taskId: this.taskId, sequence, at, ...known, notes });
  }

  #address(): { readonly address?: string } {
    return this.#network ? { address: this.#network.address } : {};
  }

  #finish(ends: readonly ContainerEnd[]): void {
    failpoint('runner.exited');
    this.#cancelRunning?.();
    for (const cancel of [...this.#cancelKills.values(), ...this.#cancelOverdue]) cancel();
    const began = this.#isRunning || (this.#order.isWhole && ends.some((end) => end.began));
    if (began) this.#reportRunning();
    const cause: EndCause = this.#stopAsked ? 'stopped' : began ? 'exited' : 'failed-to-start';
    const notes = [...new Set([...this.#notes, ...ends.flatMap((end) => end.notes)])];
    this.#end(
      cause,
      this.#around.clock.now(),
      ends.map((end) => end.outcome),
      notes,
    );
  }

  /** Something of ours went wrong: nothing of the task is left, and it has failed. */
  async #endAnyhow(error: unknown): Promise<void> {
    this.#around.onProblem(`task ${this.taskId}: ${errorStack(error)}`);
    this.#endAll(0);
    const ends = await Promise.all(this.#containers.map(({ ended }) => ended));
    const outcomes = ends.map(({ outcome: { exitCode: _exitCode, ...rest } }) => rest);
    this.#end(this.#isRunning ? 'exited' : 'failed-to-start', this.#around.clock.now(), outcomes, this.#notes);
  }

  /** Ends all trying to write the end: the task is released. */
  forget(): void {
    this.#cancelKeep?.();
  }

  /** Resolves once nothing is left of a start that was given up: whoever starts the task again makes the same groups and files. */
  get gone(): Promise<unknown> {
    return this.#gone;
  }

  #giveUpStart(error: unknown): never {
    this.#abandon();
    this.#closeSources();
    throw new Shortage(
      `the host is short of something that tasks need (${errorWords(error)}); jobs wait until it is not`,
    );
  }

  #abandon(): void {
    const containers = this.#containers.splice(0);
    for (const container of containers) container.abandon();
    this.#gone = Promise.all(containers.map(({ ended }) => ended));
  }

  #closeSources(): void {
    closeSources(this.#sources.splice(0));
  }

  #failToStart(error: unknown): void {
    this.#abandon();
    if (!(error instanceof CannotStart)) this.#around.onProblem(`task ${this.taskId}: ${errorStack(error)}`);
    const words = startFailureWords(error);
    const stoppedAt = this.#around.clock.now();
    const outcomes = this.#spec.containers.map(({ name }) => ({ name, stoppedAt, reason: words }));
    this.#end('failed-to-start', stoppedAt, outcomes, this.#notes);
  }

  #end(
    cause: keyof typeof statusReasons,
    at: EpochMilliseconds,
    containers: readonly ContainerOutcome[],
    notes: readonly string[],
  ): void {
    this.#hasEnded = true;
    this.#closeSources();
    this.#sequence += 1;
    const { taskId } = this;
    const statusReason = statusReasons[cause];
    const end: EndedEvent = {
      kind: 'ended',
      taskId,
      sequence: this.#sequence,
      at,
      cause,
      statusReason,
      containers,
      notes,
    };
    this.#keep(end);
    failpoint('runner.exit-recorded');
    this.#around.report(end);
  }

  /** If the end cannot be written now, the server hears of it all the same, and it is written when there is room. */
  #keep(end: EndedEvent): void {
    const { files } = this.#around;
    this.#tryToKeep(() => (this.#hasGone ? files.endAfterGo(end) : files.end(end, false)), end);
  }

  #tryToKeep(write: () => void, end: EndedEvent): void {
    const { files, clock, onProblem } = this.#around;
    try {
      write();
    } catch (error) {
      onProblem(`the end of task ${this.taskId} could not be written: ${errorWords(error)}; it is tried again`);
      // In a file of its own: what a failed append has left would tear the line.
      const again = () => this.#tryToKeep(() => files.end(end, false), end);
      this.#cancelKeep = clock.after(processLimits.diskCheckMs, again);
    }
  }
}

/** What containers of a task share, as its run needs it. */
type TaskShared = Pick<TaskNamespaces, 'view' | 'holder' | 'close'>;

/** How many of its parts hold descriptors: see `DescriptorBudget`. */
export function descriptorUsersOf(task: TaskWithGpus): number {
  return task.containers.length + (task.gang ? 1 : 0) + (sharesAnything(task) ? 2 : 0);
}

/** Of a container that waited for another when the task came to its end. */
const neverStarted = 'The task ended before this container could start';

function errorStack(error: unknown): string {
  return (error instanceof Error && error.stack) || errorWords(error);
}
