import type { Duplex } from 'node:stream';
import type {
  CancelJobRequest,
  CancelJobResponse,
  DescribeComputeEnvironmentsRequest,
  DescribeComputeEnvironmentsResponse,
  DescribeJobDefinitionsRequest,
  DescribeJobDefinitionsResponse,
  DescribeJobQueuesRequest,
  DescribeJobQueuesResponse,
  DescribeJobsRequest,
  DescribeJobsResponse,
  DescribeSchedulingPoliciesRequest,
  DescribeSchedulingPoliciesResponse,
  DescribeServiceJobRequest,
  DescribeServiceJobResponse,
  ListJobsRequest,
  ListJobsResponse,
  ListServiceJobsRequest,
  ListServiceJobsResponse,
  RegisterJobDefinitionRequest,
  RegisterJobDefinitionResponse,
  SubmitJobRequest,
  SubmitJobResponse,
  TerminateJobRequest,
  TerminateJobResponse,
  TerminateServiceJobRequest,
  TerminateServiceJobResponse,
} from '@aws-sdk/client-batch';
import type {
  ListPublicKeysRequest,
  ListPublicKeysResponse,
  LookupEventsRequest,
  LookupEventsResponse,
} from '@aws-sdk/client-cloudtrail';
import type {
  FilterLogEventsRequest,
  FilterLogEventsResponse,
  GetLogEventsRequest,
  GetLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import type {
  DeregisterContainerInstanceRequest,
  DeregisterContainerInstanceResponse,
  RegisterContainerInstanceRequest,
  RegisterContainerInstanceResponse,
} from '@aws-sdk/client-ecs';
import type {
  AttachUserPolicyRequest,
  CreateAccessKeyRequest,
  CreateUserRequest,
  DeleteAccessKeyRequest,
  DeleteUserPolicyRequest,
  DeleteUserRequest,
  DetachUserPolicyRequest,
  GetGroupRequest,
  GetRoleRequest,
  GetUserRequest,
  ListAccessKeysRequest,
  ListAttachedUserPoliciesRequest,
  ListGroupsForUserRequest,
  ListUserPoliciesRequest,
  ListUsersRequest,
  PutUserPolicyRequest,
  RemoveUserFromGroupRequest,
  SimulatePrincipalPolicyRequest,
} from '@aws-sdk/client-iam';
import type {
  CreateStateMachineInput,
  CreateStateMachineOutput,
  DeleteStateMachineInput,
  DeleteStateMachineOutput,
  DescribeExecutionInput,
  DescribeExecutionOutput,
  GetExecutionHistoryInput,
  GetExecutionHistoryOutput,
  ListActivitiesInput,
  ListActivitiesOutput,
  StartExecutionInput,
  StartExecutionOutput,
  StopExecutionInput,
  StopExecutionOutput,
} from '@aws-sdk/client-sfn';
import type { Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import { jsonOf } from '../../core/json-of.ts';
import { type Credentials, signRequest } from '../../iam/index.ts';
import { packageVersion } from '../package-version.ts';
import { ApiError, ServerUnreachable } from './api-error.ts';
import { type CommandOffer, connectCommand } from './command-connection.ts';
import { queryForm } from './query-form.ts';
import { Transport, type WireRequest, type WireResponse } from './transport.ts';
import { readXml, type XmlElement } from './xml-element.ts';

/** The operations of Batch that the command uses: input and output of each. */
interface BatchOperations {
  CancelJob: [CancelJobRequest, CancelJobResponse];
  DescribeComputeEnvironments: [DescribeComputeEnvironmentsRequest, DescribeComputeEnvironmentsResponse];
  DescribeJobDefinitions: [DescribeJobDefinitionsRequest, DescribeJobDefinitionsResponse];
  DescribeJobQueues: [DescribeJobQueuesRequest, DescribeJobQueuesResponse];
  DescribeJobs: [DescribeJobsRequest, DescribeJobsResponse];
  DescribeSchedulingPolicies: [DescribeSchedulingPoliciesRequest, DescribeSchedulingPoliciesResponse];
  DescribeServiceJob: [DescribeServiceJobRequest, DescribeServiceJobResponse];
  ListJobs: [ListJobsRequest, ListJobsResponse];
  ListServiceJobs: [ListServiceJobsRequest, ListServiceJobsResponse];
  RegisterJobDefinition: [RegisterJobDefinitionRequest, RegisterJobDefinitionResponse];
  SubmitJob: [SubmitJobRequest, SubmitJobResponse];
  TerminateJob: [TerminateJobRequest, TerminateJobResponse];
  TerminateServiceJob: [TerminateServiceJobRequest, TerminateServiceJobResponse];
}

interface EcsOperations {
  DeregisterContainerInstance: [DeregisterContainerInstanceRequest, DeregisterContainerInstanceResponse];
  RegisterContainerInstance: [RegisterContainerInstanceRequest, RegisterContainerInstanceResponse];
}

interface LogsOperations {
  FilterLogEvents: [FilterLogEventsRequest, FilterLogEventsResponse];
  GetLogEvents: [GetLogEventsRequest, GetLogEventsResponse];
}

interface StatesOperations {
  CreateStateMachine: [CreateStateMachineInput, CreateStateMachineOutput];
  DeleteStateMachine: [DeleteStateMachineInput, DeleteStateMachineOutput];
  DescribeExecution: [DescribeExecutionInput, DescribeExecutionOutput];
  GetExecutionHistory: [GetExecutionHistoryInput, GetExecutionHistoryOutput];
  ListActivities: [ListActivitiesInput, ListActivitiesOutput];
  StartExecution: [StartExecutionInput, StartExecutionOutput];
  StopExecution: [StopExecutionInput, StopExecutionOutput];
}

interface CloudTrailOperations {
  ListPublicKeys: [ListPublicKeysRequest, ListPublicKeysResponse];
  LookupEvents: [LookupEventsRequest, LookupEventsResponse];
}

/** The operations of IAM that the command uses: the input of each. */
interface IamOperations {
  AttachUserPolicy: AttachUserPolicyRequest;
  CreateAccessKey: CreateAccessKeyRequest;
  CreateUser: CreateUserRequest;
  DeleteAccessKey: DeleteAccessKeyRequest;
  DeleteUser: DeleteUserRequest;
  DeleteUserPolicy: DeleteUserPolicyRequest;
  DetachUserPolicy: DetachUserPolicyRequest;
  GetGroup: GetGroupRequest;
  GetRole: GetRoleRequest;
  GetUser: GetUserRequest;
  ListAccessKeys: ListAccessKeysRequest;
  ListAttachedUserPolicies: ListAttachedUserPoliciesRequest;
  ListGroupsForUser: ListGroupsForUserRequest;
  ListUserPolicies: ListUserPoliciesRequest;
  ListUsers: ListUsersRequest;
  PutUserPolicy: PutUserPolicyRequest;
  RemoveUserFromGroup: RemoveUserFromGroupRequest;
  SimulatePrincipalPolicy: SimulatePrincipalPolicyRequest;
}

const iamVersion = '2010-05-08';

/** What records of calls name as the caller's program. Read of the package once. */
let agent: string | undefined;

function userAgent(): string {
  agent ??= `batchyard/${packageVersion()}`;
  return agent;
}

/** Where the server is and who calls. */
export interface ClientOptions {
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: Credentials;
  readonly clock: Clock;
  /** What to do where nobody answers. @default as if any server would do */
  readonly howToStart?: string;
  /** How long to wait for an answer. @default as long as it takes */
  readonly patience?: Milliseconds;
}

/** What most readers need of a client, be it this one or a browser's. */
export type ServerCalls = Pick<Client, 'batch' | 'extension'>;

/** Speaks to a server as any AWS client does: restJson1, awsJson and awsQuery over HTTP, signed with Signature Version 4. */
export class Client {
  readonly #options: ClientOptions;
  readonly #transport: Transport;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#transport = new Transport(options.endpoint, options.howToStart);
  }

  /** Where the server is called. */
  get endpoint(): URL {
    return this.#options.endpoint;
  }

  /** The region that is called: each has jobs of its own. */
  get region(): string {
    return this.#options.region;
  }

  /** Calls an operation of Batch. Rejects with `ApiError` or `ServerUnreachable`. */
  batch<Name extends keyof BatchOperations>(
    name: Name,
    input: BatchOperations[Name][0],
  ): Promise<BatchOperations[Name][1]> {
    return this.#post('batch', `/v1/${name.toLowerCase()}`, { 'content-type': 'application/json' }, input);
  }

  /** Calls an operation of ECS. Times in its answers are seconds since the epoch, not `Date`s. */
  ecs<Name extends keyof EcsOperations>(name: Name, input: EcsOperations[Name][0]): Promise<EcsOperations[Name][1]> {
    const target = `AmazonEC2ContainerServiceV20141113.${name}`;
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
    return this.#post('ecs', '/', headers, input);
  }

  /** Calls an operation of CloudWatch Logs. */
  logs<Name extends keyof LogsOperations>(
    name: Name,
    input: LogsOperations[Name][0],
  ): Promise<LogsOperations[Name][1]> {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${name}` };
    return this.#post('logs', '/', headers, input);
  }

  /** Calls an operation of CloudTrail. Times, of the input too, are seconds since the epoch, not `Date`s. */
  cloudTrail<Name extends keyof CloudTrailOperations>(
    name: Name,
    input: Omit<CloudTrailOperations[Name][0], 'StartTime' | 'EndTime'> & { readonly StartTime?: number },
  ): Promise<CloudTrailOperations[Name][1]> {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `CloudTrail_20131101.${name}` };
    return this.#post('cloudtrail', '/', headers, input);
  }

  /** Calls an operation of Step Functions. Times in its answers are seconds since the epoch, not `Date`s. */
  states<Name extends keyof StatesOperations>(
    name: Name,
    input: StatesOperations[Name][0],
  ): Promise<StatesOperations[Name][1]> {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${name}` };
    return this.#post('states', '/', headers, input);
  }

  /** Calls an operation of IAM, which speaks the query protocol. Answers the element with its result; empty where it has none. */
  async iam<Name extends keyof IamOperations>(name: Name, input: IamOperations[Name]): Promise<XmlElement> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const body = queryForm(name, iamVersion, input);
    const response = await this.#signed({ service: 'iam', path: '/', headers, body });
    const answer = readXml(response.body);
    if (response.status !== 200) throw queryError(response, answer);
    if (answer?.name !== `${name}Response`) throw strangeAnswer(this.#options.endpoint);
    return answer.child(`${name}Result`) ?? answer;
  }

  /** Calls an operation that only Batchyard has. */
  extension<Output>(name: string, input: object): Promise<Output> {
    return this.#post(
      'batchyard',
      `/batchyard/v1/${name.toLowerCase()}`,
      { 'content-type': 'application/json' },
      input,
    );
  }

  /** Connects to a command that the server's ExecuteCommand has offered. */
  command(offer: CommandOffer): Promise<Duplex> {
    return connectCommand(this.#options.endpoint, offer);
  }

  /** Drops the kept connections. */
  close(): void {
    this.#transport.close();
  }

  async #post<Output>(service: string, path: string, headers: Record<string, string>, input: object): Promise<Output> {
    const response = await this.#signed({ service, path, headers, body: JSON.stringify(input) });
    if (response.status === 200) return answerOf(response.body, this.#options.endpoint) as Output;
    throw apiError(response.status, response.headers['x-amzn-errortype'], response.body);
  }

  #signed({ service, path, headers, body }: Unsigned): Promise<WireResponse> {
    const { endpoint, credentials, region, clock } = this.#options;
    const own = { host: endpoint.host, 'user-agent': userAgent() };
    const message = { method: 'POST', path, query: '', headers: { ...own, ...headers }, body };
    const signed = signRequest(message, { credentials, region, service, now: clock.now() });
    return this.#send({ path, body, headers: { ...signed, 'content-length': String(Buffer.byteLength(body)) } });
  }

  async #send(wire: WireRequest): Promise<WireResponse> {
    const { clock, patience } = this.#options;
    if (patience === undefined) return this.#transport.send(wire);
    const waited = new AbortController();
    const cancel = clock.after(patience, () => waited.abort());
    try {
      return await this.#transport.send({ ...wire, signal: waited.signal });
    } finally {
      cancel();
    }
  }
}

