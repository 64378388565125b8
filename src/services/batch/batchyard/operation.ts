import type { Operation } from '../../../core/operation.ts';
import type { BatchRuntime } from '../runtime.ts';

/** An operation of this service brings its region to life, like Batch's. */
export function batchyardOperation<Input, Output>(
  runtime: BatchRuntime,
  operation: Omit<Operation<Input, Output>, 'kind'>,
): Operation<Input, Output> {
  return {
    kind: 'operation',
    ...operation,
    handler: (input, context, refused) => {
      runtime.regions.ensure(context);
      return operation.handler(input, context, refused);
    },
  };
}
