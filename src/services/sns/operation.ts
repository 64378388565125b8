import type { Scope } from '../../core/arn.ts';
import { type AccessRequest, serviceOperation } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import { topicRecords } from './records.ts';
import type { SnsRuntime } from './runtime.ts';

/** Declares an operation of SNS: `snsOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const snsOperation = <SdkInput, SdkOutput>() => serviceOperation<SnsRuntime, SdkInput, SdkOutput>();

/** What is asked about the topic of an ARN: a policy that it was given may allow it too, or deny it. */
export function topicRequest(
  { ledger }: SnsRuntime,
  { account, region }: Scope,
  action: string,
  given: unknown,
  conditions?: AccessRequest['conditions'],
): AccessRequest {
  const resource = textOf(given) ?? '*';
  const topic = ledger.get(topicRecords, { account, region }, resource.slice(resource.lastIndexOf(':') + 1));
  const found = topic?.arn === resource ? topic : undefined;
  const resourcePolicy = found?.attributes.Policy;
  const tags = Object.entries(found?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value] as const);
  return {
    ...{ action: `sns:${action}`, resource },
    ...((conditions || tags.length > 0) && { conditions: { ...Object.fromEntries(tags), ...conditions } }),
    ...(resourcePolicy !== undefined && { resourcePolicy }),
  };
}

/** Access to the topic that `TopicArn` names. */
export function topicAccess(action: string) {
  return (input: { readonly TopicArn?: unknown }, context: Scope, runtime: SnsRuntime): readonly AccessRequest[] => [
    topicRequest(runtime, context, action, input.TopicArn),
  ];
}

/** Access to an action that has no resource-level permissions. */
export function anyResource(action: string) {
  return (): readonly AccessRequest[] => [{ action: `sns:${action}`, resource: '*' }];
}
