import type { Clock } from '../core/clock.ts';
import type { Authority } from '../iam/index.ts';
import { type AccountRoles, serviceRoleProblem } from '../services/batch/index.ts';
import type { IamService } from '../services/iam/index.ts';

const service = 'batch.amazonaws.com';

export interface AccountRolesOptions {
  readonly iam: Pick<IamService, 'roles'>;
  readonly authority: Authority;
  readonly clock: Clock;
}

/** What Batch asks of IAM. */
export function createAccountRoles({ iam: { roles }, authority, clock }: AccountRolesOptions): AccountRoles {
  return {
    problemOf: (environment) => serviceRoleProblem({ authority, clock }, environment),
    roleOfProfile: (account, name) => roles.roleOfProfile(account, name),
    hasLinkedRole: (account) => roles.isThere(account, service),
    makeLinkedRole: (account) => roles.make(account, service),
  };
}

/** Does something soon after it was asked for, once for however often that was. */
export function oncePerTurn(work: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    setImmediate(() => {
      isAsked = false;
      work();
    });
  };
}
