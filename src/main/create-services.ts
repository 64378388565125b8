import type { Registry } from 'prom-client';
import type { AuditLog } from '../audit/index.ts';
import type { Clock } from '../core/clock.ts';
import type { AccountId } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { RandomSource } from '../core/random.ts';
import { Turns } from '../core/turns.ts';
import type { Engine, EngineImages, EngineKind, MockWorld } from '../engines/index.ts';
import { EvaluationPool } from '../evaluation/index.ts';
import { OperationRegistry } from '../gateway/index.ts';
import {
  type AttemptSeals,
  Authority,
  type JobSessionTimes,
  roleNameOf,
  type Sessions,
  type TaskWatch,
} from '../iam/index.ts';
import type { InstanceTypes } from '../instance-types/index.ts';
import {
  type AccountRoles,
  awsQuotas,
  type BatchService,
  createBatchEvents,
  createBatchService,
  createInstanceRegistry,
  createLaunchedInstances,
  createTaskViews,
  defaultQuotas,
  environmentEvents,
  JobYard,
  roleProblemWords,
} from '../services/batch/index.ts';
import { createCloudTrail } from '../services/cloudtrail/index.ts';
import { type CloudWatchService, createCloudWatch } from '../services/cloudwatch/index.ts';
import { createEc2, launchTemplateFinder, subnetFinder } from '../services/ec2/index.ts';
import { createEcr } from '../services/ecr/index.ts';
import { createEcs } from '../services/ecs/index.ts';
import { createEventsService, type EventsService } from '../services/events/index.ts';
import { createIam, type IamService } from '../services/iam/index.ts';
import type { JobAccess } from '../services/job-access/index.ts';
import { createLambda, type LambdaService } from '../services/lambda/index.ts';
import { createLogsService, type LogsService } from '../services/logs/index.ts';
import { createScheduler } from '../services/scheduler/index.ts';
import { createSecretValues } from '../services/secret-values/index.ts';
import { createSecretsManager } from '../services/secretsmanager/index.ts';
import { createSnsService, type SmtpSettings, type SnsService } from '../services/sns/index.ts';
import { createSqs, type QueuePort, type SqsService } from '../services/sqs/index.ts';
import { createSsm } from '../services/ssm/index.ts';
import { SdkCalls } from '../services/states/index.ts';
import { createSts, WebIdentities } from '../services/sts/index.ts';
import { DueWork, type FactLog, idempotencyTrim, Outbox, type Store } from '../store/index.ts';
import type { KeyRotation } from '../vault/index.ts';
import { createAccountRoles, oncePerTurn } from './account-roles.ts';
import { asideMetrics } from './aside-metrics.ts';
import { type BackupSource, writeBackupInWords } from './backup.ts';
import type { CompiledOptions } from './compiled-options.ts';
import { streamChanges } from './console/changes/stream-changes.ts';
import { consoleOperations } from './console/console-session.ts';
import { archiveDirectoryOf, type DataDirectory, logDirectoryOf } from './data-directory.ts';
import { countExecution } from './execution-metrics.ts';
import { insightMetrics } from './insight-metrics.ts';
import { createJobAccess } from './job-access.ts';
import type { JobListener } from './job-listener.ts';
import { keyOperations } from './key-operations.ts';
import type { MemoryKeeper } from './memory-keeper.ts';
import { withOperations } from './own-operations.ts';
import type { Releasers } from './releasers.ts';
import { environmentsWithRole } from './role-uses.ts';
import { schedulerMetrics } from './scheduler-metrics.ts';
import { openVault, type ServerVault } from './server-vault.ts';
import { ServiceCalls } from './service-calls.ts';
import { openStatesStack, type StatesStack } from './states-stack.ts';
import { trailFiles } from './trail-files.ts';
import { transitionMetrics } from './transition-metrics.ts';

