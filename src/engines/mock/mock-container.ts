import { constants } from 'node:os';
import type { CancelTimer, Clock } from '../../core/clock.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import type { ContainerOutcome } from '../../core/job.ts';
import type { ContainerSpec } from '../contract.ts';
import type { MockContainerBehaviour } from './script.ts';

interface Ending {
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  readonly reason?: string;
}

/** One container of a mock task: plays its behaviour on the clock. */
export class MockContainer {
  readonly #spec: ContainerSpec;
  readonly #behaviour: MockContainerBehaviour;
  readonly #clock: Clock;
  readonly #onEnd: (container: MockContainer) => void;
  #startedAt: EpochMilliseconds | undefined;
  #outcome: ContainerOutcome | undefined;
  /** By the monotonic clock. */
  #dueAt = Number.POSITIVE_INFINITY;
  #cancelNext: CancelTimer | undefined;

  constructor(
    spec: ContainerSpec,
    behaviour: MockContainerBehaviour,
    clock: Clock,
    onEnd: (container: MockContainer) => void,
  ) {
    this.#spec = spec;
    this.#behaviour = behaviour;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  get isEssential(): boolean {
    return this.#spec.essential;
  }

  /** Undefined while it has not ended. */
  get outcome(): ContainerOutcome | undefined {
    return this.#outcome;
  }

  begin(): void {
    this.#startedAt = this.#clock.now();
    const { runFor = 0 } = this.#behaviour;
    if (runFor === 'until-stopped') return;
    this.#dueAt = this.#clock.monotonic() + runFor;
    this.#cancelNext = this.#clock.after(runFor, () => this.#finish());
  }

  /** SIGTERM. One whose own end is due now ends so. */
  terminate(): void {
    const { onTerminate } = this.#behaviour;
    if (this.#outcome) return;
    if (this.#dueAt <= this.#clock.monotonic()) this.#finish();
    else if (onTerminate === undefined) this.#exit({ signal: 'SIGTERM' });
    else if (onTerminate !== 'ignore') {
      this.#cancelNext?.();
      const { exitCode, after = 0 } = onTerminate;
      this.#cancelNext = this.#clock.after(after, () => this.#exit({ exitCode }));
    }
  }

  /** SIGKILL, whether it has begun or not. */
  kill(): void {
    this.#exit({ signal: 'SIGKILL' });
  }

  /** It ends without exit code: it never began, or nobody saw its end. */
  lose(reason?: string): void {
    this.#end(reason === undefined ? {} : { reason });
  }

  #finish(): void {
    const { exitCode, signal, reason } = this.#behaviour;
    this.#exit({
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(signal === undefined ? {} : { signal }),
      ...(reason === undefined ? {} : { reason }),
    });
  }

  #exit({ exitCode, signal, reason }: Ending): void {
    const { cpuSeconds, peakMemoryBytes } = this.#behaviour;
    this.#end({
      exitCode: exitCode ?? (signal === undefined ? 0 : 128 + constants.signals[signal]),
      ...(signal === undefined ? {} : { signal }),
      ...(reason === undefined ? {} : { reason }),
      ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
      ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }),
    });
  }

  #end(how: Partial<ContainerOutcome>): void {
    if (this.#outcome) return;
    this.#cancelNext?.();
    const startedAt = this.#startedAt;
    this.#outcome = {
      name: this.#spec.name,
      ...(startedAt === undefined ? {} : { startedAt }),
      stoppedAt: this.#clock.now(),
      ...how,
    };
    this.#onEnd(this);
  }
}
