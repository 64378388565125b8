import type { ZodType } from 'zod';
import type { Scope } from '../../core/arn.ts';
import { type AccessRequest, defineOperation, type Operation, type RequestContext } from '../../core/operation.ts';
import { parseStatesArn, stateMachineArn } from './names.ts';

/** One operation of Step Functions, before it is given what it works with. */
interface StatesOperation<Runtime, Input, Output> {
  readonly schema: ZodType<Input>;
  readonly readOnly: boolean;
  readonly access: (input: Input, context: RequestContext) => readonly AccessRequest[];
  readonly handler: (runtime: Runtime, input: Input, context: RequestContext) => Output | Promise<Output>;
}

/**
 * Declares an operation of Step Functions: like `defineOperation`, with what the part works with handed to the handler:
 * `statesOperation<Runtime, SdkInput, SdkOutput>()({...})(runtime)`.
 */
export function statesOperation<Runtime, SdkInput, SdkOutput>() {
  type Output = Omit<SdkOutput, '$metadata'>;
  return <Input extends SdkInput>(parts: StatesOperation<Runtime, Input, Output>) =>
    (runtime: Runtime): Operation<Input, Output> =>
      defineOperation<SdkInput, SdkOutput>()<Input>({
        schema: parts.schema,
        readOnly: parts.readOnly,
        access: parts.access,
        handler: (input, context) => parts.handler(runtime, input, context),
      });
}

/** Access to an action that has no resource-level permissions. */
export function anyResource(action: string): () => readonly AccessRequest[] {
  return () => [{ action: `states:${action}`, resource: '*' }];
}

/** Access to the resource that `arn` names, as it is. */
export function resourceAccess(action: string, arn: string): readonly AccessRequest[] {
  return [{ action: `states:${action}`, resource: arn }];
}

/**
 * Access to a state machine. AWS asks about the machine itself, whatever version, alias or label the ARN has, and gives
 * version or alias as a condition key (developer guide, "Authorization for versions and aliases").
 */
export function machineAccess(action: string, scope: Scope, arn: string): readonly AccessRequest[] {
  const named = parseStatesArn(arn);
  if (named?.kind !== 'version' && named?.kind !== 'alias') return resourceAccess(action, arn);
  const qualifier = named.kind === 'version' ? String(named.version) : named.alias;
  return [
    {
      action: `states:${action}`,
      resource: stateMachineArn(scope, named.machine),
      conditions: { 'states:StateMachineQualifier': [qualifier] },
    },
  ];
}

/** The account and region of a call alone: what records and reads are keyed by. */
export function scopeOf({ account, region }: Scope): Scope {
  return { account, region };
}
