import type { SchedulerOperationName } from '../../../src/services/scheduler/index.ts';
import type { ServiceClaims } from '../claims.ts';

const schedule = { supported: 'a schedule is read back as it was given, changed as a whole, listed and deleted' };
const group = { supported: 'a group has tags, is listed beside the default one, and takes its schedules with it' };
const targets = { supported: 'queues, topics, state machines and buses are given their input' };
const universal = {
  supported: 'a universal target submits a job, with members in either case and words about the invocation',
};
const failures = { supported: 'what a target refuses is sent to the dead-letter queue with its reasons' };
const once = { supported: 'a schedule that fires once goes when it has' };
const windows = {
  supported: 'in a flexible window a slot fires at a moment that is drawn once, whatever crashes there are',
};
const retried = { supported: 'what fails is tried again as the retry policy says, and no oftener' };
const zones = { supported: 'cron in five zones fires when a calendar says so that is asked minute by minute' };
const bounds = { supported: 'rates begin at their start, and stay within their bounds' };
const tokens = {
  supported: 'of calls with one token that are under way at once one has its effect, and all are answered as it was',
};
const noKey = { stored: schedule.supported };

const parameters = (kind: string) => ({ refused: `ValidationException: ${kind} does not go with the target …` });

const put = {
  '*': schedule,
  ActionAfterCompletion: once,
  ClientToken: tokens,
  EndDate: bounds,
  FlexibleTimeWindow: windows,
  KmsKeyArn: noKey,
  ScheduleExpressionTimezone: zones,
  StartDate: bounds,
  Target: targets,
  'Target.Arn': {
    ...universal,
    but: 'functions, tasks of ECS, streams of Kinesis and pipelines of SageMaker are refused',
  },
  'Target.DeadLetterConfig': failures,
  'Target.EcsParameters': parameters('EcsParameters'),
  'Target.EventBridgePutEventsV2Parameters': parameters('EventBridgePutEventsV2Parameters'),
  'Target.EventBridgePutRawEventsParameters': parameters('EventBridgePutRawEventsParameters'),
  'Target.KinesisParameters': parameters('KinesisParameters'),
  'Target.RetryPolicy': retried,
  'Target.SageMakerPipelineParameters': parameters('SageMakerPipelineParameters'),
} as const;

export const schedulerClaims = {
  CreateSchedule: put,
  CreateScheduleGroup: { '*': group, ClientToken: tokens },
  DeleteSchedule: { '*': schedule, ClientToken: tokens },
  DeleteScheduleGroup: { '*': group, ClientToken: tokens },
  GetSchedule: { '*': schedule },
  GetScheduleGroup: { '*': group },
  ListScheduleGroups: { '*': group },
  ListSchedules: { '*': schedule },
  ListTagsForResource: { '*': group },
  TagResource: { '*': group },
  UntagResource: { '*': group },
  UpdateSchedule: put,
} satisfies ServiceClaims<SchedulerOperationName>;
