import type { Scope } from '../../core/arn.ts';
import { type AccessRequests, serviceOperation } from '../../core/operation.ts';
import { textOf, textsOf } from '../../core/unvalidated.ts';
import { clusterArn, type Resource } from './names.ts';
import type { EcsRuntime } from './runtime.ts';

/** Declares an operation of ECS: `ecsOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const ecsOperation = <SdkInput, SdkOutput>() => serviceOperation<EcsRuntime, SdkInput, SdkOutput>();

/** Access to the cluster that `cluster` names. */
export function clusterAccess(action: string) {
  return ({ cluster }: { readonly cluster?: unknown }, scope: Scope): AccessRequests => [
    { action: `ecs:${action}`, resource: named(scope, textOf(cluster)) },
  ];
}

/** Access to each of the clusters that `clusters` names. */
export function clustersAccess(action: string) {
  return ({ clusters }: { readonly clusters?: unknown }, scope: Scope): AccessRequests =>
    asked(
      action,
      textsOf(clusters).map((cluster) => named(scope, cluster)),
    );
}

/** Access to each of the tasks or instances of a cluster that a list names. */
export function resourcesAccess(action: string, kind: Resource, member: 'tasks' | 'containerInstances') {
  return (input: { readonly cluster?: unknown; readonly [member: string]: unknown }, scope: Scope): AccessRequests => {
    const cluster = named(scope, textOf(input.cluster)).replace(':cluster/', `:${kind}/`);
    return asked(
      action,
      textsOf(input[member]).map((given) => (given.startsWith('arn:') ? given : `${cluster}/${given}`)),
    );
  };
}

function named(scope: Scope, cluster: string | undefined): string {
  return cluster?.startsWith('arn:') ? cluster : clusterArn(scope, cluster || 'default');
}

function asked(action: string, resources: readonly string[]): AccessRequests {
  const all = resources.length > 0 ? resources : ['*'];
  return all.map((resource) => ({ action: `ecs:${action}`, resource }));
}
