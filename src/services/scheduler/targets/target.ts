import type { Target } from '@aws-sdk/client-scheduler';
import { z } from 'zod';
import { parseArn, type Scope } from '../../../core/arn.ts';
import { present } from '../../../core/present.ts';
import { longestInput } from '../limits.ts';
import type { StoredTarget } from '../records.ts';
import { invalid } from '../refusals.ts';
import type { ApiDirectory } from './api-directory.ts';
import { type TargetKind, targetKind } from './kinds.ts';
import { isReading, universalCall } from './universal.ts';

/** Of targets that cannot be here: they are refused by the name of the member. */
const otherParameters = [
  'EcsParameters',
  'EventBridgePutEventsV2Parameters',
  'EventBridgePutRawEventsParameters',
  'KinesisParameters',
  'SageMakerPipelineParameters',
] as const;

const detailType = z.string().min(1).max(128);
const source = z.string().min(1).max(256);

export const targetSchema = z.object({
  Arn: z.string().min(1).max(1600),
  RoleArn: z
    .string()
    .min(1)
    .max(1600)
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/),
  Input: z.string().min(1).max(longestInput).optional(),
  DeadLetterConfig: z
    .object({
      Arn: z
        .string()
        .min(1)
        .max(1600)
        .regex(/^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[a-zA-Z0-9\-_]+$/)
        .optional(),
    })
    .optional(),
  RetryPolicy: z
    .object({
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).optional(),
      MaximumRetryAttempts: z.int().min(0).max(185).optional(),
    })
    .optional(),
  SqsParameters: z.object({ MessageGroupId: z.string().min(1).max(128).optional() }).optional(),
  EventBridgeParameters: z.object({ DetailType: detailType, Source: source }).optional(),
  EcsParameters: z.custom<NonNullable<Target['EcsParameters']>>().optional(),
  EventBridgePutEventsV2Parameters: z.custom<NonNullable<Target['EventBridgePutEventsV2Parameters']>>().optional(),
  EventBridgePutRawEventsParameters: z.custom<NonNullable<Target['EventBridgePutRawEventsParameters']>>().optional(),
  KinesisParameters: z.custom<NonNullable<Target['KinesisParameters']>>().optional(),
  SageMakerPipelineParameters: z.custom<NonNullable<Target['SageMakerPipelineParameters']>>().optional(),
});
type Given = z.infer<typeof targetSchema>;

/** AWS's: the Input of the others may be any text. */
const takesJson: ReadonlySet<TargetKind> = new Set(['states', 'bus', 'lambda']);

/** Checks a target and makes what is stored of it. Throws `ValidationException`. */
export async function readTarget(scope: Scope, apis: ApiDirectory, given: Given): Promise<StoredTarget> {
  const kind = kindOf(given);
  checkParameters(given, kind);
  if (kind === 'universal') await checkUniversal(apis, given);
  else checkPlace(scope, given);
  if (takesJson.has(kind) && given.Input !== undefined && jsonOf(given.Input) === undefined) {
    invalid(`The Input of target ${given.Arn} is not well-formed JSON.`);
  }
  const { EventBridgeParameters: event } = given;
  return {
    ...{ arn: given.Arn, roleArn: given.RoleArn },
    ...present({
      input: given.Input,
      messageGroupId: given.SqsParameters?.MessageGroupId,
      event: event && { source: event.Source, detailType: event.DetailType },
      deadLetterArn: given.DeadLetterConfig?.Arn,
      retries: given.RetryPolicy?.MaximumRetryAttempts,
      maximumAgeSeconds: given.RetryPolicy?.MaximumEventAgeInSeconds,
    }),
  };
}

function kindOf({ Arn: arn }: Given): TargetKind {
  const parts = parseArn(arn);
  if (!parts) return invalid('Provided Arn is not in correct format.');
  const kind = targetKind(arn);
  if (kind) return kind;
  return invalid(
    `Target ${arn} is not supported by this version of Batchyard. Queues of SQS, topics, functions, state machines and event buses are, ` +
      'and universal targets (arn:aws:scheduler:::aws-sdk:service:action) of the services that it has.',
  );
}

/** A target that has a template is of the schedule's own account and region. */
function checkPlace(scope: Scope, { Arn: arn }: Given): void {
  const { account, region } = parseArn(arn) ?? {};
  if (account !== scope.account) invalid(`Target ${arn} is of another account, which this version cannot reach.`);
  if (region !== scope.region) invalid(`Target ${arn} is in a different region from its schedule.`);
}

function checkParameters(given: Given, kind: TargetKind): void {
  const { Arn: arn, SqsParameters, EventBridgeParameters: event, DeadLetterConfig } = given;
  const unfitting = (name: string) => invalid(`${name} does not go with the target ${arn}.`);
  for (const name of otherParameters) if (given[name] !== undefined) unfitting(name);
  if (SqsParameters && kind !== 'sqs') unfitting('SqsParameters');
  if (event && kind !== 'bus') unfitting('EventBridgeParameters');
  if (kind === 'bus' && !event) invalid(`EventBridgeParameters must be specified for the target ${arn}.`);
  if (event?.Source.startsWith('aws.')) invalid('The Source of EventBridgeParameters cannot begin with aws.');
  if (kind === 'sqs' && arn.endsWith('.fifo') && SqsParameters?.MessageGroupId === undefined) {
    invalid(`SqsParameters with a MessageGroupId must be specified for the target ${arn}.`);
  }
  if (DeadLetterConfig?.Arn?.endsWith('.fifo')) invalid('DeadLetterConfig must name a standard queue of SQS.');
}

async function checkUniversal(apis: ApiDirectory, { Arn: arn, Input = '{}' }: Given): Promise<void> {
  const named = universalCall(arn);
  if (!named) return invalid('Provided Arn is not in correct format.');
  const { service, action } = named;
  if (isReading(action))
    invalid(`${service}:${action} only reads: EventBridge Scheduler does not support it as a target.`);
  const api = await apis.find(service, action);
  if (api.kind === 'unheard-of') return invalid(`AWS has no ${service}:${action}.`);
  if (api.kind !== 'call') return invalid(`${service}:${action} is not supported by this version of Batchyard.`);
  const input = jsonOf(Input);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return invalid(`The Input of target ${arn} is not a well-formed JSON object.`);
  }
  const { unknown } = api.toInput(input);
  if (unknown.length > 0) invalid(`${service}:${action} has no member ${unknown.slice(0, 5).join(', ')}.`);
}

/** Undefined for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A target as it is answered. */
export function targetDetail(target: StoredTarget): Target {
  const { arn, roleArn, input, messageGroupId, event, deadLetterArn, retries, maximumAgeSeconds } = target;
  return {
    ...{ Arn: arn, RoleArn: roleArn },
    ...present({ Input: input }),
    ...(messageGroupId === undefined ? {} : { SqsParameters: { MessageGroupId: messageGroupId } }),
    ...(event && { EventBridgeParameters: { Source: event.source, DetailType: event.detailType } }),
    ...(deadLetterArn === undefined ? {} : { DeadLetterConfig: { Arn: deadLetterArn } }),
    // AWS answers what holds, given or not.
    RetryPolicy: { MaximumEventAgeInSeconds: maximumAgeSeconds ?? 86_400, MaximumRetryAttempts: retries ?? 185 },
  };
}
