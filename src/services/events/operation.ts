import type { ZodType } from 'zod';
import type { Scope } from '../../core/arn.ts';
import { type AccessRequest, defineOperation, type Operation, type RequestContext } from '../../core/operation.ts';
import type { EventsRuntime } from './managed-rule.ts';
import { ruleArn } from './names.ts';

/** One operation of EventBridge, before it is given what it works with. */
interface EventsOperation<Input, Output> {
  readonly schema: ZodType<Input>;
  readonly readOnly: boolean;
  readonly access: (input: Input, context: RequestContext) => readonly AccessRequest[];
  readonly handler: (runtime: EventsRuntime, input: Input, context: RequestContext) => Output;
}

/** Declares an operation of EventBridge: like `defineOperation`, with the service's runtime handed to the handler. */
export function eventsOperation<SdkInput, SdkOutput>() {
  type Output = Omit<SdkOutput, '$metadata'>;
  return <Input extends SdkInput>(parts: EventsOperation<Input, Output>) =>
    (runtime: EventsRuntime): Operation<Input, Output> =>
      defineOperation<SdkInput, SdkOutput>()<Input>({
        ...parts,
        handler: (input, context) => parts.handler(runtime, input, context),
      });
}

/** Access to an action that has no resource-level permissions. */
export function anyResource(action: string): () => readonly AccessRequest[] {
  return () => [{ action: `events:${action}`, resource: '*' }];
}

/** Access to a rule of the bus that `bus` names. */
export function ruleAccess(
  action: string,
  scope: Scope,
  name: string,
  bus: string | undefined,
): readonly AccessRequest[] {
  return [{ action: `events:${action}`, resource: ruleArn(scope, name, bus) }];
}
