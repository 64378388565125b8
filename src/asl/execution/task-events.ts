import type { Resource } from '../definition/resource.ts';
import type { Json } from '../json/json.ts';
import { failureDetails, type HistoryDetails, type HistoryEventType, whole } from './history.ts';

type Recorded = readonly [HistoryEventType, HistoryDetails];

/** What the history says of a scheduled task. */
export interface Schedule {
  readonly resource: Resource;
  readonly argumentsText: string;
  readonly region: string;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  readonly credentials?: Json;
}

/** Service integrations, activities and functions have event types of their own for the same things. */
export function scheduledEvent(schedule: Schedule): Recorded {
  const { resource, argumentsText, region } = schedule;
  const timing = {
    ...(schedule.timeoutSeconds === undefined ? {} : { timeoutInSeconds: schedule.timeoutSeconds }),
    ...(schedule.heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: schedule.heartbeatSeconds }),
  };
  const input = { resource: resource.arn, input: argumentsText, inputDetails: whole };
  if (resource.kind === 'activity')
    return ['ActivityScheduled', { activityScheduledEventDetails: { ...input, ...timing } }];
  const credentials = taskCredentials(schedule.credentials);
  if (resource.kind === 'lambda') {
    const { timeoutInSeconds } = { timeoutInSeconds: undefined, ...timing };
    const timeout = timeoutInSeconds === undefined ? {} : { timeoutInSeconds };
    return [
      'LambdaFunctionScheduled',
      { lambdaFunctionScheduledEventDetails: { ...input, ...timeout, ...credentials } },
    ];
  }
  const details = { ...called(resource), region, parameters: argumentsText, ...timing, ...credentials };
  return ['TaskScheduled', { taskScheduledEventDetails: details }];
}

function taskCredentials(credentials: Json | undefined): { taskCredentials?: { roleArn: string } } {
  const roleArn = namedRole(credentials);
  return roleArn === undefined ? {} : { taskCredentials: { roleArn } };
}

/** The role of a state's `Credentials`; undefined when they name none. */
export function namedRole(credentials: Json | undefined): string | undefined {
  const role =
    typeof credentials === 'object' && credentials !== null && 'RoleArn' in credentials && credentials.RoleArn;
  return typeof role === 'string' ? role : undefined;
}

function called(resource: Resource & { kind: 'service' }): { resourceType: string; resource: string } {
  return { resourceType: resource.service, resource: resource.name };
}

export function startedEvent(resource: Resource, workerName: string | undefined): Recorded {
  if (resource.kind === 'lambda') return ['LambdaFunctionStarted', {}];
  if (resource.kind === 'service') return ['TaskStarted', { taskStartedEventDetails: called(resource) }];
  return ['ActivityStarted', { activityStartedEventDetails: workerName === undefined ? {} : { workerName } }];
}

/** Only service integrations are submitted; undefined for the rest. */
export function submittedEvent(resource: Resource, output: string): Recorded | undefined {
  if (resource.kind !== 'service') return undefined;
  return ['TaskSubmitted', { taskSubmittedEventDetails: { ...called(resource), output, outputDetails: whole } }];
}

export function succeededEvent(resource: Resource, text: string): Recorded {
  const output = { output: text, outputDetails: whole };
  if (resource.kind === 'lambda') return ['LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: output }];
  if (resource.kind === 'activity') return ['ActivitySucceeded', { activitySucceededEventDetails: output }];
  return ['TaskSucceeded', { taskSucceededEventDetails: { ...called(resource), ...output } }];
}

export type FailureStage = 'schedule' | 'start' | 'submit' | 'run' | 'timeout';

const failureTypes = {
  service: {
    schedule: 'TaskStartFailed',
    start: 'TaskStartFailed',
    submit: 'TaskSubmitFailed',
    run: 'TaskFailed',
    timeout: 'TaskTimedOut',
  },
  activity: {
    schedule: 'ActivityScheduleFailed',
    start: 'ActivityScheduleFailed',
    submit: 'ActivityFailed',
    run: 'ActivityFailed',
    timeout: 'ActivityTimedOut',
  },
  lambda: {
    schedule: 'LambdaFunctionScheduleFailed',
    start: 'LambdaFunctionStartFailed',
    submit: 'LambdaFunctionFailed',
    run: 'LambdaFunctionFailed',
    timeout: 'LambdaFunctionTimedOut',
  },
} as const satisfies Record<Resource['kind'], Record<FailureStage, HistoryEventType>>;

export function failedEvent(
  resource: Resource,
  stage: FailureStage,
  failure: { error?: string | undefined; cause?: string | undefined },
): Recorded {
  const type = failureTypes[resource.kind][stage];
  const member = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
  const of = resource.kind === 'service' ? called(resource) : {};
  return [type, { [member]: { ...of, ...failureDetails(failure) } }];
}
