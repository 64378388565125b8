import type { Scope } from '../../core/arn.ts';
import {
  type AccessRequest,
  type AccessRequests,
  type RequestContext,
  serviceOperation,
} from '../../core/operation.ts';
import { textOf, textsOf } from '../../core/unvalidated.ts';
import { parameterArn, readSelection, trimmedName } from './names.ts';
import type { SsmRuntime } from './runtime.ts';

/** Declares an operation of Systems Manager: `ssmOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const ssmOperation = <SdkInput, SdkOutput>() => serviceOperation<SsmRuntime, SdkInput, SdkOutput>();

/** What is asked about one parameter, however it is named. */
export function parameterRequest(
  scope: Scope,
  action: string,
  given: unknown,
  conditions?: AccessRequest['conditions'],
): AccessRequest {
  const text = trimmedName(textOf(given) ?? '*');
  const [name] = readSelection(scope, text)?.names ?? [];
  const resource = name === undefined ? text : parameterArn(scope, name);
  return { action: `ssm:${action}`, resource, ...(conditions && { conditions }) };
}

/** Access to the parameter that `Name` names. */
export function parameterAccess(action: string) {
  return (input: { readonly Name?: unknown }, context: RequestContext): AccessRequests => [
    parameterRequest(context, action, input.Name),
  ];
}

/** Access to each of the parameters that `Names` names; a call that names none asks too. */
export function parametersAccess(action: string) {
  return ({ Names }: { readonly Names?: unknown }, context: RequestContext): AccessRequests => {
    const named = textsOf(Names).map((name) => parameterRequest(context, action, name));
    return named.length > 0 ? named : [parameterRequest(context, action, undefined)];
  };
}
