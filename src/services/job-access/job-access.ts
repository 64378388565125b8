import type { IncomingHttpHeaders } from 'node:http';
import type { AccountId, EpochMilliseconds, Milliseconds, TaskId } from '../../core/ids.ts';
import type { Placement } from '../../core/job.ts';
import type { TaskVariables, VariablesRequest } from '../../core/task-variables.ts';
import type { ContainerUsage } from '../../engines/index.ts';
import {
  type AttemptSeals,
  type CredentialLookup,
  type CredentialSource,
  type JobSessions,
  roleOfAttempt,
  type SealedAttempt,
} from '../../iam/index.ts';
import { AnswerRate } from './answer-rate.ts';
import { type DescribedTask, metadataDocuments } from './metadata.ts';
import { roleOfTask } from './role-of-task.ts';
import { accessVariables, plainVariables, withoutOwn } from './variables.ts';

/** The tasks that jobs hold. */
export interface JobTasks {
  /** Where a task is; undefined once it is over. Never waits. */
  placementOf(taskId: TaskId): Placement | undefined;
  describeTask(taskId: TaskId): Promise<DescribedTask | undefined>;
  /** What its containers use now; of an engine that does not say, nothing. */
  usageOf(taskId: TaskId): Promise<readonly ContainerUsage[]>;
}

/** The one key of the S3 server, which jobs that name a role get. */
export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface JobAccessOptions {
  readonly account: AccountId;
  readonly seals: AttemptSeals;
  readonly sessions: JobSessions;
  readonly tasks: JobTasks;
  readonly clock: { monotonic(): Milliseconds };
  readonly s3: { readonly endpoint?: string; readonly keys?: S3Keys };
  /** Where jobs reach the listener, such as `http://127.0.0.1:23456`; asked when a task starts. */
  readonly url: () => string;
}

/** A question of a job that is no AWS call. */
export interface JobQuestion {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly now: EpochMilliseconds;
}

export interface JobAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Name, value, name, value... */
  readonly headers?: readonly string[];
}

/** What jobs get of this server: variables at their start, credentials and metadata while they run. Nothing of it is stored. */
export class JobAccess {
  readonly #options: JobAccessOptions;
  readonly #rate: AnswerRate;

  constructor(options: JobAccessOptions) {
    this.#options = options;
    this.#rate = new AnswerRate(options.clock);
  }

  /** What a container gets, less what its definition gives itself. */
  variablesOf(request: VariablesRequest): TaskVariables {
    const { own } = request;
    const plain = plainVariables(request, this.#options.s3.endpoint);
    const { offered, notes } = this.#offer(request);
    const given = accessVariables(request, offered);
    return {
      environment: withoutOwn({ ...plain, ...given.environment }, own),
      secrets: withoutOwn(given.secrets, own),
      listenerPort: Number(new URL(offered.url).port),
      notes,
    };
  }

  #offer(request: VariablesRequest) {
    const { account, seals, url, s3 } = this.#options;
    const { taskId, container, scope } = request;
    const metadataPath = `${metadataPrefix}${taskId}-${container}-${seals.mark(taskId, container)}`;
    const plain = { url: url(), callsAt: { url: url(), isSecret: false }, metadataPath };
    const role = roleOfTask(request, account);
    if (role.kind !== 'role')
      return { offered: plain, notes: role.kind === 'strange' ? [`no credentials: ${role.reason}`] : [] };
    const sharesS3 = role.from === 'job' && s3.keys !== undefined;
    const { region } = scope;
    const ofInstance = role.from === 'instance' && ({ ofInstance: true } as const);
    const attempt: SealedAttempt = { account, taskId, roleArn: role.roleArn, sharesS3, region, ...ofInstance };
    const credentials = { path: `${credentialsPrefix}${taskId}`, token: seals.seal('credentials', attempt) };
    if (!sharesS3) return { offered: { ...plain, credentials }, notes: [] };
    const callsAt = { url: `${url()}${callsPrefix}${seals.seal('calls', attempt)}`, isSecret: true };
    return { offered: { ...plain, callsAt, credentials }, notes: [] };
  }

  /** Answers questions for credentials and metadata; undefined for a path that is neither's. */
  answer(question: JobQuestion): JobAnswer | Promise<JobAnswer> | undefined {
    const { method, path } = question;
    const isCredentials = path.startsWith(credentialsPrefix);
    if (!isCredentials && !path.startsWith(metadataPrefix)) return undefined;
    if (method !== 'GET') return refusal(405, 'MethodNotAllowed', 'Only GET is answered here.');
    return isCredentials ? this.#credentials(question) : this.#metadata(question);
  }

