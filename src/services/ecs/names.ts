import { formatArn, parseArn, type Scope } from '../../core/arn.ts';
import type { ClusterView, TaskViews } from '../../core/task-view.ts';
import { clusterMissing, demand } from './refusals.ts';

/** AWS looks here where no cluster is named; ours are those of compute environments. */
const defaultCluster = 'default';

/** The name of a cluster that a call gives by name or ARN. */
export function clusterName(given: string | undefined): string {
  if (!given) return defaultCluster;
  if (!given.startsWith('arn:')) return given;
  const { service, resource = '' } = parseArn(given) ?? {};
  demand(service === 'ecs' && resource.startsWith('cluster/'), `Invalid identifier: ${given}`);
  return resource.slice('cluster/'.length);
}

export function clusterArn(scope: Scope, name: string): string {
  return formatArn('ecs', scope, `cluster/${name}`);
}

/** Throws `ClusterNotFoundException`. */
export function findCluster(views: TaskViews, scope: Scope, given: string | undefined): ClusterView {
  const name = clusterName(given);
  const isForeign = given?.startsWith('arn:') && given !== clusterArn(scope, name);
  const cluster = isForeign ? undefined : views.clusters(scope).find((each) => each.name === name);
  if (!cluster) throw clusterMissing();
  return cluster;
}

export type Resource = 'task' | 'container-instance';

/** The id of a task or an instance that a call gives by id or ARN. Throws for an ARN of something else or another cluster. */
export function resourceId(cluster: ClusterView, kind: Resource, given: string): string {
  if (!given.startsWith('arn:')) return given;
  const { service, resource = '' } = parseArn(given) ?? {};
  const [type, ...rest] = resource.split('/');
  demand(service === 'ecs' && type === kind && rest.length > 0 && rest.length < 3, `Invalid identifier: ${given}`);
  const [name = '', id = ''] = rest.length === 2 ? rest : [cluster.name, ...rest];
  const message = `Invalid identifier: Identifier is for cluster ${name}. Your cluster is ${cluster.name}`;
  demand(name === cluster.name, message);
  return id;
}

export function resourceArn(cluster: ClusterView, kind: Resource, id: string): string {
  return formatArn('ecs', cluster, `${kind}/${cluster.name}/${id}`);
}

/** The family and the definition of a task: those of its job's definition, as its metadata have them. */
export function definitionOf(jobDefinitionArn: string): { readonly family: string; readonly revision: string } {
  const [family = '', revision = ''] = jobDefinitionArn.slice(jobDefinitionArn.indexOf('/') + 1).split(':');
  return { family, revision };
}

/** The name of the cluster that a task or an instance is of. */
export function clusterOf(arn: string): string | undefined {
  return arn.split('/').at(-2);
}

export function isOf({ name }: ClusterView, arn: string): boolean {
  return clusterOf(arn) === name;
}
