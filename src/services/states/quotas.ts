/** Limits of the Step Functions API that an account runs into, per region (developer guide, "Service quotas"). */
export const quotas = {
  stateMachines: 100_000,
  activities: 100_000,
  versionsPerStateMachine: 1000,
  aliasesPerStateMachine: 100,
  tagsPerResource: 50,
  /** GetActivityTask calls that wait on one activity at once. */
  pollersPerActivity: 1000,
  /** UTF-8 bytes of the input or output of an execution or a task. */
  payloadBytes: 262_144,
  /** UTF-8 bytes of a definition. */
  definitionBytes: 1_048_576,
  /** Executions that run at once. */
  openExecutions: 1_000_000,
} as const;
