import { computeEnvironmentRecords } from '../services/batch/index.ts';
import type { RoleUses } from '../services/iam/index.ts';
import type { Ledger } from '../store/index.ts';

/** The compute environments of all regions that have a role as their service role. */
export function environmentsWithRole(ledger: Ledger): RoleUses {
  return (account, roleArn) =>
    ledger
      .scopes(computeEnvironmentRecords)
      .filter((scope) => scope.account === account)
      .map((scope) => ({
        region: scope.region,
        resources: ledger
          .list(computeEnvironmentRecords, scope)
          .flatMap(({ arn, serviceRole }) => (serviceRole === roleArn ? [arn] : [])),
      }))
      .filter(({ resources }) => resources.length > 0);
}
