import type { Target } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { parseArn, type Scope } from '../../../core/arn.ts';
import { present } from '../../../core/present.ts';
import { checkInputPath, checkTransformer } from '../input/index.ts';
import { ruleArn } from '../names.ts';
import type { EventRuleRecord, StoredTarget } from '../records.ts';
import { invalid } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { kindRules, type TargetKind, targetKind } from './kinds.ts';

/** AWS's own limit for a rule. */
export const mostTargets = 5;

export const targetId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[.\-_A-Za-z0-9]+$/);

/** Parameters of HTTP of each kind: AWS names no number. */
const mostHttpParameters = 100;

/** Of targets that cannot be here: they are refused by the name of the member. */
const otherParameters = [
  'KinesisParameters',
  'RunCommandParameters',
  'EcsParameters',
  'RedshiftDataParameters',
  'SageMakerPipelineParameters',
  'AppSyncParameters',
] as const;

export const targetSchema = z.object({
  Id: targetId,
  Arn: shapes.arn,
  RoleArn: shapes.roleArn.optional(),
  Input: z.string().max(8192).optional(),
  InputPath: z.string().max(256).optional(),
  InputTransformer: z
    .object({
      InputPathsMap: z.record(z.string().min(1).max(256), z.string().max(256)).optional(),
      InputTemplate: z.string().min(1).max(8192),
    })
    .optional(),
  BatchParameters: z
    .object({
      JobDefinition: z.string(),
      JobName: z.string(),
      ArrayProperties: z.object({ Size: z.int().optional() }).optional(),
      RetryStrategy: z.object({ Attempts: z.int().optional() }).optional(),
    })
    .optional(),
  SqsParameters: z.object({ MessageGroupId: z.string().max(100).optional() }).optional(),
  DeadLetterConfig: z.object({ Arn: shapes.arn.optional() }).optional(),
  RetryPolicy: z
    .object({
      MaximumRetryAttempts: z.int().min(0).max(185).optional(),
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).optional(),
    })
    .optional(),
  KinesisParameters: z.object({ PartitionKeyPath: z.string() }).optional(),
  RunCommandParameters: z.custom<NonNullable<Target['RunCommandParameters']>>().optional(),
  EcsParameters: z.custom<NonNullable<Target['EcsParameters']>>().optional(),
  HttpParameters: z
    .object({
      PathParameterValues: z.array(z.string().max(1024)).max(mostHttpParameters).optional(),
      HeaderParameters: z
        .record(
          z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/),
          z
            .string()
            .max(512)
            .regex(/^[\t\x20-\x7e\x80-\uffff]*$/),
        )
        .optional(),
      QueryStringParameters: z.record(z.string().min(1).max(512), z.string().max(512)).optional(),
    })
    .optional(),
  RedshiftDataParameters: z.custom<NonNullable<Target['RedshiftDataParameters']>>().optional(),
  SageMakerPipelineParameters: z.custom<NonNullable<Target['SageMakerPipelineParameters']>>().optional(),
  AppSyncParameters: z.custom<NonNullable<Target['AppSyncParameters']>>().optional(),
});
type Given = z.infer<typeof targetSchema>;

/** Checks a target and makes what is stored of it. Throws `ValidationException`. */
export function readTarget(scope: Scope, rule: EventRuleRecord, given: Given): StoredTarget {
  const kind = kindOf(given);
  checkPlace(scope, rule, given, kind);
  checkParameters(given, kind);
  checkInput(given);
  return {
    ...{ id: given.Id, arn: given.Arn },
    ...present({
      roleArn: given.RoleArn,
      input: given.Input,
      inputPath: given.InputPath,
      transformer: transformerOf(given),
      batch: batchOf(given),
      messageGroupId: given.SqsParameters?.MessageGroupId,
      http: httpOf(given),
      deadLetterArn: given.DeadLetterConfig?.Arn,
      retries: given.RetryPolicy?.MaximumRetryAttempts,
      maximumAgeSeconds: given.RetryPolicy?.MaximumEventAgeInSeconds,
    }),
  };
}

function kindOf({ Id: id, Arn: arn }: Given): TargetKind {
  const parts = parseArn(arn);
  if (!parts) return invalid(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`);
  const kind = targetKind(arn);
  if (kind) return kind;
  return invalid(
    `Target ${id} is not supported by this version of Batchyard: ${parts.service} ${parts.resource.split(/[/:]/)[0]}. ` +
      'Job queues, state machines, topics, queues of SQS, functions, log groups, event buses and API destinations are.',
  );
}

/** A target is of the rule's own account and, but for a bus, of its region. */
function checkPlace(scope: Scope, rule: EventRuleRecord, { Id: id, Arn: arn, RoleArn }: Given, kind: TargetKind): void {
  const { account, region } = parseArn(arn) ?? {};
  if (account !== scope.account) invalid(`Target ${id} is of another account, which this version cannot reach.`);
  if (kind !== 'bus' && region !== scope.region) {
    invalid(`Target ${arn} is in a different region from rule ${ruleArn(scope, rule.name, rule.bus)}.`);
  }
  if (kindRules[kind].needsRole && RoleArn === undefined) invalid(`RoleArn is required for target ${arn}.`);
}

function checkParameters(given: Given, kind: TargetKind): void {
  const { Id: id, BatchParameters, SqsParameters, DeadLetterConfig } = given;
  for (const name of otherParameters) {
    if (given[name] !== undefined) invalid(`${name} of target ${id} does not go with the target's ARN.`);
  }
  if (kind === 'batch') checkBatch(given);
  else if (BatchParameters) invalid(`BatchParameters of target ${id} does not go with the target's ARN.`);
  if (given.HttpParameters) checkHttp(given, kind);
  const isFifo = kind === 'sqs' && given.Arn.endsWith('.fifo');
  if (SqsParameters && kind !== 'sqs') invalid(`SqsParameters of target ${id} does not go with the target's ARN.`);
  if (isFifo && SqsParameters?.MessageGroupId === undefined) {
    invalid(`Parameter(s) SqsParameters must be specified for target: ${id}.`);
  }
  const letters = DeadLetterConfig?.Arn;
  if (letters !== undefined && (targetKind(letters) !== 'sqs' || letters.endsWith('.fifo'))) {
    invalid(`DeadLetterConfig of target ${id} must name a standard queue of SQS.`);
  }
}

