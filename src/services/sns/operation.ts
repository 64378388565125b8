import { type AccessRequest, serviceOperation } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import type { SnsRuntime } from './runtime.ts';

/** Declares an operation of SNS: `snsOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const snsOperation = <SdkInput, SdkOutput>() => serviceOperation<SnsRuntime, SdkInput, SdkOutput>();

/** Access to the topic that `TopicArn` names. */
export function topicAccess(action: string) {
  return (input: { readonly TopicArn?: unknown }): readonly AccessRequest[] => [
    { action: `sns:${action}`, resource: textOf(input.TopicArn) ?? '*' },
  ];
}

/** Access to an action that has no resource-level permissions. */
export function anyResource(action: string) {
  return (): readonly AccessRequest[] => [{ action: `sns:${action}`, resource: '*' }];
}
