import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { ContainerUsage } from '../../task-usage.ts';
import type { CgroupUsage } from '../host/cgroups.ts';
import { treeOf, usageOf } from '../host/proc.ts';
import { processLimits } from '../limits.ts';

/**
 * Measures a container where there are no control groups: once a second, CPU time and peak memory of the processes that
 * descend from its launcher. What began and ended between two looks is counted only as far as its parent waited for it,
 * and a container shorter than a second is not measured.
 */
export class UsageSampler {
  readonly #pid: number;
  readonly #clock: Clock;
  #cpuSeconds: number | undefined;
  #peakBytes = 0;
  #heldBytes = 0;
  #at: EpochMilliseconds;
  #cancel: CancelTimer;

  constructor(pid: number, clock: Clock) {
    this.#pid = pid;
    this.#clock = clock;
    this.#at = clock.now();
    this.#cancel = clock.after(processLimits.sampleEveryMs, () => this.#sample());
  }

  stop(): void {
    this.#cancel();
  }

  usage(): CgroupUsage {
    if (this.#cpuSeconds === undefined) return {};
    return { cpuSeconds: this.#cpuSeconds, peakMemoryBytes: this.#peakBytes };
  }

  /** What it used, and held, at the last look. */
  now(): Omit<ContainerUsage, 'name'> {
    const { cpuSeconds } = this.usage();
    if (cpuSeconds === undefined) return { at: this.#at };
    return { at: this.#at, ...this.usage(), memoryBytes: this.#heldBytes };
  }

  #sample(): void {
    this.#at = this.#clock.now();
    const found = treeOf(this.#pid).flatMap((pid) => usageOf(pid) ?? []);
    const cpuSeconds = found.reduce((sum, { cpuSeconds: each }) => sum + each, 0);
    this.#cpuSeconds = Math.max(this.#cpuSeconds ?? 0, cpuSeconds);
    this.#peakBytes = Math.max(
      this.#peakBytes,
      found.reduce((sum, { peakBytes }) => sum + peakBytes, 0),
    );
    this.#heldBytes = found.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
    this.#cancel = this.#clock.after(processLimits.sampleEveryMs, () => this.#sample());
  }
}
