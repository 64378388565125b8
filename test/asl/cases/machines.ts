import type { Json } from '../../../src/asl/index.ts';
import type { Case } from '../case.ts';

const batchJob = {
  StartAt: 'BATCH_JOB',
  States: {
    BATCH_JOB: {
      Type: 'Task',
      Resource: 'arn:aws:states:::batch:submitJob.sync',
      Parameters: {
        JobDefinition: 'preprocessing',
        JobName: 'PreprocessingBatchJob',
        JobQueue: 'SecondaryQueue',
        'Parameters.$': '$.batchjob.parameters',
        ContainerOverrides: { ResourceRequirements: [{ Type: 'VCPU', Value: '4' }] },
      },
      End: true,
    },
  },
};

const topic =
  'arn:aws:sns:us-west-2:123456789012:StepFunctionsSample-BatchJobManagement12345678-9abc-def0-1234-567890abcdef-SNSTopic-A2B3C4D5E6F7G';
const submitted: Json = {
  JobName: 'BatchJobNotification',
  JobQueue: 'arn:aws:batch:us-west-2:123456789012:job-queue/BatchJobQueue-123456789abcdef',
  JobDefinition: 'arn:aws:batch:us-west-2:123456789012:job-definition/BatchJobDefinition-123456789abcdef:1',
};
const succeeded: Json = { Message: 'Batch job submitted through Step Functions succeeded', TopicArn: topic };
const failed: Json = { Message: 'Batch job submitted through Step Functions failed', TopicArn: topic };

const notification = {
  Comment: 'An example of the Amazon States Language for notification on an AWS Batch job completion',
  StartAt: 'Submit Batch Job',
  TimeoutSeconds: 3600,
  States: {
    'Submit Batch Job': {
      Type: 'Task',
      Resource: 'arn:aws:states:::batch:submitJob.sync',
      Parameters: submitted,
      Next: 'Notify Success',
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 30, MaxAttempts: 2, BackoffRate: 1.5 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Notify Failure' }],
    },
    'Notify Success': { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', Parameters: succeeded, End: true },
    'Notify Failure': { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', Parameters: failed, End: true },
  },
};

const row = 'Specification 07 §3.2';
const jobFailed = { error: 'States.TaskFailed', cause: '{"JobId":"j","Status":"FAILED"}', after: 60 };
const sent = { output: { MessageId: 'm' } };

function notify(
  name: string,
  tries: readonly ({ output: Json; after: number } | typeof jobFailed)[],
  message: Json,
  seconds: number,
): Case {
  return {
    name,
    proves: row,
    definition: notification,
    tasks: { 'Submit Batch Job': tries, 'Notify Success': [sent], 'Notify Failure': [sent] },
    output: { MessageId: 'm' },
    calls: [...tries.map(() => submitted), message],
    seconds,
  };
}

const ran = { output: { JobId: 'j', Status: 'SUCCEEDED' }, after: 60 };

/** The two state machines of specification 07, unchanged, with all rows of its tables. */
export const machines: readonly Case[] = [
  {
    name: 'Example A submits the job with the parameters of the input',
    proves: 'Specification 07 §3.1',
    definition: batchJob,
    input: { batchjob: { parameters: { inputfile: 'a', outputfile: 'b' } } },
    tasks: { BATCH_JOB: [{ submitted: { JobId: 'j' }, output: { JobId: 'j', Status: 'SUCCEEDED' }, after: 90 }] },
    calls: [
      {
        JobDefinition: 'preprocessing',
        JobName: 'PreprocessingBatchJob',
        JobQueue: 'SecondaryQueue',
        Parameters: { inputfile: 'a', outputfile: 'b' },
        ContainerOverrides: { ResourceRequirements: [{ Type: 'VCPU', Value: '4' }] },
      },
    ],
    output: { JobId: 'j', Status: 'SUCCEEDED' },
  },
  {
    name: 'Example A: a job that fails fails the execution',
    proves: 'Specification 07 §3.1',
    definition: batchJob,
    input: { batchjob: { parameters: {} } },
    tasks: { BATCH_JOB: [jobFailed] },
    status: 'FAILED',
    error: 'States.TaskFailed',
    cause: '"Status":"FAILED"',
  },
  {
    name: 'Example A: a path that is not in the input fails before any job is submitted',
    proves: 'Specification 07 §3.1',
    definition: batchJob,
    input: {},
    status: 'FAILED',
    error: 'States.Runtime',
    calls: [],
    history: ['ExecutionStarted', 'TaskStateEntered', 'ExecutionFailed'],
  },
  {
    name: 'Example A: a submission that is refused fails the execution',
    proves: 'Specification 07 §3.1',
    definition: batchJob,
    input: { batchjob: { parameters: {} } },
    tasks: { BATCH_JOB: [{ error: 'Batch.ClientException', cause: 'no such queue' }] },
    status: 'FAILED',
    error: 'Batch.ClientException',
  },
  notify('Example B: a job that succeeds first is told', [ran], succeeded, 60),
  notify('Example B: a job that fails once runs again after 30 seconds', [jobFailed, ran], succeeded, 150),
  notify('Example B: a job that fails twice waits 30 and 45 seconds', [jobFailed, jobFailed, ran], succeeded, 255),
  notify(
    'Example B: a job that fails three times is told as failed, and the execution succeeds',
    [jobFailed, jobFailed, jobFailed],
    failed,
    255,
  ),
  {
    name: 'Example B: a refused submission is retried alike, then told',
    proves: row,
    definition: notification,
    tasks: { 'Submit Batch Job': [{ error: 'Batch.AWSBatchException' }], 'Notify Failure': [sent] },
    calls: [submitted, submitted, submitted, failed],
    seconds: 75,
  },
  {
    name: 'Example B: an execution longer than 3600 seconds times out, and nothing is told',
    proves: row,
    definition: notification,
    tasks: { 'Submit Batch Job': [{ never: true }] },
    status: 'TIMED_OUT',
    calls: [submitted],
    seconds: 3600,
  },
  {
    name: 'Example B: a message that cannot be sent fails the execution',
    proves: row,
    definition: notification,
    tasks: { 'Submit Batch Job': [ran], 'Notify Success': [{ error: 'SNS.NotFoundException' }] },
    status: 'FAILED',
    error: 'SNS.NotFoundException',
  },
];
