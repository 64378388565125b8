/** AWS's quotas of Parameter Store. */
export const quotas = {
  /** Largest value, in bytes, and how many parameters a region may have, by tier. */
  tiers: { Standard: { valueBytes: 4_096, parameters: 10_000 }, Advanced: { valueBytes: 8_192, parameters: 100_000 } },
  versions: 100,
  labels: 10,
  levels: 15,
  tags: 50,
  names: 10,
  pathPage: 10,
  page: 50,
  /** Our own bounds on AllowedPattern: its size with repeats written out, and RE2's program times the value's characters. */
  patternAtoms: 5_000,
  patternSteps: 2_000_000,
  /** Of a name with the ARN that goes before it. */
  nameCharacters: 1_011,
} as const;

export type Tier = keyof (typeof quotas)['tiers'];

/** Our own bound on one page: so many parameters are looked at, and the page is then given as it is, with a token. */
export const lookedAt = 1_000;