interface Unsigned {
  readonly service: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

function answerOf(body: string, endpoint: URL): unknown {
  const answer = body === '' ? {} : jsonOf(body);
  if (answer === undefined) throw strangeAnswer(endpoint);
  return answer;
}

function strangeAnswer({ origin }: URL): ServerUnreachable {
  return new ServerUnreachable(`what answers at ${origin} is not Batchyard`);
}

/** Reads an error of the query protocol; one that came before the protocol was known is JSON, or shown as it is. */
function queryError({ status, headers, body }: WireResponse, answer: XmlElement | undefined): ApiError {
  const code = answer?.text('Error', 'Code');
  if (code === undefined) return apiError(status, headers['x-amzn-errortype'], body);
  return new ApiError(code, answer?.text('Error', 'Message') ?? '', status);
}

/** Reads an error in either JSON protocol; anything else is shown as it is. */
function apiError(status: number, type: string | string[] | undefined, body: string): ApiError {
  const parsed = parseObject(body);
  const code = String(type ?? parsed.__type ?? `HTTP ${status}`).replace(/^.*#|:.*$/g, '');
  return new ApiError(code, String(parsed.message ?? parsed.Message ?? body.slice(0, 500)), status);
}

function parseObject(body: string): Readonly<Record<string, unknown>> {
  const value = jsonOf(body);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
