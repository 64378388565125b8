import type { ComputeEnvironmentDetail, JobQueueDetail, SchedulingPolicyDetail } from '@aws-sdk/client-batch';
import type { EnginePool } from '../../engines/index.ts';
import { InstanceTypes, parseCatalogue } from '../../instance-types/index.ts';
import type {
  DescribeInstallationOutput,
  DescribeInstanceTypesOutput,
  ShownInstance,
} from '../../services/batch/index.ts';
import { type FindTypes, parseEnvironment, type SimulatedEnvironment, SimulationError } from '../../simulator/index.ts';
import type { ServerCalls } from '../client/client.ts';
import { listInstances } from '../watch/list-instances.ts';
import { isOfServiceJobs } from '../watch/service-jobs.ts';

/** What the report calls it. */
const called = 'server';
/** Policies that are described by one call. */
const policiesAtOnce = 100;

/** The instance types of a server, and the region of the caller, which says what `optimal` stands for. */
export async function serverTypes(client: ServerCalls): Promise<FindTypes> {
  const { region } = await client.extension<DescribeInstallationOutput>('DescribeInstallation', {});
  const { catalogue } = await client.extension<DescribeInstanceTypesOutput>('DescribeInstanceTypes', {});
  const types = new InstanceTypes(parseCatalogue(JSON.stringify(catalogue)));
  return () => ({ types, region });
}

/** The pools, compute environments, scheduling policies and job queues that a server has, of the caller's region. Throws `SimulationError`. */
export async function serverEnvironment(client: ServerCalls, types: FindTypes): Promise<SimulatedEnvironment> {
  return parseEnvironment(JSON.stringify(await serverEnvironmentFile(client)), called, types);
}

/** The same as the contents of an environment's file. Throws `SimulationError`. */
export async function serverEnvironmentFile(client: ServerCalls): Promise<object> {
  const installation = await client.extension<DescribeInstallationOutput>('DescribeInstallation', {});
  const pools = poolsOf(installation);
  if (pools.length === 0) throw new SimulationError('no engine of the server has said where it runs jobs');
  const places = new Map(installation.computeEnvironments.map((each) => [each.name, each]));
  const registered = await registeredInstances(client);
  const computeEnvironments: object[] = [];
  for await (const each of environmentsOf(client)) {
    const place = places.get(each.computeEnvironmentName ?? '');
    computeEnvironments.push({
      ...withoutPresentSize(each),
      launches: place?.launches ?? false,
      ...(place?.pool && { pool: place.pool }),
      ...(each.type === 'UNMANAGED' && { registered: registered.get(each.computeEnvironmentName ?? '') ?? [] }),
    });
  }
  const jobQueues: JobQueueDetail[] = [];
  for await (const queue of queuesOf(client)) if (!isOfServiceJobs(queue)) jobQueues.push(queue);
  if (jobQueues.length === 0) throw new SimulationError('the server has no job queue in this region');
  const schedulingPolicies = await policiesOf(client, jobQueues);
  const { bootDelay, interruptions } = installation.instances;
  const instances = { bootSeconds: bootDelay / 1000, interruptions };
  return { formatVersion: 1, name: called, pools, instances, computeEnvironments, schedulingPolicies, jobQueues };
}

/** How many vCPUs an environment has at this moment says nothing of what its history began with. */
function withoutPresentSize(environment: ComputeEnvironmentDetail): ComputeEnvironmentDetail {
  const { computeResources } = environment;
  if (!computeResources) return environment;
  const { desiredvCpus: _, ...resources } = computeResources;
  return { ...environment, computeResources: resources };
}

/** Those that take jobs, by the name of their compute environment. */
async function registeredInstances(client: ServerCalls): Promise<ReadonlyMap<string, readonly object[]>> {
  const found = new Map<string, object[]>();
  for (const { computeEnvironment, registered } of (await listInstances(client)).filter(takesJobs)) {
    const others = found.get(computeEnvironment);
    if (others) others.push(registered);
    else found.set(computeEnvironment, [registered]);
  }
  return found;
}

function takesJobs({ purchase, state }: ShownInstance): boolean {
  return purchase === 'registered' && state === 'ready';
}

/** Engines share those of one id. */
function poolsOf({ engines }: DescribeInstallationOutput): readonly object[] {
  const pools = new Map<string, EnginePool>();
  for (const engine of engines)
    for (const pool of 'pools' in engine ? engine.pools : []) if (!pools.has(pool.id)) pools.set(pool.id, pool);
  return [...pools.values()].map(({ id, instance, shrinks, capacity }) => ({ id, instance, shrinks, ...capacity }));
}

async function* environmentsOf(client: ServerCalls): AsyncGenerator<ComputeEnvironmentDetail, void> {
  let nextToken: string | undefined;
  do {
    const page = await client.batch('DescribeComputeEnvironments', nextToken === undefined ? {} : { nextToken });
    yield* page.computeEnvironments ?? [];
    nextToken = page.nextToken;
  } while (nextToken);
}

/** All job queues of the caller's region. */
export async function* queuesOf(client: ServerCalls): AsyncGenerator<JobQueueDetail, void> {
  let nextToken: string | undefined;
  do {
    const page = await client.batch('DescribeJobQueues', nextToken === undefined ? {} : { nextToken });
    yield* page.jobQueues ?? [];
    nextToken = page.nextToken;
  } while (nextToken);
}

async function policiesOf(
  client: ServerCalls,
  queues: readonly JobQueueDetail[],
): Promise<readonly SchedulingPolicyDetail[]> {
  const arns = [...new Set(queues.flatMap(({ schedulingPolicyArn: arn }) => arn ?? []))];
  const policies: SchedulingPolicyDetail[] = [];
  for (let at = 0; at < arns.length; at += policiesAtOnce) {
    const page = await client.batch('DescribeSchedulingPolicies', { arns: arns.slice(at, at + policiesAtOnce) });
    policies.push(...(page.schedulingPolicies ?? []));
  }
  return policies;
}
