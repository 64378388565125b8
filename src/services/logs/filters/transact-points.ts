import type { Scope } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import type { LogsLogger } from '../logger.ts';
import type { GatheredPoints } from './metric-sink.ts';

interface PointsCommit {
  readonly ledger: Ledger;
  readonly points: GatheredPoints;
  readonly scope: Scope;
  readonly logger: LogsLogger;
}

/** Makes a change and puts points in one commit; if CloudWatch refuses the points, the change alone: it would refuse them for ever. */
export function transactPoints(
  { ledger, points, scope, logger }: PointsCommit,
  change: (transaction: Transaction) => void,
): void {
  try {
    ledger.transact((transaction) => {
      change(transaction);
      points.putIn(transaction, scope);
    });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    logger.error(
      { err: error, points: points.size },
      'points of metric filters are lost: CloudWatch does not take them',
    );
    ledger.transact(change);
  }
}
