import type { Scope } from '../../../core/arn.ts';
import type { MapRunRecord, StoredExecution, StoreReads } from '../../../store/index.ts';
import { readArn } from '../names.ts';
import { invalidArn, noExecution, noResource } from '../refusals.ts';
import type { ExecutionService } from './executions.ts';

/** What the operations on executions work with. */
export interface ExecutionRuntime {
  readonly executions: ExecutionService;
}

export function readsOf({ executions }: ExecutionRuntime): StoreReads {
  return executions.options.ledger.store.reads;
}

/** A Standard execution. Throws `InvalidArn`, `ExecutionDoesNotExist`. */
export async function findExecution(runtime: ExecutionRuntime, scope: Scope, arn: string): Promise<StoredExecution> {
  readArn(scope, arn, 'execution');
  return (await readsOf(runtime).execution(scope, arn)) ?? noExecution(arn);
}

/**
 * One that can be described: a Standard execution, or an Express one that a map run dispatched (API reference,
 * DescribeExecution). Throws `InvalidArn`, `ExecutionDoesNotExist`.
 */
export async function findDescribed(runtime: ExecutionRuntime, scope: Scope, arn: string): Promise<StoredExecution> {
  const named = readArn(scope, arn, 'execution', 'express');
  if (named.kind === 'express' && named.label === undefined) {
    return invalidArn('Resource type not valid in this context: express');
  }
  return (await readsOf(runtime).execution(scope, arn)) ?? noExecution(arn);
}

/** Throws `InvalidArn`, `ResourceNotFound`. */
export async function findMapRun(runtime: ExecutionRuntime, scope: Scope, arn: string): Promise<MapRunRecord> {
  readArn(scope, arn, 'mapRun');
  return (await readsOf(runtime).mapRun(scope, arn)) ?? noResource(arn);
}
