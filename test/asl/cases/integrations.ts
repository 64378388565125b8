import type { Json } from '../../../src/asl/index.ts';
import { type Case, type CheckCase, job, jsonata, machine, publish, type RunCase, task } from '../case.ts';
import { check, type Find, schema } from '../check.ts';

const optimised = 'Developer guide, Integrating optimized services';
const sdk = 'Developer guide, AWS SDK service integrations';
const measured = 'ValidateStateMachineDefinition, measured in public';
const reports = "Users' reports of AWS's answers";

const given = { JobName: 'j', JobQueue: 'q', JobDefinition: 'd' };
const resource = (name: string) => `arn:aws:states:::${name}`;

function call(name: string, parameters?: unknown): object {
  const Parameters = parameters === undefined ? {} : { Parameters: parameters };
  return machine({ T: { Type: 'Task', Resource: resource(name), ...Parameters, End: true } });
}

function checked(name: string, proves: string, definition: object, finds: readonly Find[]): CheckCase {
  return check(name, proves, definition, finds, { checksTasks: true });
}

const at = '/States/T/Parameters';
const unknown = (field: string, where = at) => schema(where, `The field "${field}" is not supported by Step Functions`);
const missing = (field: string, where = at) => schema(where, `The field '${field}' is required but was missing`);
const mustBe = (field: string, type: string, where = at) =>
  schema(where, `The value for the field '${field}' must be ${type}`);
const unrecognised = (name: string) =>
  schema(
    '/States/T/Resource',
    `The resource provided ${resource(name)} is not recognized. ` +
      'The value is not a valid resource ARN, or the resource is not available in this region.',
  );

const definitions: CheckCase[] = [
  checked(
    'batch:submitJob takes PropagateTags',
    optimised,
    call('batch:submitJob', { ...given, PropagateTags: true }),
    [],
  ),
  checked('A field that the API has not is refused', reports, call('batch:submitJob', { ...given, jobName: 'j' }), [
    unknown('jobName'),
  ]),
  checked(
    'A field is refused at any depth',
    reports,
    call('ecs:runTask', { TaskDefinition: 'd', NetworkConfiguration: { awsVpcConfiguration: {} } }),
    [unknown('awsVpcConfiguration')],
  ),
  checked(
    'A field with a path is seen at run time only',
    reports,
    call('lambda:invoke.waitForTaskToken', { FunctionName: 'f', 'TaskToken.$': '$$.Task.Token' }),
    [],
  ),
  ...(
    [
      ['lambda:invoke', {}, ['FunctionName']],
      ['sqs:sendMessage', {}, ['QueueUrl', 'MessageBody']],
      ['sns:publish', { TopicArn: 't' }, ['Message']],
      ['dynamodb:putItem', {}, ['TableName', 'Item']],
      ['dynamodb:getItem', {}, ['TableName', 'Key']],
      ['states:startExecution.sync:2', {}, ['StateMachineArn']],
      ['events:putEvents', {}, ['Entries']],
      ['ecs:runTask.sync', {}, ['TaskDefinition']],
      ['glue:startJobRun.sync', {}, ['JobName']],
    ] as const
  ).map(([name, parameters, fields]) =>
    checked(
      `${name} needs ${fields.join(' and ')}`,
      measured,
      call(name, parameters),
      fields.map((field) => missing(field)),
    ),
  ),
  checked(
    'Of what is required a path is enough',
    measured,
    call('sqs:sendMessage', { 'QueueUrl.$': '$.u', 'MessageBody.$': '$' }),
    [],
  ),
  checked(
    'An SDK integration needs its token of idempotency',
    reports,
    call('aws-sdk:emrserverless:startJobRun', { ApplicationId: 'a', ExecutionRoleArn: 'r' }),
    [missing('ClientToken')],
  ),
  checked('Filters are in the plural', sdk, call('aws-sdk:ec2:describeSnapshots', { Filter: [] }), [unknown('Filter')]),
  checked(
    'A literal of another type is refused',
    reports,
    call('batch:submitJob', { ...given, ContainerOverrides: { ResourceRequirements: [{ Type: 'VCPU', Value: 4 }] } }),
    [mustBe('Value', 'a STRING')],
  ),
  checked('A service integration needs Parameters', measured, call('sns:publish.waitForTaskToken'), [
    schema('/States/T', 'Parameters field is required for resource ARN: arn:aws:states:::sns:publish.waitForTaskToken'),
  ]),
  checked(
    'In JSONata a service integration needs Arguments',
    measured,
    jsonata({ T: { Type: 'Task', Resource: publish, End: true } }),
    [schema('/States/T', `Arguments field is required for resource ARN: ${publish}`)],
  ),
  checked(
    'Arguments may be an expression, whole or in part',
    'Developer guide, Transforming data with JSONata',
    jsonata({
      A: { Type: 'Task', Resource: job, Arguments: '{% $states.input %}', Next: 'B' },
      B: { Type: 'Task', Resource: job, Arguments: { ...given, Tags: '{% $states.input %}' }, End: true },
    }),
    [],
  ),
  checked(
    'A text with spaces around its brackets is no expression',
    'Recorded',
    jsonata({ T: { Type: 'Task', Resource: job, Arguments: { ...given, PropagateTags: ' {% true %} ' }, End: true } }),
    [mustBe('PropagateTags', 'a BOOLEAN', '/States/T/Arguments')],
  ),
  ...[
    'dynamodb:query',
    'lambda:invoke.sync',
    'batch:submitJob.waitForTaskToken',
    'glue:startJobRun.sync:2',
    'aws-sdk:s3:nosuch',
  ].map((name) => checked(`${name} is not recognised`, measured, call(name, {}), [unrecognised(name)])),
  check('A text is no resource', measured, machine({ T: { Type: 'Task', Resource: 'f', End: true } }), [
    schema('/States/T/Resource', 'Value is not a valid resource ARN'),
  ]),
  checked(
    'A Lambda function may be named with any text for region and account',
    'Recorded',
    machine({ T: task({ Resource: 'arn:aws:lambda:region:account:function:f' }) }),
    [],
  ),
  checked(
    'Tasks are checked however deep they are',
    measured,
    machine({ M: { Type: 'Map', ItemProcessor: call('sns:publish', {}), End: true } }),
    [missing('Message', '/States/M/ItemProcessor/States/T/Parameters')],
  ),
  check('A state has a type', 'Recorded', machine({ T: { Type: 'Nonsense' } }), [
    schema(
      '/States/T/Type',
      "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
    ),
  ]),
  check(
    'Credentials name a role',
    measured,
    machine({
      A: task({ Credentials: {}, End: undefined, Next: 'B' }),
      B: task({ Credentials: { 'RoleArn.$': '$.role' }, End: undefined, Next: 'C' }),
      C: task({ Credentials: { RoleArn: 'r' } }),
    }),
    [schema('/States/A/Credentials', "The field 'RoleArn' is required but was missing")],
  ),
  check(
    'Activities have no Credentials',
    measured,
    machine({
      T: task({ Resource: 'arn:aws:states:us-west-2:123456789012:activity:a', Credentials: { RoleArn: 'r' } }),
    }),
    [schema('/States/T/Credentials', "The field 'Credentials' is not supported for activities")],
  ),
  check('Branches cannot be empty', 'Recorded', machine({ P: { Type: 'Parallel', Branches: [], End: true } }), [
    schema('/States/P/Branches', 'Value cannot be empty'),
  ]),
];

