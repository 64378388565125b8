import type { CommandNames } from '../../../src/core/operation.ts';
import type { ServiceClaims } from '../claims.ts';
import { definitionClaims } from './job-definition.ts';
import { podNodes, storedFieldsTest } from './wording.ts';

const byReference = { supported: 'queue and definition are found by name, by revision and by ARN' };
const tagged = {
  supported:
    'environments, queues, definitions and jobs are tagged at creation and after, and a tag given again is replaced',
};

const environment = {
  created: {
    supported: "the environment of the guide's audit record is created, becomes VALID and shows every field given",
  },
  stored: storedFieldsTest('CreateComputeEnvironment'),
  described: {
    supported: 'environments are found by name and ARN, unknown ones left out, and all are listed page by page',
  },
  deleted: { supported: 'an environment is deleted only when it is DISABLED and in no queue' },
  changed: { supported: 'state and capacity can be updated, one at a time' },
  disabled: { supported: 'an environment that is DISABLED receives no job until it is ENABLED again' },
  enlarged: { supported: 'a job that no environment has room for starts when maxvCpus is raised' },
};

const onUpdate = storedFieldsTest('UpdateComputeEnvironment');
/** Of a change to what an environment's instances are. */
const replacing = {
  supported:
    'an update of the infrastructure launches new instances and lets old ones go with their jobs, UPDATING until then',
  but: 'an environment without instances has none to replace',
};

const insights = {
  supported: 'an environment that has Container Insights on tells what its jobs use; calls and executions are counted',
};

/** Of managed environments on EC2 and Spot. */
const fleet = {
  sized: {
    supported:
      'a fleet has its minvCpus without jobs, and what desiredvCpus asks for once, when it is made and by updates',
  },
  typed: {
    supported: 'a fleet launches the types that it names by its allocationStrategy, and by another after an update',
  },
  bid: { supported: 'Spot instances are launched only within bidPercentage, and once an update raises it' },
  delayed: {
    supported: 'instances stay idle for the minutes of their scalingPolicy, and of the one that it is changed to',
  },
};
/** Of what is resolved when instances are launched, and shown of each. */
const onInstances = 'instances show what it comes to; how jobs run does not depend on it';
/** Read back as any field is that is only stored, by `claim`. */
const launchedWith = (claim: { readonly stored: string }) => {
  const shown = { ...claim, but: onInstances };
  return {
    'computeResources.subnets': shown,
    'computeResources.securityGroupIds': shown,
    'computeResources.ec2KeyPair': shown,
    'computeResources.instanceRole': shown,
    'computeResources.tags': shown,
    'computeResources.placementGroup': shown,
    'computeResources.imageId': shown,
    'computeResources.ec2Configuration': shown,
    'computeResources.ec2Configuration[].imageKubernetesVersion': claim,
    'computeResources.launchTemplate': shown,
    'computeResources.launchTemplate.userdataType': claim,
    'computeResources.launchTemplate.overrides[].userdataType': claim,
  };
};
/** Of the cluster of Kubernetes: such an environment can be made and described. */
const unreached = {
  ...environment.stored,
  but: 'the environment is INVALID, and its jobs wait: no Kubernetes engine is configured',
};

const queue = {
  created: { supported: "a queue of name, priority and environments is created, becomes VALID and shows AWS's fields" },
  described: { supported: 'queues are found by name and ARN, unknown ones left out, and all are listed page by page' },
  deleted: { supported: 'a queue is deleted only when it is DISABLED, and its jobs end with it' },
  disabled: { supported: 'a DISABLED queue takes no new jobs and lets those that it has finish' },
  priority: { supported: 'of two queues on one environment the one with the higher priority is served first' },
  ordered: { supported: 'the environments of a queue are tried in ascending order' },
  changed: { supported: 'a changed priority and changed environments of a queue count for the jobs that wait in it' },
  policy: {
    supported: 'a queue with a policy can be given another but never none, and one without never gets any',
  },
};

