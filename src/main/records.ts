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

/** Every type of record that a server keeps. */
export const serverRecords = [
  ...batchRecords,
  ...logsRecords,
  ...lambdaRecords,
  ...snsRecords,
  ...sqsRecords,
  ...statesRecords,
  ...secretsManagerRecords,
  ...ssmRecords,
  ...ec2Records,
  ...iamRecords,
  ...eventsRecords,
  ...cloudTrailRecords,
  ...cloudWatchRecords,
  ...schedulerRecords,
  defaultEngineRecords,
];
