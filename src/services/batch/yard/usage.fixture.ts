import assert from 'node:assert/strict';
import type { Scope } from '../../../core/arn.ts';
import type { StoredJob, StoreReads } from '../../../store/index.ts';

/** The sums of usage are those of the attempts that have ended, of single jobs, whatever failed meanwhile. */
export async function checkUsage(reads: StoreReads, scope: Scope, jobs: readonly StoredJob[]): Promise<void> {
  const rows = await reads.usage({ scope, from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10_000 });
  const ended = jobs.flatMap(({ record }) => {
    const attempts = record.kind === 'single' ? record.state.attempts : assert.fail(record.kind);
    return attempts.map(({ startedAt, stoppedAt }) => {
      const seconds = Math.max(0, stoppedAt - (startedAt ?? stoppedAt)) / 1_000;
      return { seconds, vcpuSeconds: seconds * record.resources.vcpus };
    });
  });
  const sum = (numbers: readonly number[]) => Math.round(numbers.reduce((total, each) => total + each, 0) * 1_000);
  assert.equal(sum(rows.map(({ attempts }) => attempts)), ended.length * 1_000, 'attempts in usage');
  for (const name of ['seconds', 'vcpuSeconds'] as const) {
    assert.equal(sum(rows.map((row) => row[name])), sum(ended.map((attempt) => attempt[name])), `${name} of usage`);
  }
}
