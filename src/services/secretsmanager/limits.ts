import type { Milliseconds } from '../../core/ids.ts';

export const day: Milliseconds = 86_400_000;

/** AWS's quotas of Secrets Manager, and our own bounds on one turn. */
export const quotas = {
  valueBytes: 65_536,
  /** Versions of a secret; those without a label that are older than a day make room for new ones. */
  versions: 100,
  /** Labels on all versions of a secret. */
  stages: 20,
  tags: 50,
  policyBytes: 20_480,
  page: 100,
  batch: 20,
  /** Secrets looked at for one page of a list, which is then given as it is, with a token. */
  lookedAt: 1_000,
  secrets: 500_000,
} as const;
