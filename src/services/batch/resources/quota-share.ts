import type { RequestContext } from '../../../core/operation.ts';
import type { Ledger } from '../../../store/index.ts';
import { findQuotaShare, findSchedulingPolicy } from '../names.ts';
import { type JobQueueRecord, type QuotaShareRecord, type QuotaSharing, quotaShareRecords } from '../records.ts';
import { demand, refuse } from '../refusals.ts';
import { namedAccess } from './named-access.ts';

/** Access to one quota share, with the tags that it has. */
export const quotaShareAccess = namedAccess(findQuotaShare);

/** The quota share that a request names. Worded as of a scheduling policy: no words are reported of AWS. */
export function existingQuotaShare(ledger: Ledger, context: RequestContext, arn: string): QuotaShareRecord {
  return findQuotaShare(ledger, context, arn) ?? refuse('Resource does not exist');
}

/** Whether a queue's capacity is divided up among quota shares. */
export function hasQuotaShares(ledger: Ledger, queue: JobQueueRecord): boolean {
  const policy = findSchedulingPolicy(ledger, queue, queue.schedulingPolicyArn ?? '');
  return policy?.quotaSharePolicy !== undefined;
}

/** Those of a queue, by name, behind one of them. */
export function quotaSharesOf(ledger: Ledger, queue: JobQueueRecord, after?: string): Iterable<QuotaShareRecord> {
  const from = after === undefined ? {} : { after };
  return ledger.by(quotaShareRecords, queue, 'queue', { value: queue.name, ...from });
}

/** What a request gives of it. */
interface GivenSharing {
  readonly strategy: QuotaSharing['strategy'];
  readonly borrowLimit?: number | undefined;
}

/** -1 in its API: any. */
export const borrowsAnything = -1;

/** Checks how a quota share lends and borrows (spec 09, 2026-03-19). No words are reported of AWS. */
export function checkSharing({ strategy, borrowLimit }: GivenSharing): QuotaSharing {
  if (strategy === 'LEND_AND_BORROW') {
    const limit = borrowLimit ?? borrowsAnything;
    demand(limit >= borrowsAnything, `borrowLimit must be at least ${borrowsAnything}.`);
    return { strategy, borrowLimit: limit };
  }
  demand(borrowLimit === undefined, `borrowLimit can only be specified with strategy LEND_AND_BORROW.`);
  return { strategy };
}

/** Checks the strategy of a policy of quota shares: there is one. The words: cdk-preflight. */
export function checkQuotaSharePolicy(policy: { readonly idleResourceAssignmentStrategy: string } | undefined): void {
  if (!policy) return;
  const isKnown = policy.idleResourceAssignmentStrategy === 'FIFO';
  demand(isKnown, 'Idle resource assignment strategy must be one of [FIFO].');
}
