/** What a region holds: AWS's quotas at the most that it raises them to without asking for reasons. */
export const limits = {
  vpcs: 100,
  subnetsPerVpc: 200,
  securityGroups: 2_500,
  /** In each direction; each range, prefix list and group counts. */
  rulesPerGroup: 60,
  launchTemplates: 5_000,
  versionsPerTemplate: 10_000,
  keyPairs: 5_000,
  placementGroups: 500,
  tagsPerResource: 50,
  /** Of one call; values of each filter; characters of a value. */
  filters: 50,
  valuesPerFilter: 200,
  filterValue: 255,
  /** Values with wildcards in one call, whatever their filters. */
  patterns: 20,
  /** Entries of a page, where nothing is said. */
  page: 1_000,
  /** Records that a page looks at, shared among its patterns. */
  lookedAt: 5_000,
} as const;
