import { sizeOf } from './environment-verdict.ts';
import { budgetOf, isWithinBudget } from './fair-share/reservation.ts';
import type { Model } from './model.ts';
import type { Queue, WaitingJob } from './queue.ts';

/** A job does not fit beside what its queue holds: the rest is reserved for shares that are not active (spec 04 §10.2). */
export interface BudgetVerdict {
  readonly heldVcpus: number;
  readonly requestedVcpus: number;
  /** What active shares may hold together. */
  readonly budgetVcpus: number;
  /** Of all environments of the queue that are ENABLED and VALID. */
  readonly totalVcpus: number;
  readonly computeReservation: number;
  readonly activeShares: number;
}

/** Undefined if the job fits. What its queue holds changes with each start; the rest stays as long as nothing is told. */
export function judgeBudget(model: Model, { share: { queue }, vcpuMillis }: WaitingJob): BudgetVerdict | undefined {
  const computeReservation = queue.settings.fairShare?.computeReservation ?? 0;
  if (computeReservation === 0) return undefined;
  const { heldVcpuMillis, activeShares } = queue;
  const total = totalOf(model, queue);
  const budget = budgetOf(total, computeReservation, activeShares);
  if (isWithinBudget(heldVcpuMillis, vcpuMillis, budget)) return undefined;
  return {
    heldVcpus: heldVcpuMillis / 1000,
    requestedVcpus: vcpuMillis / 1000,
    budgetVcpus: budget / 1000,
    totalVcpus: total / 1000,
    computeReservation,
    activeShares,
  };
}

/** Thousandths of a vCPU. */
function totalOf(model: Model, { settings }: Queue): number {
  const sums = settings.computeEnvironmentArns.map((arn) => {
    const environment = model.environment(arn);
    const { settings: given } = environment ?? {};
    if (!environment || given?.state !== 'ENABLED' || given.status !== 'VALID') return 0;
    return given.unmanagedvCpus ?? sizeOf(environment, given, model.poolOf(environment));
  });
  return sums.reduce((sum, vcpus) => sum + vcpus * 1000, 0);
}
