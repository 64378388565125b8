import assert from 'node:assert/strict';
import type { Scope } from '../../../core/arn.ts';
import type { Leaf, ResourceRequest } from '../../../core/job.ts';
import type { StoreReads } from '../../../store/index.ts';

/** Who has had attempts: single jobs, children and nodes. */
interface Tried {
  /** What it asks for. */
  readonly request: ResourceRequest;
  readonly state: Pick<Leaf, 'attempts'>;
}

/** The sums of usage are those of the attempts that have ended, whatever failed meanwhile. */
export async function checkUsage(reads: StoreReads, scope: Scope, tried: readonly Tried[]): Promise<void> {
  const rows = await reads.usage({ scope, from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10_000 });
  const ended = tried.flatMap(({ request, state }) =>
    state.attempts.map(({ startedAt, stoppedAt }) => {
      const seconds = Math.max(0, stoppedAt - (startedAt ?? stoppedAt)) / 1_000;
      return { seconds, vcpuSeconds: seconds * request.vcpus };
    }),
  );
  const sum = (numbers: readonly number[]) => Math.round(numbers.reduce((total, each) => total + each, 0) * 1_000);
  assert.equal(sum(rows.map(({ attempts }) => attempts)), ended.length * 1_000, 'attempts in usage');
  for (const name of ['seconds', 'vcpuSeconds'] as const) {
    assert.equal(sum(rows.map((row) => row[name])), sum(ended.map((attempt) => attempt[name])), `${name} of usage`);
  }
}
