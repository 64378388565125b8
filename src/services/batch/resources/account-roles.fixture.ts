import type { AccountRoles } from './account-roles.ts';

/** Where all that is named serves, and IAM has none of it. */
export const noRoles: AccountRoles = {
  problemOf: () => undefined,
  roleOfProfile: () => undefined,
  hasLinkedRole: () => true,
  makeLinkedRole: () => {},
};
