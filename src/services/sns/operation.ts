import type { ZodType } from 'zod';
import { type AccessRequest, defineOperation, type Operation, type RequestContext } from '../../core/operation.ts';
import type { SnsRuntime } from './runtime.ts';

/** One operation of SNS, before it is given what it works with. */
interface SnsOperation<Input, Output> {
  readonly schema: ZodType<Input>;
  readonly readOnly: boolean;
  readonly anonymous?: boolean;
  readonly access: (input: Input, context: RequestContext) => readonly AccessRequest[];
  readonly handler: (runtime: SnsRuntime, input: Input, context: RequestContext) => Output | Promise<Output>;
}

/** Declares an operation of SNS: like `defineOperation`, with the service's runtime handed to the handler. */
export function snsOperation<SdkInput, SdkOutput>() {
  type Output = Omit<SdkOutput, '$metadata'>;
  return <Input extends SdkInput>(parts: SnsOperation<Input, Output>) =>
    (runtime: SnsRuntime): Operation<Input, Output> =>
      defineOperation<SdkInput, SdkOutput>()<Input>({
        schema: parts.schema,
        readOnly: parts.readOnly,
        ...(parts.anonymous && { anonymous: true }),
        access: parts.access,
        handler: (input, context) => parts.handler(runtime, input, context),
      });
}

/** Access to the topic that `TopicArn` names. */
export function topicAccess(action: string) {
  return (input: { readonly TopicArn?: string | undefined }): readonly AccessRequest[] => [
    { action: `sns:${action}`, resource: input.TopicArn ?? '*' },
  ];
}

/** Access to an action that has no resource-level permissions. */
export function anyResource(action: string) {
  return (): readonly AccessRequest[] => [{ action: `sns:${action}`, resource: '*' }];
}
