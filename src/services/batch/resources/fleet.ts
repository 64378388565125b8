import { scopeOf } from '../../../core/arn.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import { type ComputeEnvironmentRecord, fleetRecords } from '../records.ts';
import type { CreateComputeEnvironmentInput } from '../schemas/compute-environment.ts';
import type { Yard } from '../yard/index.ts';

/** Whether an environment is a fleet of instances: those of EC2 and Spot, managed, that run containers of ECS. */
export function launchesInstances({
  type,
  computeResources,
  eksConfiguration,
}: CreateComputeEnvironmentInput): boolean {
  const isEc2 = computeResources?.type === 'EC2' || computeResources?.type === 'SPOT';
  return type === 'MANAGED' && isEc2 && !eksConfiguration;
}

/** Whether jobs of an environment are placed on instances of its own, which it launches or somebody registers. */
export function hasInstances({ fleet, kind }: Pick<ComputeEnvironmentRecord, 'fleet' | 'kind'>): boolean {
  return fleet === true || kind === 'UNMANAGED';
}

/** A size that is asked for is launched for once. Of an environment without a fleet it says nothing. */
export function askForSize(
  transaction: Transaction,
  { ledger }: { readonly ledger: Ledger },
  environment: ComputeEnvironmentRecord,
  desiredvCpus: number | undefined,
): void {
  if (!environment.fleet || desiredvCpus === undefined) return;
  const before = ledger.get(fleetRecords, environment, environment.name);
  const { nextOrder = 1, backoffs = {} } = before ?? {};
  const scope = scopeOf(environment);
  transaction.put(fleetRecords, {
    ...scope,
    environment: environment.name,
    nextOrder,
    backoffs,
    desiredvCpus,
    targetvCpus: desiredvCpus,
  });
}

/** With the `desiredvCpus` that it has, or is to have: and not that which was asked for once. */
export function withTrueSize(
  environment: ComputeEnvironmentRecord,
  { ledger, yard }: { readonly ledger: Ledger; readonly yard: Pick<Yard, 'instances'> },
): ComputeEnvironmentRecord {
  const { computeResources: resources, arn, kubernetes, name } = environment;
  if (resources?.desiredvCpus === undefined || kubernetes) return environment;
  const { minvCpus = 0 } = resources;
  const { targetvCpus } = ledger.get(fleetRecords, environment, name) ?? {};
  const desiredvCpus = Math.max(minvCpus, targetvCpus ?? yard.instances.allocatedvCpus(arn));
  return { ...environment, computeResources: { ...resources, desiredvCpus } };
}
