import type { Scope } from '../../core/arn.ts';
import { type AccessRequest, serviceOperation } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import type { Ledger } from '../../store/index.ts';
import { type FunctionSettings, functionArn, readFunctionName } from './functions.ts';
import { type FunctionPolicyRecord, functionPolicyRecords } from './records.ts';
import { functionMissing, invalidParameter } from './refusals.ts';
import type { LambdaRuntime } from './runtime.ts';

/** Declares an operation of Lambda: `lambdaOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const lambdaOperation = <SdkInput, SdkOutput>() => serviceOperation<LambdaRuntime, SdkInput, SdkOutput>();

/** The function that a caller names. Throws `ResourceNotFoundException`. */
export function findFunction({ functions }: LambdaRuntime, scope: Scope, text: string, given?: string) {
  const read = readFunctionName(scope, text);
  const qualifier = read?.qualifier ?? given;
  if (read?.qualifier !== undefined && given !== undefined && read.qualifier !== given)
    throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.');
  const found: FunctionSettings | undefined = read && functions.get(read.name);
  const arn = read ? functionArn(scope, read.name) : text;
  if (!found) throw functionMissing(arn);
  // There are no versions and aliases of what a file says.
  if (qualifier !== undefined && qualifier !== '$LATEST') throw functionMissing(`${arn}:${qualifier}`);
  return found;
}

export function policyOf(ledger: Ledger, scope: Scope, name: string): FunctionPolicyRecord | undefined {
  return ledger.get(functionPolicyRecords, scope, name);
}

export function policyText({ statements }: FunctionPolicyRecord): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements });
}

/** What is asked about a function: its own policy may allow it too. */
export function functionAccess(action: string) {
  return (
    { FunctionName }: { readonly FunctionName?: unknown },
    scope: Scope,
    { ledger }: LambdaRuntime,
  ): readonly AccessRequest[] => {
    const text = textOf(FunctionName) ?? '*';
    const name = readFunctionName(scope, text)?.name;
    const policy = name === undefined ? undefined : policyOf(ledger, scope, name);
    return [
      {
        ...{ action: `lambda:${action}`, resource: name === undefined ? text : functionArn(scope, name) },
        ...(policy && policy.statements.length > 0 && { resourcePolicy: policyText(policy) }),
      },
    ];
  };
}