const limit = {
  created: {
    supported:
      'a job that stays at the head of its queue for the reason of an action is cancelled when its time is over',
  },
  changed: { supported: 'an action that a queue gets later counts from when its head was blocked' },
  onlyCancel: {
    supported:
      'a job that stays at the head of its queue for the reason of an action is cancelled when its time is over',
    but: 'TERMINATE is refused, as on AWS: Invalid job action. Valid job actions: [CANCEL]; of queues of service jobs it is the only one, and ends what stands at their front',
  },
};

const stopped = {
  cancelled: {
    supported: 'CancelJob ends a job that waits for room, with the reason given, and no attempt is recorded',
  },
  terminated: {
    supported: 'TerminateJob sends SIGTERM to the command itself, whose own exit code is kept',
  },
  many: { supported: 'CancelJobs and TerminateJobs take many at once and tell of each' },
};

const consumable = {
  created: {
    supported:
      'a consumable resource is created with tags and type, described, listed page by page and by name, and deleted',
  },
  waited: {
    supported:
      'a job waits RUNNABLE until what it needs of a consumable resource is free, and says for what, how much and for whom',
  },
  updated: {
    supported: 'what does not replenish is gone with each attempt; an update brings more, once for a client token',
  },
  deleted: {
    supported:
      'a total set below what jobs hold, and a deletion, take nothing from them; created again, it is the same resource',
  },
};

const policy = {
  turns: {
    supported:
      'the share that has used least for its weight goes first, within it the more urgent, and those that wait are told how shares stand',
  },
  reserved: {
    supported: 'a changed policy counts at once, and a reservation keeps capacity back from those that are active',
  },
  kept: {
    supported:
      'a scheduling policy is created with tags, described as given, listed page by page, replaced, and deleted once no queue has it',
  },
};

const job = {
  submitted: { supported: 'a job that succeeded is described whole, like its definition, with one attempt' },
  command: {
    supported: "the guide's fetch_and_run job runs as nobody with its variables, and its command can be replaced",
  },
  environment: { supported: 'variables of a submission are added to those of the definition, and win over them' },
  parameters: {
    supported:
      "Ref:: parameters take the value submitted, else the definition's; unused ones are accepted, missing ones refused",
  },
  integers: { supported: 'resources are overridden by integers over integers, each shown in the form it was given' },
  requirements: { supported: 'resourceRequirements override either form, one type alone too' },
  dependencies: { supported: 'a job waits PENDING until all that it depends on have succeeded, then runs' },
  array: {
    supported:
      'while children wait and run the parent is PENDING, its summary adds up, and lists show each under its status',
  },
  nodes: {
    supported: 'a submission overrides the number of nodes, and ranges of the definition by their target nodes',
  },
  licensedNodes: {
    supported: 'a gang holds what its ranges need of consumable resources for all its nodes, and another waits for it',
  },
  nodesOfType: {
    supported:
      'a submission names another type for the nodes, also for those that are tasks, and a later environment of the queue may launch it',
    but: 'environments that launch no instances take no notice of it',
  },
  nodeTasks: {
    supported: 'nodes of several containers have their logs by container, and their instance type where it was given',
  },
  pairs: { supported: 'N_TO_N pairs children: each starts when its own has succeeded, and falls with it alone' },
  retried: { supported: 'the retry strategy of a submission replaces that of the definition' },
  rules: {
    supported: 'the first rule of evaluateOnExit whose conditions all hold decides; when none does, the job is retried',
  },
  timedOut: {
    supported: "each attempt has the whole timeout again, and a submission's timeout replaces the definition's",
  },
  described: { supported: 'jobs are described up to 100 at a time, in the order asked, without the unknown ones' },
  share: {
    supported: 'jobs of a queue with a policy say whose they are and how urgent, and those of any other do not',
  },
};

