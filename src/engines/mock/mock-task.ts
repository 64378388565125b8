import type { CancelTimer, Clock } from '../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import { SegmentWriter } from '../../segments/index.ts';
import { ContainerOrder } from '../container-order.ts';
import type { EndCause, EngineEvent, GangMember, RecoveredTask, TaskOrigin, TaskSpec } from '../contract.ts';
import { streamDirectory } from '../log-root.ts';
import { lostReason, statusReasons } from '../status-reasons.ts';
import { graceOf } from '../stop-grace.ts';
import type { ContainerUsage } from '../task-usage.ts';
import { MockContainer } from './mock-container.ts';
import type { MockBehaviour } from './script.ts';

interface MockTaskOptions {
  readonly spec: TaskSpec;
  readonly behaviour: MockBehaviour;
  readonly clock: Clock;
  readonly instanceId: string;
  readonly logRoot: string;
  readonly report: (event: EngineEvent) => void;
}

/** One task of the mock engine: plays its behaviour on the clock. */
export class MockTask {
  readonly #spec: TaskSpec;
  readonly #behaviour: MockBehaviour;
  readonly #clock: Clock;
  readonly #instanceId: string;
  readonly #logRoot: string;
  readonly #report: (event: EngineEvent) => void;
  readonly #containers: readonly MockContainer[];
  readonly #order: ContainerOrder;
  /** A tombstone was given back. */
  #state: RecoveredTask['state'] = 'claimed';
  #sequence = 0;
  /** That it runs. */
  #isTold = false;
  /** How it will have ended, once all its containers have. */
  #cause: EndCause | undefined;
  #stopAsked = false;
  #cancelBegin: CancelTimer;
  readonly #cancelOverdue: CancelTimer[] = [];
  readonly #cancelKills = new Map<MockContainer, CancelTimer>();
  /** By container and the monotonic clock. */
  readonly #killAt = new Map<MockContainer, Milliseconds>();

  constructor({ spec, behaviour, clock, instanceId, logRoot, report }: MockTaskOptions) {
    this.#spec = spec;
    this.#behaviour = behaviour;
    this.#clock = clock;
    this.#instanceId = instanceId;
    this.#logRoot = logRoot;
    this.#report = report;
    this.#containers = spec.containers.map(
      (one) => new MockContainer(one, containerBehaviour(behaviour, one.name), clock, (ended) => this.#onEnd(ended)),
    );
    this.#order = new ContainerOrder(spec.containers);
    this.#cancelBegin = clock.after(behaviour.startDelay ?? 0, () => this.#begin());
  }

  get origin(): TaskOrigin | undefined {
    return this.#spec.origin;
  }

  get state(): RecoveredTask['state'] {
    return this.#state;
  }