  /** The calls below a path that seals an attempt, and who signs them. */
  mount(path: string): { readonly path: string; readonly credentials: CredentialSource } | undefined {
    if (!path.startsWith(callsPrefix)) return undefined;
    const end = path.indexOf('/', callsPrefix.length);
    const seal = path.slice(callsPrefix.length, end < 0 ? undefined : end);
    const attempt = this.#options.seals.open('calls', seal);
    const lookup: CredentialSource['lookup'] = (...key) =>
      attempt ? this.#signerOf(attempt, ...key) : { kind: 'unknown' };
    return { path: end < 0 ? '/' : path.slice(end), credentials: { lookup } };
  }

  #signerOf(attempt: SealedAttempt, ...[id, token, now]: Parameters<CredentialSource['lookup']>): CredentialLookup {
    const { sessions, tasks, s3 } = this.#options;
    const { keys } = s3;
    if (token !== undefined || keys?.accessKeyId !== id) return sessions.lookup(id, token, now);
    if (!tasks.placementOf(attempt.taskId)) return { kind: 'expired' };
    const principal = { ...roleOfAttempt(attempt), accessKeyId: id };
    return { kind: 'found', secretAccessKey: keys.secretAccessKey, principal };
  }

  #credentials({ path, headers, now }: JobQuestion): JobAnswer {
    const { seals, tasks, sessions, s3 } = this.#options;
    const attempt = seals.open('credentials', headers.authorization ?? '');
    if (attempt?.taskId !== path.slice(credentialsPrefix.length)) return strangeToken;
    const placement = tasks.placementOf(attempt.taskId);
    if (!placement) return refusal(401, 'ExpiredToken', 'The attempt is over, and its credentials with it.');
    if (!this.#rate.take(attempt.taskId)) return tooOften;
    const session = sessions.current(roleOfAttempt(attempt), placement.placedAt, now);
    // An S3 server knows its own key alone, and an SDK has one set of credentials for all.
    const keys = attempt.sharesS3 && s3.keys ? { ...s3.keys, sessionToken: '' } : session;
    return json({
      RoleArn: attempt.roleArn,
      AccessKeyId: keys.accessKeyId,
      SecretAccessKey: keys.secretAccessKey,
      Token: keys.sessionToken,
      Expiration: new Date(session.expiration).toISOString().replace('.000Z', 'Z'),
    });
  }

  #metadata({ path, now }: JobQuestion): JobAnswer | Promise<JobAnswer> {
    const { seals, tasks } = this.#options;
    const { task, container, mark, rest } = metadataPath.exec(path.slice(metadataPrefix.length))?.groups ?? {};
    const taskId = task as TaskId | undefined;
    const document = rest !== undefined && Object.hasOwn(metadataDocuments, rest) ? metadataDocuments[rest] : undefined;
    if (!taskId || !mark || !document || !seals.isMark(mark, taskId, Number(container))) return noMetadata;
    if (!this.#rate.take(taskId)) return tooOften;
    const measured = document.measures ? tasks.usageOf(taskId) : [];
    return Promise.all([tasks.describeTask(taskId), measured]).then(([described, containers]) => {
      const own = described?.containers[Number(container)];
      if (!described || !own) return noMetadata;
      const usage = new Map(containers.map((each) => [each.name, each]));
      return json(document.of(described, own, usage, now));
    });
  }
}

const credentialsPrefix = '/v2/credentials/';
const metadataPrefix = '/v4/';
const callsPrefix = '/as/';
const metadataPath = /^(?<task>[0-9a-f]{32})-(?<container>\d)-(?<mark>[0-9a-f]{32})(?<rest>\/[a-z/]*|)$/;

const strangeToken = refusal(401, 'InvalidToken', 'The authorization token is not that of a task here.');
const tooOften = refusal(429, 'ThrottlingException', 'Rate exceeded');
const noMetadata = refusal(404, 'NotFound', 'There are no such metadata.');

function refusal(status: number, code: string, message: string): JobAnswer {
  const body = JSON.stringify({ code, message });
  return { status, contentType: 'application/json', body, headers: ['x-amzn-errortype', code] };
}

function json(document: unknown): JobAnswer {
  return { status: 200, contentType: 'application/json', body: JSON.stringify(document) };
}
