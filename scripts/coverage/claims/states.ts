import type { StatesOperationName } from '../../../src/services/states/index.ts';
import type { ServiceClaims } from '../claims.ts';

const machine = { supported: 'a state machine is created, described, updated and deleted' };
const stored = { stored: 'a state machine is created, described, updated and deleted' };
const noKeys = { stored: machine.supported, but: 'there is no KMS: nothing is encrypted with the key' };
const noTraces = { stored: machine.supported, but: 'no traces are sent' };
const logging = {
  supported: 'an Express execution answers with its output, and logs its history as its state machine says',
};
const versions = { supported: 'versions are published, listed and deleted, and aliases route to them' };
const routing = {
  supported: 'an execution keeps the definition that it began with, and runs the version that its alias routes to',
};
const tags = { supported: 'the tags of a state machine are listed, added to and removed' };
const machines = { supported: 'state machines are listed, page by page' };
const versionPages = {
  supported: 'versions are listed with the newest first; where there is no machine, there are none',
};
const activity = { supported: 'an activity is created, described, listed and deleted' };
const activityKeys = { stored: activity.supported, but: 'there is no KMS: nothing is encrypted with the key' };
const work = { supported: 'a worker is given the task of an activity, and its answer ends the state' };
const metadata = { supported: 'a state machine that is described without its data has no definition' };
const validated = { supported: 'a definition is validated without being created' };
const tried = { supported: 'a state is tried alone, and its data shown on the way' };
const triedByName = { supported: 'a state of a whole state machine is tried by its name' };
const called = { supported: 'a task that is tried is really called: what the service refuses is caught' };
const mocked = { supported: 'a mock stands in for the call' };
const mockedError = { supported: 'a mocked error is retried as the retrier says, then caught' };
const shown = { supported: 'what is shown on the way is what AWS shows of a state of that type' };
const mockedMap = { supported: 'a Map that is tried fails for iterations that it does not tolerate' };
const execution = { supported: 'an execution is described while it runs and after its end' };
const name = {
  supported: 'a name is taken by one execution: a repeat gets the same while that runs, anything else is refused',
};
const lists = { supported: 'executions are listed newest first, in pages, by status' };
const history = { supported: 'a history is read in pages both ways, with data or without' };
const redrive = { supported: 'a failed execution is redriven from the state that failed, once for each client token' };
const mapRun = { supported: 'a map run is described, listed and updated, and its children are listed by it' };
const token = { supported: 'a task of a token is answered, with an output that is JSON' };
const stopping = { supported: 'stopping cancels what runs; stopping again answers the same' };
const sync = { supported: 'a synchronous Express execution answers with its outcome and leaves nothing behind' };
const noTrace = { ignored: 'kept with the execution and shown by DescribeExecution; no traces are sent' };

export const statesClaims = {
  CreateActivity: { '*': activity, encryptionConfiguration: activityKeys },
  CreateStateMachine: {
    '*': machine,
    roleArn: { stored: machine.supported, but: 'roles are not stored yet: a task may do what its Resource stands for' },
    loggingConfiguration: logging,
    tags,
    tracingConfiguration: noTraces,
    publish: versions,
    versionDescription: versions,
    encryptionConfiguration: noKeys,
  },
  CreateStateMachineAlias: { '*': versions, routingConfiguration: routing },
  DeleteActivity: { '*': activity },
  DeleteStateMachine: { '*': { supported: 'the executions of a deleted state machine are stopped, then it is gone' } },
  DeleteStateMachineAlias: { '*': versions },
  DeleteStateMachineVersion: { '*': versions },
  DescribeActivity: { '*': activity },
  DescribeExecution: { '*': execution },
  DescribeMapRun: { '*': mapRun },
  DescribeStateMachine: { '*': machine, includedData: metadata },
  DescribeStateMachineAlias: { '*': versions },
  DescribeStateMachineForExecution: { '*': execution },
  GetActivityTask: { '*': work },
  GetExecutionHistory: { '*': history },
  ListActivities: { '*': { supported: 'activities are listed, page by page' } },
  ListExecutions: { '*': lists, mapRunArn: mapRun },
  ListMapRuns: { '*': mapRun },
  ListStateMachineAliases: { '*': versions },
  ListStateMachines: { '*': machines },
  ListStateMachineVersions: { '*': versionPages },
  ListTagsForResource: { '*': tags },
  PublishStateMachineVersion: { '*': versions },
  RedriveExecution: { '*': redrive },
  SendTaskFailure: { '*': token },
  SendTaskHeartbeat: { '*': { supported: 'a heartbeat puts off the heartbeat timeout' } },
  SendTaskSuccess: { '*': work },
  StartExecution: { '*': execution, stateMachineArn: routing, name, traceHeader: noTrace },
  StartSyncExecution: { '*': sync, traceHeader: noTrace },
  StopExecution: { '*': stopping },
  TagResource: { '*': tags },
  TestState: {
    '*': tried,
    roleArn: called,
    revealSecrets: { ignored: 'no task that can be called here adds secrets' },
    stateName: triedByName,
    mock: mocked,
    'mock.errorOutput': mockedError,
    context: mocked,
    'stateConfiguration.retrierRetryCount': mockedError,
    'stateConfiguration.mapIterationFailureCount': mockedMap,
    'stateConfiguration.errorCausedByState': mockedMap,
    inspectionLevel: shown,
    'mock.fieldValidationMode': {
      supported: 'a service that is not served here can be mocked, and is checked by its own API',
    },
    'stateConfiguration.mapItemReaderData': { supported: 'the data of an ItemReader is what its source would give' },
  },
  UntagResource: { '*': tags },
  UpdateMapRun: { '*': mapRun },
  UpdateStateMachine: {
    '*': machine,
    roleArn: stored,
    loggingConfiguration: logging,
    tracingConfiguration: noTraces,
    publish: versions,
    versionDescription: versions,
    encryptionConfiguration: noKeys,
  },
  UpdateStateMachineAlias: { '*': versions },
  ValidateStateMachineDefinition: { '*': validated },
} satisfies ServiceClaims<StatesOperationName>;
