import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { CommandNames, ServiceDefinition } from '../../core/operation.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Evaluations } from '../../evaluation/index.ts';
import type { MayUseRole } from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import {
  type ActivityRuntime,
  createActivity,
  deleteActivity,
  describeActivity,
  getActivityTask,
  listActivities,
  type MemoryActivityQueues,
} from './activities/index.ts';
import type { CompiledMachines, Executions, Integrations } from './contract.ts';
import {
  createStateMachine,
  createStateMachineAlias,
  deleteStateMachine,
  deleteStateMachineAlias,
  deleteStateMachineVersion,
  describeStateMachine,
  describeStateMachineAlias,
  listStateMachineAliases,
  listStateMachines,
  listStateMachineVersions,
  MachineDeletions,
  type MachineRuntime,
  publishStateMachineVersion,
  RevisionSweeper,
  testState,
  updateStateMachine,
  updateStateMachineAlias,
  validateStateMachineDefinition,
} from './machines/index.ts';
import { listTagsForResource, tagResource, untagResource } from './tagging.ts';

export type StatesOperationName = CommandNames<typeof import('@aws-sdk/client-sfn')>;

type StatesOperations = ServiceDefinition<StatesOperationName>['operations'];

/** The operations on executions, map runs and task tokens: made by the part that runs executions. */
export type ExecutionOperations = Pick<
  StatesOperations,
  | 'DescribeExecution'
  | 'DescribeMapRun'
  | 'DescribeStateMachineForExecution'
  | 'GetExecutionHistory'
  | 'ListExecutions'
  | 'ListMapRuns'
  | 'RedriveExecution'
  | 'SendTaskFailure'
  | 'SendTaskHeartbeat'
  | 'SendTaskSuccess'
  | 'StartExecution'
  | 'StartSyncExecution'
  | 'StopExecution'
  | 'UpdateMapRun'
>;

export interface StatesServiceOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly evaluations: Evaluations;
  readonly logger: Logger;
  readonly catalog: CompiledMachines;
  readonly integrations: Pick<Integrations, 'checkArguments' | 'start' | 'cancel'>;
  readonly activityQueues: MemoryActivityQueues;
  readonly executions: Pick<Executions, 'onMachineDeleted' | 'refersTo'>;
  readonly executionOperations: ExecutionOperations;
  readonly mayUse: MayUseRole;
}

/** AWS Step Functions as a service of the registry. */
export interface StatesService {
  readonly definition: ServiceDefinition<StatesOperationName>;
  /** Takes up deletions that a crash, or a failed commit, left under way. Call whenever memory has been rebuilt. */
  resume(): void;
  /** Deletes nothing until the next `resume`. */
  pause(): void;
  /** Starts the hourly sweep of revisions that nothing has any more. */
  start(): void;
  stop(): void;
}

export function createStatesService(options: StatesServiceOptions): StatesService {
  const { ledger, clock, logger } = options;
  const executions = () => options.executions;
  const deletions = new MachineDeletions({ ledger, executions, logger });
  const sweeper = new RevisionSweeper({ ledger, executions, clock, logger });
  return {
    definition: {
      name: 'states',
      apiVersion: '2016-11-23',
      protocol: { kind: 'awsJson1.0', targetPrefix: 'AWSStepFunctions' },
      errors: { validation: 'ValidationException', internal: 'InternalFailure' },
      operations: {
        ...machineOperations({ ...options, deletions }),
        ...activityOperations({ ledger, clock, queues: options.activityQueues }),
        ...options.executionOperations,
        ListTagsForResource: listTagsForResource(options),
        TagResource: tagResource(options),
        UntagResource: untagResource(options),
      },
    },
    resume: () => deletions.resume(),
    pause: () => deletions.pause(),
    start: () => sweeper.start(),
    stop: () => {
      sweeper.stop();
      deletions.pause();
    },
  };
}

function machineOperations(runtime: MachineRuntime) {
  return {
    CreateStateMachine: createStateMachine(runtime),
    CreateStateMachineAlias: createStateMachineAlias(runtime),
    DeleteStateMachine: deleteStateMachine(runtime),
    DeleteStateMachineAlias: deleteStateMachineAlias(runtime),
    DeleteStateMachineVersion: deleteStateMachineVersion(runtime),
    DescribeStateMachine: describeStateMachine(runtime),
    DescribeStateMachineAlias: describeStateMachineAlias(runtime),
    ListStateMachineAliases: listStateMachineAliases(runtime),
    ListStateMachines: listStateMachines(runtime),
    ListStateMachineVersions: listStateMachineVersions(runtime),
    PublishStateMachineVersion: publishStateMachineVersion(runtime),
    TestState: testState(runtime),
    UpdateStateMachine: updateStateMachine(runtime),
    UpdateStateMachineAlias: updateStateMachineAlias(runtime),
    ValidateStateMachineDefinition: validateStateMachineDefinition(runtime),
  };
}

function activityOperations(runtime: ActivityRuntime) {
  return {
    CreateActivity: createActivity(runtime),
    DeleteActivity: deleteActivity(runtime),
    DescribeActivity: describeActivity(runtime),
    GetActivityTask: getActivityTask(runtime),
    ListActivities: listActivities(runtime),
  };
}
