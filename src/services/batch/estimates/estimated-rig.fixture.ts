import assert from 'node:assert/strict';
import type { JobId, Milliseconds } from '../../../core/ids.ts';
import { parseJobId } from '../../../core/job.ts';
import type { JobPlan } from '../yard/job-plan.fixture.ts';
import { Rig, type RigOptions } from '../yard/yard.fixture.ts';
import type { StartEstimate } from './start-estimate.ts';
import { type EstimateBudget, StartEstimates } from './start-estimates.ts';

export const second: Milliseconds = 1_000;

/** A server whose jobs of definition `s<n>:1` run for n seconds, and what estimates say of it. */
export class EstimatedRig {
  readonly rig: Rig;
  readonly #estimates: StartEstimates;

  private constructor(rig: Rig, budget: EstimateBudget | undefined) {
    this.rig = rig;
    this.#estimates = new StartEstimates({
      stateFor: (reference) => rig.yard.stateFor(reference),
      reads: rig.store.reads,
      clock: rig.clock,
      ...(budget && { budget }),
    });
  }

  static async open(options: RigOptions = {}, budget?: EstimateBudget): Promise<EstimatedRig> {
    return new EstimatedRig(await Rig.open(options), budget);
  }

  /** A job whose attempts run for so many seconds. */
  submit(seconds: number, plan: JobPlan = {}): JobId {
    const behaviour = { runFor: seconds * second };
    return this.rig.submit({ definition: `s${seconds}:1`, behaviour, ...plan });
  }

  /** From now on it is known how long jobs of so many seconds run. */
  async learn(seconds: readonly number[], plan: JobPlan = {}): Promise<void> {
    const jobs = seconds.map((each) => this.submit(each, plan));
    for (let waited = 0; jobs.some((jobId) => this.rig.yard.active(jobId)); waited += 1) {
      assert.ok(waited < 1_000, 'what is to be learnt from never ends');
      await this.pass(1);
    }
  }

  /** Second by second, so that what ends is followed at once. */
  async pass(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed += 1) await this.rig.pass(second);
    await this.rig.settle();
  }

  async settle(): Promise<void> {
    await this.rig.pass(0);
    await this.rig.pass(0);
  }

  of(jobId: JobId): Promise<StartEstimate> {
    return this.#estimates.of(jobId);
  }

  /** In how many seconds it is expected to start. */
  async secondsUntil(jobId: JobId): Promise<number> {
    const estimate = await this.of(jobId);
    assert.equal(estimate.kind, 'estimated', JSON.stringify(estimate));
    return (estimate.at - this.rig.clock.now()) / second;
  }

  /** In how many seconds it does start, if within so many. */
  async waitsFor(jobId: JobId, most: number): Promise<number | undefined> {
    for (let seconds = 0; seconds <= most; seconds += 1) {
      if (this.hasBegun(jobId)) return seconds;
      await this.pass(1);
    }
    return undefined;
  }

  /** Whether a job, or a child of one, has begun to start. */
  hasBegun(id: JobId): boolean {
    const { jobId, childIndex } = parseJobId(id);
    if (childIndex !== undefined) return !['PENDING', 'RUNNABLE'].includes(this.rig.yard.explain(id)?.status ?? '');
    const { counts } = this.rig.yard.childCounts(jobId) ?? {};
    if (counts) return (counts.STARTING ?? 0) + (counts.RUNNING ?? 0) + (counts.SUCCEEDED ?? 0) > 0;
    return !['PENDING', 'RUNNABLE'].includes(this.rig.yard.active(jobId)?.state.status ?? '');
  }

  /** How much of a job has ended: of an array how many children. */
  endedOf(id: JobId): number {
    const { counts } = this.rig.yard.childCounts(id) ?? {};
    return (counts?.SUCCEEDED ?? 0) + (this.rig.yard.active(id) ? 0 : 1);
  }

  /** All that decides when a job starts, and what the store has been told. */
  digest(jobId: JobId): string {
    return JSON.stringify([this.rig.yard.stateFor(parseJobId(jobId)), this.rig.store.commits]);
  }
}
