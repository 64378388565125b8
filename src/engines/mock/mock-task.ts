import { constants } from 'node:os';
import type { CancelTimer, Clock } from '../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import type { ContainerOutcome } from '../../core/job.ts';
import { SegmentWriter } from '../../segments/index.ts';
import type { EndCause, EngineEvent, RecoveredTask, TaskOrigin, TaskSpec } from '../contract.ts';
import { streamDirectory } from '../log-root.ts';
import type { MockBehaviour } from './script.ts';

interface Ending {
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  readonly reason?: string;
}

const statusReasons: Record<Exclude<EndCause, 'lost'>, string> = {
  exited: 'Essential container in task exited',
  stopped: 'Task stopped by request',
  'failed-to-start': 'Task failed to start',
};

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
  #state: Exclude<RecoveredTask['state'], 'tombstone'> = 'claimed';
  #startedAt: EpochMilliseconds | undefined;
  #sequence = 0;
  #stopAsked = false;
  #cancelNext: CancelTimer;
  #cancelKill: CancelTimer | undefined;
  #killAt = Number.POSITIVE_INFINITY;

  constructor({ spec, behaviour, clock, instanceId, logRoot, report }: MockTaskOptions) {
    this.#spec = spec;
    this.#behaviour = behaviour;
    this.#clock = clock;
    this.#instanceId = instanceId;
    this.#logRoot = logRoot;
    this.#report = report;
    this.#cancelNext = clock.after(behaviour.startDelay ?? 0, () => this.#begin());
  }

  get origin(): TaskOrigin | undefined {
    return this.#spec.origin;
  }

  get state(): Exclude<RecoveredTask['state'], 'tombstone'> {
    return this.#state;
  }

  /** SIGTERM, and SIGKILL `grace` ms after the first call, or sooner. */
  stop(grace: Milliseconds): void {
    if (this.#state === 'ended') return;
    if (!this.#stopAsked && this.#state === 'running') this.#terminate();
    this.#stopAsked = true;
    const killAt = this.#clock.monotonic() + grace;
    if (this.#hasEnded() || killAt >= this.#killAt) return;
    this.#killAt = killAt;
    this.#cancelKill?.();
    this.#cancelKill = this.#clock.after(grace, () => this.#end('stopped', { signal: 'SIGKILL' }));
  }

  /** The engine dies, and the task with it; one that had not begun is as if it had never been, and answers false. */
  lose(): boolean {
    if (this.#state === 'ended') return true;
    const hadBegun = this.#state === 'running';
    if (hadBegun) this.#end('lost', {});
    this.#cancelNext();
    return hadBegun;
  }

  /** A method: the type checker would take the state for what it was before SIGTERM. */
  #hasEnded(): boolean {
    return this.#state === 'ended';
  }

  #begin(): void {
    const { startError, runFor = 0 } = this.#behaviour;
    if (startError !== undefined) {
      this.#end('failed-to-start', { reason: startError });
      return;
    }
    this.#state = 'running';
    this.#startedAt = this.#clock.now();
    this.#write();
    this.#tell({ kind: 'running', at: this.#startedAt, notes: this.#spec.notes ?? [] });
    if (runFor !== 'until-stopped') this.#cancelNext = this.#clock.after(runFor, () => this.#finish());
    if (this.#stopAsked) this.#terminate();
  }

  #terminate(): void {
    const { onTerminate } = this.#behaviour;
    if (onTerminate === 'ignore') return;
    if (onTerminate === undefined) {
      this.#end('stopped', { signal: 'SIGTERM' });
      return;
    }
    this.#cancelNext();
    const { exitCode } = onTerminate;
    this.#cancelNext = this.#clock.after(onTerminate.after ?? 0, () => this.#end('stopped', { exitCode }));
  }

  #finish(): void {
    const { exitCode, signal, reason, lost } = this.#behaviour;
    if (lost) this.#end('lost', {});
    else {
      const code = exitCode === undefined ? {} : { exitCode };
      const by = signal === undefined ? {} : { signal };
      this.#end(this.#stopAsked ? 'stopped' : 'exited', {
        ...code,
        ...by,
        ...(reason === undefined ? {} : { reason }),
      });
    }
  }

  #end(cause: EndCause, ending: Ending): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#cancelNext();
    this.#cancelKill?.();
    const at = this.#clock.now();
    const statusReason =
      cause === 'lost' ? `Host EC2 (instance ${this.#instanceId}) terminated.` : statusReasons[cause];
    const containers = this.#spec.containers.map(({ name }) => this.#outcome(name, at, cause, ending));
    this.#tell({ kind: 'ended', at, cause, statusReason, containers, notes: this.#spec.notes ?? [] });
  }

  #outcome(name: string, stoppedAt: EpochMilliseconds, cause: EndCause, ending: Ending): ContainerOutcome {
    const { cpuSeconds, peakMemoryBytes, exitCodes = {} } = this.#behaviour;
    const ran = cause === 'exited' || cause === 'stopped';
    const byDefault = ending.signal === undefined ? 0 : 128 + constants.signals[ending.signal];
    return {
      name,
      ...(this.#startedAt === undefined ? {} : { startedAt: this.#startedAt }),
      stoppedAt,
      ...(ran ? { exitCode: (cause === 'exited' ? exitCodes[name] : undefined) ?? ending.exitCode ?? byDefault } : {}),
      ...(ending.signal === undefined ? {} : { signal: ending.signal }),
      ...(ending.reason === undefined ? {} : { reason: ending.reason }),
      ...(ran && cpuSeconds !== undefined ? { cpuSeconds } : {}),
      ...(ran && peakMemoryBytes !== undefined ? { peakMemoryBytes } : {}),
    };
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

type EventBody = {
  [Kind in EngineEvent['kind']]: Omit<Extract<EngineEvent, { kind: Kind }>, 'taskId' | 'sequence'>;
}[EngineEvent['kind']];
