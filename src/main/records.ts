import type { Scope } from '../core/arn.ts';
import type { EngineKind } from '../engines/index.ts';
import { batchRecords } from '../services/batch/index.ts';
import { cloudTrailRecords } from '../services/cloudtrail/index.ts';
import { cloudWatchRecords } from '../services/cloudwatch/index.ts';
import { ec2Records } from '../services/ec2/index.ts';
import { eventsRecords } from '../services/events/index.ts';
import { iamRecords } from '../services/iam/index.ts';
import { lambdaRecords } from '../services/lambda/index.ts';
import { logsRecords } from '../services/logs/index.ts';
import { schedulerRecords } from '../services/scheduler/index.ts';
import { secretsManagerRecords } from '../services/secretsmanager/index.ts';
import { snsRecords } from '../services/sns/index.ts';
import { sqsRecords } from '../services/sqs/index.ts';
import { ssmRecords } from '../services/ssm/index.ts';
import { statesRecords } from '../services/states/index.ts';
import { defineRecord } from '../store/index.ts';

/** The engine that new compute environments get, as the first start chose it. */
export interface DefaultEngineRecord extends Scope {
  readonly kind: EngineKind;
}

export const defaultEngineRecords = defineRecord<DefaultEngineRecord>({ type: 'defaultEngine' });

/** The types of records of each service, by its name in the registry. */
export const recordsOfServices = {
  batch: batchRecords,
  logs: logsRecords,
  lambda: lambdaRecords,
  sns: snsRecords,
  sqs: sqsRecords,
  states: statesRecords,
  secretsmanager: secretsManagerRecords,
  ssm: ssmRecords,
  ec2: ec2Records,
  iam: iamRecords,
  events: eventsRecords,
  cloudtrail: cloudTrailRecords,
  monitoring: cloudWatchRecords,
  scheduler: schedulerRecords,
} as const;

/** Every type of record that a server keeps. */
export const serverRecords = [...Object.values(recordsOfServices).flat(), defaultEngineRecords];