const value = (Value: Json) => ({ ...given, ContainerOverrides: { ResourceRequirements: [{ Type: 'VCPU', Value }] } });
const paths = { ...given, ContainerOverrides: { ResourceRequirements: [{ Type: 'VCPU', 'Value.$': '$.n' }] } };

function unfit(field: 'Parameters' | 'Arguments', sent: unknown, problem: string, event = 2): Partial<RunCase> {
  return {
    checksTasks: true,
    status: 'FAILED',
    error: 'States.Runtime',
    cause:
      `An error occurred while executing the state 'T' (entered at the event id #${event}). The ${field} ` +
      `'${JSON.stringify(sent)}' could not be used to start the Task: [${problem}]`,
    history: ['ExecutionStarted', 'TaskStateEntered', 'ExecutionFailed'],
    calls: [],
  };
}

const runs: RunCase[] = [
  {
    name: 'A wrong type fails the state before anything is scheduled, and States.ALL does not catch that',
    proves: reports,
    definition: machine({
      T: task({ Parameters: paths, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S' }] }),
      S: { Type: 'Succeed' },
    }),
    input: { n: 4 },
    ...unfit('Parameters', value(4), "The value for the field 'Value' must be a STRING"),
  },
  {
    name: 'A right type is sent',
    proves: reports,
    definition: machine({ T: task({ Parameters: paths }) }),
    input: { n: '4' },
    checksTasks: true,
    tasks: { T: [{ output: {} }] },
    calls: [value('4')],
  },
  {
    name: 'All that is wrong is told',
    proves: reports,
    definition: machine({ T: task({ Resource: publish, Parameters: { 'TaskToken.$': '$.n', 'TopicArn.$': '$.n' } }) }),
    input: { n: 4 },
    ...unfit(
      'Parameters',
      { TaskToken: 4, TopicArn: 4 },
      'The field "TaskToken" is not supported by Step Functions, ' +
        "The value for the field 'TopicArn' must be a STRING, The field 'Message' is required but was missing",
    ),
  },
  {
    name: 'In JSONata the Arguments do not fit',
    proves: reports,
    definition: jsonata({
      T: { Type: 'Task', Resource: job, Arguments: { ...given, Tags: '{% $states.input.n %}' }, End: true },
    }),
    input: { n: 4 },
    ...unfit('Arguments', { ...given, Tags: 4 }, "The value for the field 'Tags' must be an OBJECT"),
  },
  {
    name: 'The input is checked where it is the parameters',
    proves: reports,
    definition: machine({ T: task({ Resource: publish }) }),
    input: [1],
    ...unfit('Parameters', [1], 'The parameters must be a JSON object'),
  },
];

export const integrations: readonly Case[] = [...definitions, ...runs];