/** What services stand on. */
export interface Ground {
  readonly options: CompiledOptions;
  readonly directory: DataDirectory;
  readonly store: Store;
  /** Absent: no records of calls are kept. */
  readonly audit?: AuditLog;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly version: string;
  readonly mockWorld?: MockWorld;
  /** Writes the database, as it is at one moment, to a new file. */
  readonly backUpDatabase: BackupSource['backUpDatabase'];
  readonly sessions: Sessions;
  /** The id of the root user's access key. */
  readonly rootKeyId: string;
  /** What attempts of jobs prove themselves by. */
  readonly seals: AttemptSeals;
  /** How long the credentials of jobs hold. @default as on ECS */
  readonly jobSessionTimes?: JobSessionTimes;
  /** Those of `instanceTypes`, or the ones that come with the server. */
  readonly instanceTypes: () => InstanceTypes;
  /** Of `s3.secretAccessKeyFile`. */
  readonly s3Secret?: string;
  /** The mail server, and its login. */
  readonly smtp?: SmtpSettings;
  /** What links to this server begin with; asked at each use. */
  readonly baseUrl: () => string;
  readonly metrics: Registry;
  readonly releasers: Releasers;
}

export interface CreateServicesOptions extends Ground {
  readonly keeper: MemoryKeeper;
  readonly engines: ReadonlyMap<EngineKind, Engine>;
  readonly defaultEngine: EngineKind;
}

/** Every service, and what they share. */
export interface ServerServices {
  readonly due: DueWork;
  readonly trim: ReturnType<typeof idempotencyTrim>;
  readonly outbox: Outbox;
  readonly yard: JobYard;
  readonly batch: BatchService;
  readonly logs: LogsService;
  readonly sns: SnsService;
  readonly sqs: SqsService;
  readonly states: StatesStack;
  readonly iam: IamService;
  readonly events: EventsService;
  readonly cloudWatch: CloudWatchService;
  readonly rotation: KeyRotation;
  readonly registry: OperationRegistry;
  readonly jobListener: JobListener;
  /** Which tasks jobs hold. */
  readonly tasks: TaskWatch;
}

/** Builds every service, empty: memory is filled and nothing begins before the stages of `service-order.ts`. */
export function createServices(parts: CreateServicesOptions): ServerServices {
  const { audit, clock, logger, keeper, metrics } = parts;
  const { ledger } = keeper;
  const vault = openVault({ ...parts, ledger });
  const roleUses = environmentsWithRole(ledger);
  const onChange = oncePerTurn(() => yard.rolesChanged());
  const iam = createIam({ ledger, vault: vault.vault, clock, random: parts.random, roleUses, onChange });
  const { unstoredRoles, deliveries } = parts.options;
  const authority = new Authority({ reads: iam.policies, unstoredRoles, deliveries });
  const roles = createAccountRoles({ iam, authority, clock });
  const due = new DueWork({ ledger, clock, logger });
  const trim = idempotencyTrim(ledger, clock);
  due.register(trim);
  const sqs = createSqs({ ledger, due, clock, random: parts.random, baseUrl: parts.baseUrl, authority });
  const calls = new ServiceCalls();
  const logs = createLogs(parts, { due, calls, metrics: () => cloudWatch });
  const lambda = createFunctions(parts, { due, calls });
  const sns = createSns(parts, { due, calls, queues: sqs.port });
  // The log is built with its consumers, some of which write facts themselves.
  const facts: FactLog = {
    append: (transaction, fact) => {
      outbox.append(transaction, fact);
      countExecution(cloudWatch.own, transaction, fact);
    },
  };
  const whenHeard = () => outbox.whenHeard();
  const states = createStates(parts, { due, facts, calls, authority });
  const events = createEvents(parts, { due, facts, calls, states, authority, whenHeard, vault: vault.vault });
  const cloudWatch: CloudWatchService = createMetrics(parts, { due, facts, calls });
  const outbox: Outbox = new Outbox({
    ledger,
    consumers: [transitionMetrics(metrics), states.consumer, lambda.consumer, events.consumer],
    due,
    onAside: asideMetrics(metrics),
    clock,
    logger,
  });
  const jobAccess = createJobAccess(parts, () => yard);
  const jobTurns = new Turns();
  const yard: JobYard = createYard(parts, {
    outbox,
    logs,
    calls,
    jobTurns,
    authority,
    access: jobAccess.access,
    roles,
    lambda,
  });
  schedulerMetrics(metrics, () => yard.schedulerStats());
  insightMetrics({ own: cloudWatch.own, metrics, ledger, yard });
  const batch = createBatch(parts, { due, facts, yard, jobTurns, roles, vault });
  const secrets = createSecrets(parts, { due, calls, vault });
  const batchyard = withOperations(batch.batchyard, {
    ...keyOperations(vault.rotation),
    ...consoleOperations(parts.sessions, parts.random, authority),
    StreamChanges: streamChanges({ ledger, clock, version: parts.version }),
  });
  const messaging = [sns.definition, sqs.definition, lambda.definition, events.definition, cloudWatch.definition];
  const own = [batch.definition, batchyard, logs.definition, ...messaging, states.definition, iam.definition];
  const schedules = createSchedules(parts, { due, calls, authority });
  const cloudTrail = createTrails(parts, { due, calls, vault });
  const isKey = (account: AccountId, id: string) =>
    id === parts.rootKeyId || iam.keys.lookup(account, id).kind === 'found';
  const webIdentities = new WebIdentities({ ...parts.options.webIdentity, providerOf: iam.providerOf, clock });
  const sts = createSts({ sessions: parts.sessions, authority, isKey, webIdentities });
  const registry = new OperationRegistry(
    [...own, schedules, cloudTrail, ...secrets, ...createViews(parts, yard), sts],
    audit && { sink: audit, logger },
    authority,
  );
  calls.open(registry);
  const { rotation } = vault;
  return {
    ...{ due, trim, outbox, yard, batch, logs, sns, sqs, states, events, iam, cloudWatch, rotation, registry },
    jobListener: jobAccess.open(registry),
    tasks: jobAccess.tasks,
  };
}

