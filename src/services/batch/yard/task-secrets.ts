import type { Scope } from '../../../core/arn.ts';
import type { TaskId } from '../../../core/ids.ts';
import {
  type ContainerRecord,
  defaultContainer,
  type NodeSpecification,
  type SecretRecord,
} from '../../../core/job-specification.ts';
import type { EngineCapabilities, RegistryCredentials } from '../../../engines/index.ts';

/** Who wants values: an attempt, whose execution role asks for them in the session of this name. */
export interface ValueRequest extends Scope {
  readonly executionRole: string;
  readonly sessionName: string;
}

type Resolved<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  /** For `container.reason`, with AWS's name of the error. */
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Where values of secrets come from. What it answers comes within a bounded time. It rejects only where memory is being rebuilt:
 * then the task is told to start again.
 */
export interface ValueSource {
  /** For one attempt: each start of one reads anew. */
  reader(request: ValueRequest): {
    value(valueFrom: string): Promise<Resolved<string>>;
    login(credentialsParameter: string): Promise<Resolved<RegistryCredentials>>;
  };
  /** Why a role cannot be used for a task, in words. */
  roleRefusal(request: Omit<ValueRequest, 'executionRole'>, roleArn: string): string | undefined;
}

/** What of a container no record holds. It lives from the start of its attempt until the engine has it. */
export interface ContainerValues {
  readonly secrets: Readonly<Record<string, string>>;
  /** Options of its log driver. */
  readonly logOptions?: Readonly<Record<string, string>>;
  readonly registryCredentials?: RegistryCredentials;
}

/** By container. */
export type TaskValues = ReadonlyMap<string, ContainerValues>;

/** Why the first of the task's roles cannot be used that cannot. */
export function roleRefusal(
  source: ValueSource,
  { executionRole, jobRole }: NodeSpecification,
  { account, region, taskId: sessionName }: Scope & { readonly taskId: TaskId },
): string | undefined {
  for (const role of [executionRole, jobRole]) {
    const refusal = role === undefined ? undefined : source.roleRefusal({ account, region, sessionName }, role);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Whether values must be read before a task can start. */
export function needsValues({ containers }: NodeSpecification, can: EngineCapabilities): boolean {
  return containers.some((container) => secretsOf(container).length > 0 || loginOf(container, can) !== undefined);
}

/** Reads all values that a task needs, or says why one cannot be had: of several, the first in the definition's order. */
export async function readValues(
  source: ValueSource,
  node: NodeSpecification,
  can: EngineCapabilities,
  scope: Scope & { readonly taskId: TaskId },
): Promise<Resolved<TaskValues>> {
  const { account, region, taskId: sessionName } = scope;
  // Without one, which no definition with secrets is registered, no role can be assumed, and the words say so.
  const reader = source.reader({ account, region, executionRole: node.executionRole ?? '', sessionName });
  const read = await Promise.all(node.containers.map((container) => valuesOf(reader, container, can)));
  const values = new Map<string, ContainerValues>();
  for (const [index, { name = defaultContainer }] of node.containers.entries()) {
    const own = read[index];
    if (own?.kind === 'failed') return own;
    if (own) values.set(name, own.value);
  }
  return { kind: 'value', value: values };
}

async function valuesOf(
  reader: ReturnType<ValueSource['reader']>,
  container: ContainerRecord,
  can: EngineCapabilities,
): Promise<Resolved<ContainerValues>> {
  const secrets = secretsOf(container);
  const credentials = loginOf(container, can);
  const [login, ...read] = await Promise.all([
    credentials === undefined ? undefined : reader.login(credentials),
    ...secrets.map(({ from }) => reader.value(from)),
  ]);
  if (login?.kind === 'failed') return login;
  const values: [string, string][] = [];
  const logOptions: [string, string][] = [];
  for (const [index, { name }] of secrets.entries()) {
    const own = read[index];
    if (own?.kind === 'failed') return own;
    if (own) (index < (container.secrets?.length ?? 0) ? values : logOptions).push([name, own.value]);
  }
  const registryCredentials = login && { registryCredentials: login.value };
  const ofLog = logOptions.length > 0 && { logOptions: Object.fromEntries(logOptions) };
  return { kind: 'value', value: { secrets: Object.fromEntries(values), ...ofLog, ...registryCredentials } };
}

/** Of its variables, then of the options of its log driver; awslogs needs none, and none is read. */
function secretsOf({ secrets = [], log }: ContainerRecord): readonly SecretRecord[] {
  return log && log.driver !== 'awslogs' ? [...secrets, ...(log.secretOptions ?? [])] : secrets;
}

/** The secret with which the engine is to fetch the image, if it fetches any. */
function loginOf({ registryCredentials }: ContainerRecord, can: EngineCapabilities): string | undefined {
  return can.registryCredentials ? registryCredentials : undefined;
}
