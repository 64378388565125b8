import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { Operation } from '../../../core/operation.ts';
import { batchyardOperation } from '../operation.ts';
import { refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';

export interface CreateBackupInput {
  /** Absolute, on the server's machine; must not exist. */
  readonly directory: string;
}

export interface CreateBackupOutput {
  readonly directory: string;
  /** What it has not, in words. */
  readonly lacks: readonly string[];
}

/** Writes a backup of the data directory while the server runs. */
export function createBackup(runtime: BatchRuntime): Operation<CreateBackupInput, CreateBackupOutput> {
  return batchyardOperation(runtime, {
    schema: z.object({ directory: z.string().min(1).max(4096) }),
    readOnly: true,
    access: () => [{ action: 'batchyard:CreateBackup', resource: '*' }],
    audit: 'management',
    handler: async ({ directory }) => {
      if (!isAbsolute(directory)) return refuse(`directory must be an absolute path, not ${directory}`);
      const outcome = await runtime.installation.backUp(directory);
      return 'refusal' in outcome ? refuse(outcome.refusal) : { directory, lacks: outcome.lacks };
    },
  });
}