/** CloudTrail, whose trails deliver files to a directory or an S3 server. */
function createTrails(
  { audit, keeper, clock, random, logger, options, directory, s3Secret }: CreateServicesOptions,
  { due, calls, vault: { vault } }: SecretsShared,
) {
  const { trails, s3 } = options;
  const files = trailFiles({ trails, s3, s3Secret, directory, clock });
  const { every, digestEvery } = trails;
  return createCloudTrail({
    ...{ ledger: keeper.ledger, due, clock, random, logger, vault, files, every, digestEvery },
    invoke: calls.invoke.bind(calls),
    ...(audit && { audit }),
  });
}

interface LogsShared {
  readonly due: DueWork;
  readonly calls: ServiceCalls;
  readonly metrics: () => CloudWatchService;
}

function createLogs(parts: CreateServicesOptions, { due, calls, metrics }: LogsShared): LogsService {
  const { store, clock, random, logger, options, directory, releasers } = parts;
  const limits = { maximumBytes: options.logs.diskBytes };
  const logDirectory = logDirectoryOf(directory);
  const { ledger } = parts.keeper;
  const service = createLogsService({
    ...{ ledger, store, clock, random, logDirectory, limits, logger, due, metrics },
    invoke: calls.invoke.bind(calls),
  });
  return releasers.use(service, (it) => it.close());
}

/** Lambda, whose functions are run as jobs. */
function createFunctions(parts: CreateServicesOptions, { due, calls }: Omit<SecretsShared, 'vault'>): LambdaService {
  const { keeper, clock, random, logger, options } = parts;
  const { functions } = options;
  return createLambda({
    ...{ ledger: keeper.ledger, due, clock, random, logger, functions },
    invoke: calls.invoke.bind(calls),
  });
}

interface SnsShared {
  readonly due: DueWork;
  readonly calls: ServiceCalls;
  readonly queues: QueuePort;
}

