import { z } from 'zod';
import type { Operation } from '../../../core/operation.ts';
import type { CatalogueFile } from '../../../instance-types/index.ts';
import { batchyardOperation } from '../operation.ts';
import type { BatchRuntime } from '../runtime.ts';

export interface DescribeInstanceTypesOutput {
  /** As a file of the option `instanceTypes` has it. */
  readonly catalogue: CatalogueFile;
}

/** The whole catalogue of instance types, prices and what names stand for included: that of EC2 has no prices. */
export function describeInstanceTypes(
  runtime: BatchRuntime,
): Operation<Record<string, never>, DescribeInstanceTypesOutput> {
  return batchyardOperation(runtime, {
    schema: z.object({}),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:DescribeInstanceTypes', resource: '*' }],
    handler: () => ({ catalogue: runtime.instanceTypes().file }),
  });
}
