import type { CancelTimer } from '../../../core/clock.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { ContainerUsage } from '../../task-usage.ts';
import type { Beginning, Entrance } from '../entering/entrance.ts';
import { errorWords, isShortage, startFailureWords } from '../errors.ts';
import { processLimits } from '../limits.ts';
import type { ContainerPlan } from '../plan/container-plan.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { removeScratch } from '../task/scratch.ts';
import type { ContainerRecord } from '../task/task-files.ts';
import { type ContainerEnd, ContainerRun } from './container-run.ts';
import type { RunnerResources } from './launch-container.ts';

/** What a task hears of a container that is launched again. */
export interface TriesHeard {
  /** Its launcher has failed, and is to be tried again. */
  readonly onFailed: () => void;
  /** Another launcher waits for `go`, and must be on record before it has it. What this throws is a failed try. */
  readonly onLaunched: () => void;
}

/**
 * One container from its first launcher to its end. A launcher that fails before the command has begun, of what may have passed
 * a moment later, is followed by another one: neither a race nor a shortage of ours is a job's failure. It is let go only
 * once, whatever the number of launchers, since all before the last have run nothing.
 */
export class TriedContainer {
  /** Resolves once everything of the container has ended and its output is written. Never rejects. */
  readonly ended: Promise<ContainerEnd>;
  readonly #plan: ContainerPlan;
  readonly #resources: RunnerResources;
  readonly #heard: TriesHeard;
  readonly #launch: () => ContainerRun;
  #run: ContainerRun;
  #tries = 1;
  #isToEnd = false;
  #isOver = false;
  #endPause: (() => void) | undefined;

  /** Launches it for the first time. Throws as `ContainerRun` does. */
  constructor(plan: ContainerPlan, name: string, config: RunnerConfig, resources: RunnerResources, heard: TriesHeard) {
    this.#plan = plan;
    this.#resources = resources;
    this.#heard = heard;
    this.#launch = () => new ContainerRun(plan, name, config, resources);
    this.#run = this.#launch();
    this.ended = this.#toTheEnd().finally(() => {
      this.#isOver = true;
    });
  }

  /** Of the launcher that there is now. */
  get record(): ContainerRecord {
    return this.#run.record;
  }

  /** Its command runs. Of one that is launched, or launched anew, that is not so yet; of one that is over not any more. */
  get progress(): 'begins' | 'runs' | 'over' {
    if (this.#isOver) return 'over';
    return this.#run.runs ? 'runs' : 'begins';
  }

  /** What it uses while it runs. */
  usageNow(): ContainerUsage | undefined {
    return this.#run.usageNow();
  }

  /** How to come in beside its command, while that runs. */
  entrance(): Entrance | Beginning | undefined {
    return this.#run.entrance();
  }

  /** Lets the launcher go on to the command, and gives it the environment. */
  go(at: EpochMilliseconds): void {
    this.#run.go(at);
  }

  /** Closes the pipe without `go`: the launcher leaves and nothing has run. */
  abandon(): void {
    this.#run.abandon();
  }

  /** As `abandon`, and it ends for this reason. */
  skip(reason: string): void {
    this.#run.skip(reason);
  }

  /** SIGTERM to the job's own first process. One that waits for another launcher ends at once. */
  terminate(): void {
    this.#toEnd();
    this.#run.terminate();
  }

  /** SIGKILL to everything. */
  kill(): void {
    this.#toEnd();
    this.#run.kill();
  }

  #toEnd(): void {
    this.#isToEnd = true;
    this.#endPause?.();
  }

  async #toTheEnd(): Promise<ContainerEnd> {
    const failures = new Set<string>();
    for (;;) {
      const end = await this.#run.ended;
      const failure = end.passing;
      if (failure === undefined) return this.#withNote(end, failures);
      failures.add(failure);
      if (this.#tries === processLimits.launchTries) return this.#gaveUp(end);
      this.#heard.onFailed();
      const lastWords = await this.#again(failures);
      if (lastWords !== undefined) return this.#neverBegan(end, lastWords.reason);
    }
  }

  /** Launches it once more, after pauses that grow. Answers why it will not be, if so; a container told to end has no reason. */
  async #again(failures: Set<string>): Promise<{ readonly reason?: string } | undefined> {
    for (;;) {
      await this.#pause(processLimits.launchPauseMs * 2 ** (this.#tries - 1));
      if (this.#isToEnd) return {};
      this.#tries += 1;
      try {
        await removeScratch(this.#plan.scratch.root);
        // Told while that took its time.
        if (this.#isToEnd) return {};
        await this.#relaunch();
        return undefined;
      } catch (error) {
        failures.add(errorWords(error));
        const reason = startFailureWords(error);
        if (!isShortage(error)) return { reason };
        if (this.#tries === processLimits.launchTries) return { reason: this.#tried(reason) };
      }
    }
  }

  async #relaunch(): Promise<void> {
    const before = this.#run;
    this.#run = this.#launch();
    try {
      this.#heard.onLaunched();
    } catch (error) {
      const unrecorded = this.#run;
      this.#run = before;
      unrecorded.abandon();
      await unrecorded.ended;
      throw error;
    }
    this.#run.go(this.#resources.clock.now());
  }

  #pause(length: number): Promise<void> {
    return new Promise((resolve) => {
      let cancel: CancelTimer | undefined;
      const over = () => {
        cancel?.();
        this.#endPause = undefined;
        resolve();
      };
      this.#endPause = over;
      cancel = this.#resources.clock.after(length, over);
    });
  }

  #withNote(end: ContainerEnd, failures: ReadonlySet<string>): ContainerEnd {
    if (this.#tries === 1) return end;
    const note = `the sandbox of ${this.#plan.name} was set up at try ${this.#tries}: ${[...failures].join('; ')}`;
    return { ...end, notes: [...end.notes, note] };
  }

  #gaveUp(end: ContainerEnd): ContainerEnd {
    return this.#neverBegan(end, this.#tried(end.outcome.reason ?? ''));
  }

  #tried(reason: string): string {
    return `${reason} (tried ${this.#tries} times)`;
  }

  #neverBegan({ outcome: { reason: _reason, ...outcome }, notes }: ContainerEnd, reason: string | undefined) {
    return { began: false, notes, outcome: { ...outcome, ...(reason === undefined ? {} : { reason }) } };
  }
}