function checkBatch({ Id: id, BatchParameters }: Given): void {
  if (!BatchParameters) invalid(`Parameter(s) BatchParameters must be specified for target: ${id}.`);
  const size = BatchParameters.ArrayProperties?.Size;
  const attempts = BatchParameters.RetryStrategy?.Attempts;
  if (size !== undefined && (size < 2 || size > 10_000)) invalid(`Size of target ${id} must be from 2 to 10000.`);
  if (attempts !== undefined && (attempts < 1 || attempts > 10))
    invalid(`Attempts of target ${id} must be from 1 to 10.`);
}

function checkHttp({ Id: id, HttpParameters: given = {} }: Given, kind: TargetKind): void {
  if (kind !== 'http') invalid(`HttpParameters of target ${id} does not go with the target's ARN.`);
  const { HeaderParameters: headers = {}, QueryStringParameters: query = {}, PathParameterValues: path = [] } = given;
  if (Math.max(Object.keys(headers).length, Object.keys(query).length) > mostHttpParameters) {
    invalid(`HttpParameters of target ${id} has more than ${mostHttpParameters} parameters of a kind.`);
  }
  const values = [...path, ...Object.values(headers), ...Object.values(query)];
  for (const value of values) if (value.startsWith('$.')) checkInputPath(id, value);
}

function checkInput(given: Given): void {
  const { Id: id, Input: input, InputPath: path, InputTransformer } = given;
  if ([input, path, InputTransformer].filter((each) => each !== undefined).length > 1) {
    invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`);
  }
  if (input !== undefined && !isJson(input)) invalid(`Input for target ${id} is not a valid JSON text.`);
  if (path !== undefined) checkInputPath(id, path);
  const transformer = transformerOf(given);
  if (!transformer) return;
  if (Object.keys(transformer.paths).length > 100) invalid(`InputPathsMap for target ${id} has more than 100 keys.`);
  checkTransformer(id, transformer);
}

function transformerOf({ InputTransformer: given }: Given): StoredTarget['transformer'] {
  return given && { paths: given.InputPathsMap ?? {}, template: given.InputTemplate };
}

function batchOf({ BatchParameters: given }: Given): StoredTarget['batch'] {
  if (!given) return undefined;
  const { JobDefinition: jobDefinition, JobName: jobName, ArrayProperties, RetryStrategy } = given;
  return {
    ...{ jobDefinition, jobName },
    ...present({ arraySize: ArrayProperties?.Size, attempts: RetryStrategy?.Attempts }),
  };
}

function httpOf({ HttpParameters: given }: Given): StoredTarget['http'] {
  if (!given) return undefined;
  const { PathParameterValues: path = [], HeaderParameters: headers = {}, QueryStringParameters: query = {} } = given;
  return { path, headers, query };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A target as it is answered. */
export function targetDetail(target: StoredTarget) {
  const { id, arn, roleArn, input, inputPath, transformer, batch, messageGroupId, deadLetterArn } = target;
  const { retries, maximumAgeSeconds, http } = target;
  const retry = present({ MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: maximumAgeSeconds });
  return {
    ...{ Id: id, Arn: arn },
    ...present({ RoleArn: roleArn, Input: input, InputPath: inputPath }),
    ...(transformer && {
      InputTransformer: { InputPathsMap: transformer.paths, InputTemplate: transformer.template },
    }),
    ...(batch && { BatchParameters: batchDetail(batch) }),
    ...(messageGroupId === undefined ? {} : { SqsParameters: { MessageGroupId: messageGroupId } }),
    ...(http && {
      HttpParameters: {
        PathParameterValues: [...http.path],
        HeaderParameters: { ...http.headers },
        QueryStringParameters: { ...http.query },
      },
    }),
    ...(deadLetterArn === undefined ? {} : { DeadLetterConfig: { Arn: deadLetterArn } }),
    ...(Object.keys(retry).length === 0 ? {} : { RetryPolicy: retry }),
  };
}

function batchDetail({ jobDefinition, jobName, arraySize, attempts }: NonNullable<StoredTarget['batch']>) {
  return {
    ...{ JobDefinition: jobDefinition, JobName: jobName },
    ...(arraySize === undefined ? {} : { ArrayProperties: { Size: arraySize } }),
    ...(attempts === undefined ? {} : { RetryStrategy: { Attempts: attempts } }),
  };
}
