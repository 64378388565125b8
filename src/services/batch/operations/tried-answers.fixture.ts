import assert from 'node:assert/strict';
import type { Bench } from '../batch.fixture.ts';

// What AWS answered when rules were broken there on purpose: rules/batch in badmintoncryer/cdk-preflight, each by its name there.

export interface Tried {
  /** Without the `pf-batch-` that all begin with. */
  readonly rule: string;
  readonly input: object;
  readonly words: string;
}

/** Sends each input, and compares what is refused with what AWS said; all are in its usual frame. */
export async function refusedAsTried(bench: Bench, operation: string, tried: readonly Tried[]): Promise<void> {
  for (const { rule, input, words } of tried) {
    const message = `Error executing request, Exception : ${words}, RequestId: request-1`;
    await assert.rejects(bench.call(operation, input), { code: 'ClientException', message }, rule);
  }
}