const list = {
  byStatus: { supported: "jobs are listed by queue and status, newest first, and a summary has AWS's fields" },
  paged: { supported: 'a long list comes in pages whose tokens keep their place while jobs are added' },
  filtered: { supported: 'filters find jobs of every status by name, definition and time' },
  children: {
    supported:
      'while children wait and run the parent is PENDING, its summary adds up, and lists show each under its status',
  },
  nodes: {
    supported: 'nodes are listed by their job and status, their job with its size; before they start there are none',
  },
};

const described = {
  references: {
    supported: 'definitions are described by name, name:revision and ARN together, and unknown ones are left out',
  },
  filtered: { supported: 'definitions are filtered by name and status and listed page by page' },
  deregistered: { supported: 'a deregistered definition is INACTIVE, can still be described, and cannot be submitted' },
};

const service = {
  environment: {
    supported: 'a service environment is created, described by name and ARN, changed, and deleted once no queue has it',
  },
  /** What would limit jobs that run. */
  limits: {
    stored: 'a service environment is created, described by name and ARN, changed, and deleted once no queue has it',
    but: 'a job that asks for more waits with the words of AWS: no training engine exists here',
  },
  queue: {
    supported: 'a queue of service jobs has one service environment and its own type, and can be given another',
  },
  job: {
    supported: 'a service job is kept as it was submitted, and waits RUNNABLE because no training engine exists here',
  },
  /** What would matter to a job that runs. */
  kept: {
    stored: 'a service job is kept as it was submitted, and waits RUNNABLE because no training engine exists here',
    but: 'no training engine exists here: no job is ever tried',
  },
  token: { supported: 'a request for a service job is taken once for its client token' },
  list: {
    supported: 'service jobs are listed by status and filter, newest first, page by page, and ended one by one or many',
  },
  share: {
    supported:
      'a quota share is created, described, listed, changed and deleted, and its jobs wait by how urgent they are',
  },
  /** What would matter where jobs run. */
  shared: {
    stored:
      'a quota share is created, described, listed, changed and deleted, and its jobs wait by how urgent they are',
    but: 'no training engine exists here: nothing is lent, borrowed or preempted',
  },
  policy: {
    supported:
      'a policy of quota shares is kept as given and never becomes another, and only queues of service jobs have one',
  },
};