function createSns(parts: CreateServicesOptions, { due, calls, queues }: SnsShared): SnsService {
  const { keeper, clock, random, logger, options, baseUrl, smtp } = parts;
  const { account, snsLinkLocal: allowLinkLocal } = options;
  const { ledger } = keeper;
  return createSnsService({
    ...{ ledger, due, clock, random, logger, account, allowLinkLocal, baseUrl, queues },
    ...(smtp && { smtp }),
    invoke: calls.invoke.bind(calls),
  });
}

interface Shared {
  readonly due: DueWork;
  readonly facts: FactLog;
}

type SharedWithCalls = Shared & { readonly calls: ServiceCalls; readonly authority: Authority };

function createStates(parts: CreateServicesOptions, { authority, ...shared }: SharedWithCalls): StatesStack {
  const { clock, random, logger, metrics, keeper, releasers, options } = parts;
  return openStatesStack({
    ...{ ...shared, ledger: keeper.ledger, clock, random, logger, metrics },
    evaluations: releasers.use(new EvaluationPool({ clock, logger }), (it) => it.close()),
    retention: options.retention.finishedExecutions,
    onError: (error) => keeper.onInternalError(error),
    mayUse: (call, roleArn) => authority.mayUse(call, roleArn).allowed,
  });
}

interface EventsShared extends SharedWithCalls {
  readonly states: StatesStack;
  readonly whenHeard: () => Promise<void>;
  readonly vault: ServerVault['vault'];
}

function createMetrics(parts: CreateServicesOptions, shared: Omit<SharedWithCalls, 'authority'>): CloudWatchService {
  const { clock, random, logger, options, keeper } = parts;
  const { due, facts, calls } = shared;
  const { diskBytes: mostBytes } = options.metrics;
  const invoke = calls.invoke.bind(calls);
  return createCloudWatch({ ledger: keeper.ledger, due, facts, clock, random, logger, invoke, mostBytes });
}

/** EventBridge, which is told by Batch and Step Functions what happens. */
function createEvents(
  parts: CreateServicesOptions,
  { due, facts, calls, states, authority, whenHeard, vault }: EventsShared,
): EventsService {
  const { store, clock, random, logger, baseUrl, keeper, directory, releasers, options } = parts;
  const { ledger } = keeper;
  const service = createEventsService({
    ...{ ledger, due, facts, whenHeard, clock, random, logger, baseUrl, authority },
    archiveDirectory: archiveDirectoryOf(directory),
    ...{ vault, reach: options.eventsReach },
    invoke: calls.invoke.bind(calls),
    managedRules: states.managedRules,
    sources: [createBatchEvents({ ledger, reads: store.reads }), states.events, environmentEvents],
  });
  return releasers.use(service, (it) => it.close());
}

/** EventBridge Scheduler, which can call every service that there is. */
function createSchedules(
  { keeper, clock, random, logger, baseUrl, options }: CreateServicesOptions,
  { due, calls, authority }: Omit<SharedWithCalls, 'facts'>,
) {
  const { missedSlots: missed } = options;
  return createScheduler({
    ...{ ledger: keeper.ledger, due, clock, random, logger, authority, baseUrl, missed },
    invoke: calls.invoke.bind(calls),
    apis: new SdkCalls(() => calls.services()),
  });
}

interface SecretsShared {
  readonly due: DueWork;
  readonly calls: ServiceCalls;
  readonly vault: ServerVault;
}

/** Secrets Manager and Parameter Store. */
function createSecrets(parts: CreateServicesOptions, { due, calls, vault: { vault } }: SecretsShared) {
  const { keeper, clock, random } = parts;
  const { ledger } = keeper;
  const invoke = calls.invoke.bind(calls);
  return [createSecretsManager({ ledger, due, clock, random, vault }), createSsm({ ledger, vault, invoke })];
}

