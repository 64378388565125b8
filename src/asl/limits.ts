/** The quotas of the language, in one table (the Step Functions developer guide, "service quotas"). */
export const limits = {
  /** UTF-8 bytes of the input or output of a state, a task or an execution: 256 KiB. */
  payloadBytes: 262_144,
  /** UTF-8 bytes of one variable, and of all that one `Assign` sets. */
  variableBytes: 262_144,
  /** UTF-8 bytes of all variables of an execution. */
  allVariablesBytes: 10 * 1024 * 1024,
  /** Entries in the history of a Standard execution, the last one included. */
  historyEvents: 25_000,
  /** UTF-8 bytes of a definition: 1 MiB. */
  definitionBytes: 1_048_576,
  stateNameLength: 80,
  variableNameLength: 80,
  /** Length of a distributed Map's `Label`. */
  labelLength: 40,
  /** `TimeoutSeconds`, `HeartbeatSeconds` and the seconds of a Wait: 99,999,999. */
  longestSeconds: 99_999_999,
  /** How far ahead the `Timestamp` of a Wait may be. */
  longestDelayMilliseconds: 2_147_483_647_000,
  /** `IntervalSeconds`, `MaxAttempts`. */
  largestRetryNumber: 99_999_999,
  /** `MaxDelaySeconds` is above 0 and below this: one year. */
  longestDelaySeconds: 31_622_400,
  /** Nested calls in one intrinsic function expression. */
  intrinsicDepth: 10,
  /** Items that States.ArrayRange makes; `$range` has no such limit. */
  rangeItems: 1000,
  /** Characters that States.Hash, Base64Encode and Base64Decode take. */
  base64Characters: 10_000,
  hashCharacters: 10_000,
  /** Iterations that an inline Map runs at once when MaxConcurrency is 0. */
  inlineConcurrency: 40,
  /** Child executions that a distributed Map runs at once when MaxConcurrency is 0 or above it. */
  distributedConcurrency: 10_000,
  /** Characters of an error name and of a cause. */
  errorLength: 256,
  causeLength: 32_768,
} as const;

/** How much one step or one expression may do. Ours, so that nobody's definition can stall the server. */
export const bounds = {
  /** Looks at states of a definition, each some microseconds and several a state, before others have their turn. */
  statesInTurn: 500,
  /**
   * Steps (nodes visited, eight characters each one) of the paths, rules and intrinsic functions of a state that are
   * taken on the main thread, about 2 ms of it; what is left then is evaluated elsewhere.
   */
  hereWork: 50_000,
  /** The same for all that a state evaluates elsewhere at once. */
  elsewhereWork: 5_000_000,
  /** Characters and nodes of a value that an expression makes: far more than AWS lets a state have. */
  valueCharacters: 524_288,
  /** Transitions (states entered, iterations launched, branches aborted) of one step. */
  transitionsPerStep: 200,
  /** Nodes of the syntax tree that one JSONata expression may evaluate. */
  jsonataSteps: 200_000,
  /** Depth of its recursion. */
  jsonataDepth: 400,
  /** Longest sequence that it may make; AWS's memory lets `[1..873782]` be. */
  jsonataSequence: 150_000,
  /** Longest string that it may make, in characters. */
  jsonataString: 1_048_576,
  /** Nodes and characters (eight are one) that all values of one expression may hold, shared parts each time. */
  jsonataWeight: 500_000,
  /** Depth of a definition, and of any JSON value that a state takes or makes. */
  jsonDepth: 500,
} as const;