export const batchClaims = {
  CancelJob: { '*': stopped.cancelled },
  CancelJobs: { '*': stopped.many },
  CreateComputeEnvironment: {
    computeEnvironmentName: environment.created,
    type: { supported: 'an unmanaged environment needs only its role, and shows the cluster that hosts join' },
    state: {
      ...environment.created,
      but: 'DISABLED is refused: Compute Environment must be created in ENABLED state.',
    },
    unmanagedvCpus: environment.stored,
    computeResources: environment.stored,
    'computeResources.type': {
      supported:
        'a definition for Fargate runs only in a queue of Fargate environments, and one for EC2 only elsewhere',
      but: 'only EC2 and SPOT launch instances; ECS_MANAGED_INSTANCES take vCPUs of the machine, as Fargate does',
    },
    'computeResources.allocationStrategy': fleet.typed,
    'computeResources.instanceTypes': fleet.typed,
    'computeResources.minvCpus': fleet.sized,
    'computeResources.desiredvCpus': fleet.sized,
    'computeResources.bidPercentage': fleet.bid,
    'computeResources.scalingPolicy': fleet.delayed,
    'computeResources.maxvCpus': {
      supported: "a job too large for every environment waits RUNNABLE and says so in AWS's words",
    },
    ...launchedWith(environment.stored),
    'computeResources.ec2Configuration[].batchImageStatus': {
      ignored: 'an output of AWS, which inputs share the shape of',
    },
    serviceRole: environment.stored,
    tags: tagged,
    eksConfiguration: unreached,
    context: environment.stored,
    ecsSettings: insights,
  },
  CreateConsumableResource: { '*': consumable.created },
  CreateJobQueue: {
    jobQueueName: queue.created,
    priority: queue.priority,
    state: queue.created,
    schedulingPolicyArn: queue.policy,
    computeEnvironmentOrder: queue.ordered,
    serviceEnvironmentOrder: service.queue,
    jobQueueType: {
      ...storedFieldsTest('CreateJobQueue'),
      but: 'what the environments of the queue do not make it is refused',
    },
    tags: tagged,
    jobStateTimeLimitActions: limit.created,
    'jobStateTimeLimitActions[].action': limit.onlyCancel,
  },
  CreateQuotaShare: {
    '*': service.share,
    resourceSharingConfiguration: service.shared,
    preemptionConfiguration: service.shared,
  },
  CreateSchedulingPolicy: {
    '*': policy.kept,
    quotaSharePolicy: service.policy,
    'fairsharePolicy.shareDistribution': policy.turns,
    'fairsharePolicy.computeReservation': policy.reserved,
  },
  CreateServiceEnvironment: { '*': service.environment, state: service.limits, capacityLimits: service.limits },
  DeleteComputeEnvironment: { '*': environment.deleted },
  DeleteConsumableResource: { '*': consumable.deleted },
  DeleteJobQueue: { '*': queue.deleted },
  DeleteQuotaShare: { '*': service.share },
  DeleteSchedulingPolicy: { '*': policy.kept },
  DeleteServiceEnvironment: { '*': service.environment },
  DeregisterJobDefinition: { '*': described.deregistered },
  DescribeComputeEnvironments: { '*': environment.described },
  DescribeConsumableResource: { '*': consumable.created },
  DescribeJobDefinitions: { '*': described.filtered, jobDefinitions: described.references },
  DescribeJobQueues: { '*': queue.described },
  DescribeJobs: { '*': job.described },
  DescribeQuotaShare: { '*': service.share },
  DescribeSchedulingPolicies: { '*': policy.kept },
  DescribeServiceEnvironments: { '*': service.environment },
  DescribeServiceJob: { '*': service.job },
  GetJobQueueSnapshot: {
    '*': {
      supported:
        'a snapshot shows the RUNNABLE jobs of a queue in the order that they start, and the vCPUs that its jobs hold',
    },
  },
  ListConsumableResources: { '*': consumable.created },
  ListJobs: {
    jobQueue: list.byStatus,
    arrayJobId: list.children,
    multiNodeJobId: list.nodes,
    jobStatus: list.byStatus,
    maxResults: list.paged,
    nextToken: list.paged,
    filters: list.filtered,
  },
  ListJobsByConsumableResource: { '*': consumable.waited },
  ListQuotaShares: { '*': service.share },
  ListSchedulingPolicies: { '*': policy.kept },
  ListServiceJobs: { '*': service.list },
  ListTagsForResource: { '*': tagged },
  RegisterJobDefinition: definitionClaims,
  SubmitJob: {
    jobName: job.submitted,
    jobQueue: byReference,
    jobDefinition: byReference,
    shareIdentifier: job.share,
    schedulingPriorityOverride: policy.turns,
    arrayProperties: job.array,
    dependsOn: job.dependencies,
    'dependsOn[].type': { ...job.pairs, but: 'of a job that is no array it is refused' },
    parameters: job.parameters,
    containerOverrides: job.environment,
    'containerOverrides.vcpus': job.integers,
    'containerOverrides.memory': job.integers,
    'containerOverrides.command': job.command,
    'containerOverrides.instanceType': {
      refused: 'ClientException: instanceType is only applicable for multi-node parallel jobs.',
    },
    'containerOverrides.resourceRequirements': {
      ...job.requirements,
      but: 'where there are fewer GPUs than it asks for the job waits RUNNABLE and says so',
    },
    nodeOverrides: job.nodes,
    'nodeOverrides.nodePropertyOverrides[].ecsPropertiesOverride': job.nodeTasks,
    'nodeOverrides.nodePropertyOverrides[].containerOverrides.instanceType': job.nodesOfType,
    'nodeOverrides.nodePropertyOverrides[].instanceTypes': job.nodesOfType,
    'nodeOverrides.nodePropertyOverrides[].eksPropertiesOverride': podNodes,
    'nodeOverrides.nodePropertyOverrides[].consumableResourcePropertiesOverride': job.licensedNodes,
    retryStrategy: job.retried,
    'retryStrategy.evaluateOnExit': job.rules,
    propagateTags: { ...storedFieldsTest('SubmitJob'), but: 'more than 50 tags to propagate fail the job, as on AWS' },
    timeout: job.timedOut,
    tags: tagged,
    eksPropertiesOverride: {
      supported: 'a submission overrides containers of a pod by their names, and its labels',
      but: 'the job waits: no Kubernetes engine is configured',
    },
    ecsPropertiesOverride: {
      supported: 'a submission overrides containers by their names, and parameters reach all of them',
    },
    consumableResourcePropertiesOverride: consumable.waited,
  },
  SubmitServiceJob: {
    '*': service.job,
    retryStrategy: service.kept,
    timeoutConfig: service.kept,
    preemptionConfiguration: service.kept,
    shareIdentifier: { ...service.job, but: 'required where the queue has a fair share policy, refused elsewhere' },
    quotaShareName: service.share,
    clientToken: service.token,
  },
  TagResource: { '*': tagged },
  TerminateJob: { '*': stopped.terminated },
  TerminateJobs: { '*': stopped.many },
  TerminateServiceJob: { '*': service.list },
  TerminateServiceJobs: { '*': service.list },
  UntagResource: { '*': tagged },
  UpdateComputeEnvironment: {
    computeEnvironment: environment.changed,
    state: environment.disabled,
    unmanagedvCpus: onUpdate,
    computeResources: replacing,
    'computeResources.minvCpus': fleet.sized,
    'computeResources.maxvCpus': environment.enlarged,
    'computeResources.desiredvCpus': fleet.sized,
    'computeResources.scalingPolicy': fleet.delayed,
    'computeResources.allocationStrategy': fleet.typed,
    'computeResources.instanceTypes': fleet.typed,
    'computeResources.bidPercentage': fleet.bid,
    ...launchedWith(onUpdate),
    'computeResources.managedInstancesProvider': onUpdate,
    'computeResources.capacityTags': onUpdate,
    'computeResources.ec2Configuration[].batchImageStatus': {
      ignored: 'an output of AWS, which inputs share the shape of',
    },
    'computeResources.updateToLatestImageVersion': {
      supported: 'an image of a launch template stays until another version names one, or the latest is asked for',
      but: onInstances,
    },
    serviceRole: onUpdate,
    updatePolicy: {
      supported:
        'jobs on old instances end jobExecutionTimeoutMinutes after the update began, and are tried again by their rules',
      but: 'of no effect where nothing is launched',
    },
    'updatePolicy.terminateJobsOnUpdate': { supported: 'with terminateJobsOnUpdate they end at once' },
    context: onUpdate,
    ecsSettings: insights,
  },
  UpdateConsumableResource: { '*': consumable.updated },
  UpdateJobQueue: {
    jobQueue: queue.changed,
    state: queue.disabled,
    schedulingPolicyArn: queue.policy,
    priority: queue.changed,
    computeEnvironmentOrder: queue.changed,
    serviceEnvironmentOrder: service.queue,
    jobStateTimeLimitActions: limit.changed,
  },
  UpdateQuotaShare: {
    '*': service.share,
    resourceSharingConfiguration: service.shared,
    preemptionConfiguration: service.shared,
  },
  UpdateSchedulingPolicy: {
    '*': policy.kept,
    quotaSharePolicy: service.policy,
    'fairsharePolicy.computeReservation': policy.reserved,
  },
  UpdateServiceEnvironment: { '*': service.environment, state: service.limits, capacityLimits: service.limits },
  UpdateServiceJob: { '*': service.share },
} satisfies ServiceClaims<CommandNames<typeof import('@aws-sdk/client-batch')>>;
