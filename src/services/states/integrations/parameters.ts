import type { JsonObject } from '../../../asl/index.ts';
import { invariant } from '../../../core/errors.ts';
import { type Integration, toServiceInput } from '../apis/index.ts';
import type { ServiceCall } from './task-run.ts';

/** The members of the service's input. The step that scheduled the task has seen that its arguments fit. */
export function serviceInput(integration: Integration, { arguments: given }: ServiceCall): JsonObject {
  const input = toServiceInput(integration, given);
  invariant(typeof input === 'object' && input !== null && !Array.isArray(input), 'what a call is given is an object');
  return input as JsonObject;
}
