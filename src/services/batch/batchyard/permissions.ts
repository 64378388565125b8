import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Operation } from '../../../core/operation.ts';
import { batchyardOperation } from '../operation.ts';
import { consolePermissionRecords } from '../records.ts';
import type { BatchRuntime } from '../runtime.ts';

/** What the console may do in an account and region, as its Permissions page shows it (spec 01 §18). */
interface ConsolePermissions {
  /** It may read the logs of jobs. Nobody has said so at first. */
  readonly jobLogs: boolean;
  /** Absent while nobody has said anything. */
  readonly changedAt?: EpochMilliseconds;
  /** ARN of who said it last. */
  readonly changedBy?: string;
}

interface UpdatePermissionsInput {
  readonly jobLogs: boolean;
}

/** Tells what the console may do. */
export function describePermissions(runtime: BatchRuntime): Operation<Record<string, never>, ConsolePermissions> {
  return batchyardOperation(runtime, {
    schema: z.object({}),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:DescribePermissions', resource: '*' }],
    handler: (_, context): ConsolePermissions => {
      const record = runtime.ledger.get(consolePermissionRecords, scopeOf(context));
      if (!record) return { jobLogs: false };
      const { jobLogs, changedAt, changedBy } = record;
      return { jobLogs, changedAt, changedBy };
    },
  });
}

/** Gives leave to the console, or takes it back. */
export function updatePermissions(runtime: BatchRuntime): Operation<UpdatePermissionsInput, ConsolePermissions> {
  return batchyardOperation(runtime, {
    schema: z.object({ jobLogs: z.boolean() }),
    readOnly: false,
    audit: 'management',
    access: () => [{ action: 'batchyard:UpdatePermissions', resource: '*' }],
    handler: ({ jobLogs }, context) => {
      const permissions = { jobLogs, changedAt: runtime.clock.now(), changedBy: context.principal.arn };
      runtime.ledger.transact((transaction) =>
        transaction.put(consolePermissionRecords, { ...scopeOf(context), ...permissions }),
      );
      return permissions;
    },
  });
}
