import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';

/** AWS's quotas of IAM, those that it raises on request as high as it goes, and our own bounds on one turn. */
export const quotas = {
  accessKeysPerUser: 2,
  groupsPerUser: 10,
  attachedPolicies: 20,
  policyVersions: 5,
  rolesPerInstanceProfile: 1,
  instanceProfilesPerRole: 20,
  tags: 50,
  /** A user or role takes about two kilobytes of memory. */
  users: 200_000,
  groups: 10_000,
  roles: 200_000,
  instanceProfiles: 100_000,
  policies: 50_000,
  oidcProviders: 700,
  clientIds: 100,
  /** Characters of policies without white space. */
  managedPolicySize: 6_144,
  trustPolicySize: 2_048,
  inlinePolicySize: { user: 2_048, group: 5_120, role: 10_240 },
  /** Records looked at for one page of a list, which is then given as it is, with a marker. */
  lookedAt: 1_000,
  /** Of policies in one page: it ends where they are that long. */
  pageCharacters: 2_000_000,
  /** Compiled identities kept in memory; what is forgotten is compiled again. */
  compiled: 10_000,
} as const;

/** IAM tells times in whole seconds. */
export function wholeSeconds(now: EpochMilliseconds): EpochMilliseconds {
  const second: Milliseconds = 1_000;
  return now - (now % second);
}
