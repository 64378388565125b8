import type { Ledger, ServiceJobRecord } from '../../../store/index.ts';
import { findJobQueue } from '../names.ts';
import { quotaSharesOf } from '../resources/quota-share.ts';
import { environmentOf } from '../resources/service-environment.ts';
import { type ServiceWaiting, whyWaiting } from './waiting-reason.ts';

/** Why a service job waits, as its queue and what that has now are; undefined of one that does not. */
export function serviceWaiting(ledger: Ledger, job: ServiceJobRecord): ServiceWaiting | undefined {
  if (job.state.status !== 'RUNNABLE') return undefined;
  const queue = findJobQueue(ledger, job, job.jobQueueArn);
  const limits = queue && environmentOf(ledger, queue)?.capacityLimits;
  return whyWaiting(job, { limits, quotaShares: queue ? [...quotaSharesOf(ledger, queue)] : [] });
}
