import type { Scope } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { Ledger } from '../../../store/index.ts';
import { textOf } from '../constraints.ts';
import { quotas } from '../limits.ts';
import { compilePattern } from '../patterns/index.ts';
import { invalidToken } from '../refusals.ts';
import { metricFiltersOf, subscriptionsOf } from './group-filters.ts';

export const filterNameRule = textOf(1, 512, '[^:*]*');
export const filterPatternRule = textOf(0, 1024);

export function limitExceeded(): ServiceError {
  return new ServiceError('LimitExceededException', 'Resource limit exceeded.');
}

export function filterMissing(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'The specified filter does not exist.');
}

export function refuseToken(): never {
  throw invalidToken();
}

interface NewFilter {
  readonly kind: 'metric' | 'subscription';
  readonly name: string;
  readonly pattern: string;
}

/** Throws AWS's errors for a pattern that is none, and where a group has as many filters as it may, or as many with expressions. */
export function checkFilter(ledger: Ledger, scope: Scope, groupName: string, filter: NewFilter): void {
  const { expressions } = compilePattern(filter.pattern);
  const others = {
    metric: metricFiltersOf(ledger, scope, groupName).filter(
      ({ name }) => filter.kind !== 'metric' || name !== filter.name,
    ),
    subscription: subscriptionsOf(ledger, scope, groupName).filter(
      ({ name }) => filter.kind !== 'subscription' || name !== filter.name,
    ),
  };
  const most = { metric: quotas.metricFilters, subscription: quotas.subscriptionFilters };
  if (others[filter.kind].length >= most[filter.kind]) throw limitExceeded();
  if (expressions === 0) return;
  const withExpressions = [...others.metric, ...others.subscription].filter(
    ({ pattern }) => compilePattern(pattern).expressions > 0,
  );
  if (withExpressions.length >= quotas.expressionFilters) throw limitExceeded();
}