/** What clients look up below Batch. */
function createViews(parts: CreateServicesOptions, yard: JobYard) {
  const { keeper, store, clock, random, engines, instanceTypes } = parts;
  const { ledger } = keeper;
  const instances = createLaunchedInstances({ ledger, clock, ...lookups(ledger) });
  const views = createTaskViews({ ledger, reads: store.reads, yard });
  return [
    createEcs({ views, registry: createInstanceRegistry({ ledger, yard, quotas: defaultQuotas }) }),
    createEc2({ ledger, random, instanceTypes, instances }),
    createEcr({ images: () => imagesOf(engines)?.list() ?? [], random }),
  ];
}

/** What compute environments name of EC2. */
function lookups(ledger: MemoryKeeper['ledger']) {
  return { findTemplate: launchTemplateFinder(ledger), findSubnet: subnetFinder(ledger) };
}

/** Those of the one engine that keeps any. */
function imagesOf(engines: CreateServicesOptions['engines']): EngineImages | undefined {
  return [...engines.values()].map((engine) => engine.images?.()).find((images) => images !== undefined);
}

interface YardShared {
  readonly outbox: Outbox;
  readonly logs: LogsService;
  readonly calls: ServiceCalls;
  readonly jobTurns: Turns;
  readonly authority: Authority;
  readonly access: JobAccess;
  readonly roles: AccountRoles;
  readonly lambda: LambdaService;
}

function isStored(authority: Authority, account: AccountId, roleArn: string): boolean {
  return authority.reads.role(account, roleNameOf(roleArn)) !== undefined;
}

function createYard(parts: CreateServicesOptions, shared: YardShared): JobYard {
  const { outbox, logs, calls, jobTurns, authority, access, roles, lambda } = shared;
  const { options, keeper, engines, clock, random, logger } = parts;
  const { finishedJobs: minimumAge, finishedJobCount: maximumCount, usage } = options.retention;
  return new JobYard({
    ...{ ledger: keeper.ledger, outbox, engines, jobTurns, clock, random, logger },
    hold: () => keeper.hold,
    instanceTypes: parts.instanceTypes,
    blockedAfter: options.blockedAfter,
    instanceTiming: options.instances,
    valueSource: createSecretValues({
      ...{ invoke: calls.invoke.bind(calls), clock, random, logger },
      // A role that is not stored keeps no job from running: what it may do is another question.
      mayUse: (call, roleArn) => !isStored(authority, call.account, roleArn) || authority.mayUse(call, roleArn).allowed,
    }),
    logStreams: logs.streams,
    logLimits: { rateBytesPerSecond: options.logs.rateBytesPerSecond, maximumBytes: options.logs.attemptBytes },
    giveVariables: (request) => lambda.addEvent(access.variablesOf(request), request),
    fileSystems: options.fileSystems,
    roleProblem: (environment) => roleProblemWords(roles.problemOf(environment), environment),
    minimumShareDecay: options.minimumShareDecay / 1000,
    retention: { minimumAge, usage, ...(maximumCount === undefined ? {} : { maximumCount }) },
    onError: (error) => keeper.onInternalError(error),
  });
}

function createBatch(
  parts: CreateServicesOptions,
  {
    vault: { vault },
    ...shared
  }: Shared & {
    readonly yard: JobYard;
    readonly jobTurns: Turns;
    readonly roles: AccountRoles;
    readonly vault: ServerVault;
  },
): BatchService {
  const { yard } = shared;
  const { options, directory, keeper, store, clock, random, logger, engines, backUpDatabase, version } = parts;
  return createBatchService({
    ...{ ...shared, ledger: keeper.ledger, store, clock, random, logger },
    engines: { default: parts.defaultEngine, enabled: [...engines.keys()] },
    quotas: options.quotas === 'aws' ? awsQuotas : defaultQuotas,
    instanceTypes: parts.instanceTypes,
    ...lookups(keeper.ledger),
    fargateRun: options.fargateRun,
    installation: {
      version,
      instanceTiming: options.instances,
      describeEngines: () => yard.engineStatuses(),
      images: () => imagesOf(engines),
      backUp: (to) => vault.holdKeys(() => writeBackupInWords({ dataDirectory: directory.path, backUpDatabase }, to)),
    },
  });
}
