import type { IntegrationPattern } from '../../../asl/index.ts';
import type { ownShapes } from './own-shapes.ts';

/** An optimised integration of Step Functions (developer guide, "Integrating optimized services"). */
export interface OptimisedAction {
  /** The patterns that AWS has for it. */
  readonly patterns: readonly IntegrationPattern[];
  /** The service in the table of APIs, where it is not that of its neighbours. */
  readonly api?: string;
  /** The operation whose input its parameters are; default the one that the action names. */
  readonly operation?: string;
  /** Its parameters where they are no operation's input. */
  readonly own?: keyof typeof ownShapes;
  /** Parameters that take any JSON, which the service gets as text; `Entries.Detail` is a member of each element. */
  readonly anyJson?: readonly string[];
  /** Parameters beside those of the operation. */
  readonly further?: readonly string[];
  /** The operation and the part of its output that a task with `.sync` gives: `DescribeJobs`, `Jobs`, the element of the list. */
  readonly job?: readonly [operation: string, ...path: string[]];
}

export interface OptimisedService {
  /** The service in the table of APIs. */
  readonly api: string;
  /** What its errors begin with. */
  readonly prefix: string;
  readonly actions: Readonly<Record<string, OptimisedAction>>;
}

const request: OptimisedAction = { patterns: ['request'] };
const callback: OptimisedAction = { patterns: ['request', 'waitForTaskToken'] };
const job: OptimisedAction = { patterns: ['request', 'sync'] };

/** By the service and the action of `arn:aws:states:::service:action`. */
export const optimised: Readonly<Record<string, OptimisedService>> = {
  apigateway: {
    api: 'apigateway',
    prefix: 'ApiGateway',
    actions: { invoke: { ...callback, own: 'apiGatewayInvoke' } },
  },
  athena: {
    api: 'athena',
    prefix: 'Athena',
    actions: {
      startQueryExecution: { ...job, job: ['GetQueryExecution'] },
      stopQueryExecution: request,
      getQueryExecution: request,
      getQueryResults: request,
    },
  },
  batch: { api: 'batch', prefix: 'Batch', actions: { submitJob: { ...job, job: ['DescribeJobs', 'Jobs', '[]'] } } },
  bedrock: {
    api: 'bedrock',
    prefix: 'Bedrock',
    actions: {
      createModelCustomizationJob: { ...job, job: ['GetModelCustomizationJob'] },
      invokeModel: { ...callback, api: 'bedrockruntime', anyJson: ['Body'], further: ['Input', 'Output'] },
    },
  },
  'bedrock-agentcore': {
    api: 'bedrockagentcore',
    prefix: 'BedrockAgentCore',
    actions: { invokeHarness: request },
  },
  codebuild: {
    api: 'codebuild',
    prefix: 'CodeBuild',
    actions: {
      startBuild: job,
      stopBuild: request,
      batchDeleteBuilds: request,
      batchGetReports: request,
      startBuildBatch: job,
      stopBuildBatch: request,
      retryBuildBatch: job,
      deleteBuildBatch: request,
    },
  },
  databrew: { api: 'databrew', prefix: 'DataBrew', actions: { startJobRun: { ...job, job: ['DescribeJobRun'] } } },
  dynamodb: {
    api: 'dynamodb',
    prefix: 'DynamoDB',
    actions: { getItem: request, putItem: request, updateItem: request, deleteItem: request },
  },
  ecs: { api: 'ecs', prefix: 'ECS', actions: { runTask: { patterns: ['request', 'sync', 'waitForTaskToken'] } } },
  eks: {
    api: 'eks',
    prefix: 'EKS',
    actions: {
      call: { ...callback, own: 'eksCall' },
      runJob: { patterns: ['request', 'sync', 'waitForTaskToken'], own: 'eksRunJob' },
      createCluster: job,
      createNodegroup: job,
      deleteCluster: job,
      deleteNodegroup: job,
    },
  },
  elasticmapreduce: {
    api: 'emr',
    prefix: 'ElasticMapReduce',
    actions: {
      createCluster: { ...job, operation: 'RunJobFlow' },
      terminateCluster: { ...job, own: 'emrTerminateCluster' },
      addStep: { ...job, own: 'emrAddStep' },
      cancelStep: { ...request, own: 'emrCancelStep' },
      modifyInstanceFleetByName: { ...request, own: 'emrModifyInstanceFleetByName' },
      modifyInstanceGroupByName: { ...request, own: 'emrModifyInstanceGroupByName' },
      setClusterTerminationProtection: { ...request, own: 'emrSetClusterTerminationProtection' },
    },
  },
  'emr-containers': {
    api: 'emrcontainers',
    prefix: 'EMRContainers',
    actions: { createVirtualCluster: request, deleteVirtualCluster: job, startJobRun: job },
  },
  'emr-serverless': {
    api: 'emrserverless',
    prefix: 'EMRServerless',
    actions: {
      createApplication: job,
      deleteApplication: job,
      startApplication: job,
      stopApplication: job,
      startJobRun: job,
      cancelJobRun: job,
    },
  },
  events: {
    api: 'eventbridge',
    prefix: 'EventBridge',
    actions: { putEvents: { ...callback, anyJson: ['Entries.Detail'] } },
  },
  glue: { api: 'glue', prefix: 'Glue', actions: { startJobRun: { ...job, job: ['GetJobRun', 'JobRun'] } } },
  http: { api: 'http', prefix: 'States.Http', actions: { invoke: { ...request, own: 'httpInvoke' } } },
  lambda: { api: 'lambda', prefix: 'Lambda', actions: { invoke: { ...callback, anyJson: ['Payload'] } } },
  mediaconvert: { api: 'mediaconvert', prefix: 'MediaConvert', actions: { createJob: { ...job, job: ['GetJob'] } } },
  sagemaker: {
    api: 'sagemaker',
    prefix: 'SageMaker',
    actions: {
      createEndpoint: request,
      createEndpointConfig: request,
      createHyperParameterTuningJob: { ...job, job: ['DescribeHyperParameterTuningJob'] },
      createLabelingJob: { ...job, job: ['DescribeLabelingJob'] },
      createModel: request,
      createProcessingJob: { ...job, job: ['DescribeProcessingJob'] },
      createTrainingJob: { ...job, job: ['DescribeTrainingJob'] },
      createTransformJob: { ...job, job: ['DescribeTransformJob'] },
      updateEndpoint: request,
    },
  },
  sns: { api: 'sns', prefix: 'SNS', actions: { publish: { ...callback, anyJson: ['Message'] } } },
  sqs: { api: 'sqs', prefix: 'SQS', actions: { sendMessage: { ...callback, anyJson: ['MessageBody'] } } },
  states: {
    api: 'sfn',
    prefix: 'StepFunctions',
    actions: {
      startExecution: {
        patterns: ['request', 'sync', 'sync:2', 'waitForTaskToken'],
        anyJson: ['Input'],
        job: ['DescribeExecution'],
      },
    },
  },
};