  /** Of the containers whose behaviour says what they use. */
  usage(): readonly ContainerUsage[] {
    const at = this.#clock.now();
    return this.#spec.containers.flatMap(({ name }) => {
      const { cpuSeconds, peakMemoryBytes } = containerBehaviour(this.#behaviour, name);
      if (cpuSeconds === undefined || peakMemoryBytes === undefined) return [];
      return [{ name, at, cpuSeconds, memoryBytes: peakMemoryBytes, peakMemoryBytes }];
    });
  }

  /** It was told to stop, and has not ended yet. */
  get isStopping(): boolean {
    return this.#stopAsked && !this.#isOver;
  }

  /** SIGTERM, and SIGKILL `grace` ms after the first call, or sooner. */
  stop(grace: Milliseconds): void {
    if (this.#isOver) return;
    this.#cause ??= 'stopped';
    if (!this.#stopAsked && this.#state === 'running') this.#terminate();
    this.#stopAsked = true;
    this.#killAfter(grace);
  }

  /** The engine dies, and the task with it; one that had not begun is as if it had never been, and answers false. */
  lose(): boolean {
    if (this.#isOver) return true;
    const hadBegun = this.#state === 'running';
    if (hadBegun) this.#endAs('lost');
    this.#cancelTimers();
    return hadBegun;
  }

  /**
   * The engine goes before it has begun: nothing of it runs, ever. False for one that has begun or is to be stopped, and for a node beside
   * the main one, which has no place to go back to.
   */
  giveBack(reason: string): boolean {
    const { gang, taskId } = this.#spec;
    const isBesideMain = gang !== undefined && gang.gang !== taskId;
    if (this.#state !== 'claimed' || this.#stopAsked || isBesideMain) return false;
    this.#state = 'tombstone';
    this.#cancelTimers();
    this.#tell({ kind: 'given-back', at: this.#clock.now(), reason });
    return true;
  }

  /** Its last report is made. */
  get #isOver(): boolean {
    return this.#state === 'ended' || this.#state === 'tombstone';
  }

  #begin(): void {
    const { startError, givenBack } = this.#behaviour;
    if (givenBack !== undefined && this.giveBack(givenBack)) return;
    if (startError !== undefined) {
      this.#endAs('failed-to-start', startError);
      return;
    }
    this.#state = 'running';
    this.#write();
    this.#goOn();
    if (this.#stopAsked) this.#terminate();
  }

  /** Begins what may begin now; the task runs once none of its containers waits any more. */
  #goOn(): void {
    if (this.#cause !== undefined || this.#state === 'ended') return;
    const ready = this.#order.takeReady();
    const hopeless = this.#order.takeHopeless();
    if (this.#order.isWhole && !this.#isTold) {
      this.#isTold = true;
      const { gang, notes = [] } = this.#spec;
      this.#tell({ kind: 'running', at: this.#clock.now(), ...(gang && { address: addressOf(gang) }), notes });
    }
    for (const index of ready) this.#beginOne(index);
    for (const { index, why } of hopeless) this.#containers[index]?.lose(`CannotStartContainerError: ${why}`);
  }

  #beginOne(index: number): void {
    this.#containers[index]?.begin();
    const patience = this.#spec.containers[index]?.startTimeout;
    if (patience === undefined) return;
    const overdue = this.#clock.after(patience, () => {
      this.#order.overdue(index);
      this.#goOn();
    });
    this.#cancelOverdue.push(overdue);
  }

  #terminate(): void {
    for (const index of this.#order.takeRest()) this.#containers[index]?.lose();
    for (const container of this.#containers) container.terminate();
  }

  #killAfter(asked: Milliseconds): void {
    if (this.#state === 'ended') return;
    for (const [index, container] of this.#containers.entries())
      this.#killOneAfter(container, graceOf(this.#spec, index, asked));
  }

  #killOneAfter(container: MockContainer, grace: Milliseconds): void {
    const killAt = this.#clock.monotonic() + grace;
    if (killAt >= (this.#killAt.get(container) ?? Number.POSITIVE_INFINITY)) return;
    this.#killAt.set(container, killAt);
    this.#cancelKills.get(container)?.();
    this.#cancelKills.set(
      container,
      this.#clock.after(grace, () => container.kill()),
    );
  }

  #cancelTimers(): void {
    this.#cancelBegin();
    for (const cancel of [...this.#cancelKills.values(), ...this.#cancelOverdue]) cancel();
  }

  /** With an essential one the others go, and with the last the task. */
  #onEnd(container: MockContainer): void {
    const index = this.#containers.indexOf(container);
    this.#order.ended(index, container.outcome?.exitCode === 0);
    if (!container.isEssential) this.#goOn();
    if (this.#cause === undefined && container.isEssential) {
      if (this.#behaviour.lost) {
        this.#endAs('lost');
        return;
      }
      this.#cause = this.#isTold ? 'exited' : 'failed-to-start';
      this.#terminate();
      this.#killAfter(this.#spec.stopGrace);
    }
    if (this.#containers.every(({ outcome }) => outcome)) this.#end(this.#cause ?? 'exited', this.#clock.now());
  }

  /** At once, without exit codes. */
  #endAs(cause: 'lost' | 'failed-to-start', reason?: string): void {
    this.#cause = cause;
    for (const container of this.#containers) container.lose(reason);
    this.#end(cause, this.#clock.now());
  }

  #end(cause: EndCause, at: EpochMilliseconds): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#cancelTimers();
    const statusReason = cause === 'lost' ? lostReason(this.#instanceId) : statusReasons[cause];
    const outcomes = this.#containers.flatMap(({ outcome }) => outcome ?? []);
    const containers = cause === 'lost' ? outcomes.map(({ exitCode: _, ...outcome }) => outcome) : outcomes;
    this.#tell({ kind: 'ended', at, cause, statusReason, containers, notes: this.#spec.notes ?? [] });
  }

  #write(): void {
    const { output = [] } = this.#behaviour;
    for (const { log } of this.#spec.containers) {
      if (!log || output.length === 0) continue;
      const writer = SegmentWriter.open(streamDirectory(this.#logRoot, log.stream));
      for (const line of output) writer.append(this.#clock.now(), Buffer.from(line));
      writer.close();
    }
  }

  #tell(event: EventBody): void {
    this.#sequence += 1;
    this.#report({ ...event, taskId: this.#spec.taskId, sequence: this.#sequence });
  }
}

/** The nodes of each gang have a network of their own, the same for all of them. */
function addressOf({ index }: GangMember): string {
  return `10.231.${Math.floor(index / 250)}.${(index % 250) + 2}`;
}

/** What a container does: what is said of it alone, else what is said of all. */
function containerBehaviour({ containers, ...all }: MockBehaviour, name: string): MockBehaviour {
  return { ...all, ...containers?.[name] };
}

type EventBody = {
  [Kind in EngineEvent['kind']]: Omit<Extract<EngineEvent, { kind: Kind }>, 'taskId' | 'sequence'>;
}[EngineEvent['kind']];
