/** How a task's result comes back. */
export type IntegrationPattern = 'request' | 'sync' | 'sync:2' | 'waitForTaskToken';

/** What a Task state calls, taken from its `Resource`. */
export type Resource =
  | {
      readonly kind: 'service';
      readonly arn: string;
      /** `batch`, `sns`, or `aws-sdk:ec2`: the `resourceType` of the history. */
      readonly service: string;
      readonly action: string;
      readonly pattern: IntegrationPattern;
      /** `submitJob.sync`: the `resource` of the history. */
      readonly name: string;
    }
  | { readonly kind: 'activity'; readonly arn: string }
  | { readonly kind: 'lambda'; readonly arn: string };

const serviceArn =
  /^arn:aws[a-z-]*:states:[^:]*:[^:]*:(aws-sdk:[A-Za-z0-9]+|[A-Za-z0-9-]+):([A-Za-z0-9]+)((\.[A-Za-z0-9:]+)?)$/;
const activityArn = /^arn:aws[a-z-]*:states:[^:]+:\d{12}:activity:.+$/;
/** AWS takes any text for region and account (recorded). */
const lambdaArn = /^arn:aws[a-z-]*:lambda:[^:]*:[^:]*:function:.+$/;

const patterns: Readonly<Record<string, IntegrationPattern>> = {
  '': 'request',
  '.sync': 'sync',
  '.sync:2': 'sync:2',
  '.waitForTaskToken': 'waitForTaskToken',
};

/** Parses a `Resource`, or answers undefined when it is no ARN that a Task state can call. */
export function parseResource(arn: string): Resource | undefined {
  if (activityArn.test(arn)) return { kind: 'activity', arn };
  if (lambdaArn.test(arn)) return { kind: 'lambda', arn };
  const [, service, action, suffix] = serviceArn.exec(arn) ?? [];
  const pattern = suffix === undefined ? undefined : patterns[suffix];
  if (service === undefined || action === undefined || pattern === undefined) return undefined;
  return { kind: 'service', arn, service, action, pattern, name: `${action}${suffix}` };
}
