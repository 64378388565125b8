/** What a service makes of the language: SNS's filter policies, EventBridge's event patterns. */
export interface Dialect {
  /** Refuses a pattern in the words of its service. */
  refuse(reason: string): never;
  readonly numbers: NumberRules;
  /** Whether `prefix` and `suffix` may hold `{"equals-ignore-case": "..."}`. */
  readonly affixesOfAnyCase: boolean;
  /** Whether numbers and texts may stand in one list of `anything-but`. */
  readonly mixedLists: boolean;
  /** Where objects may not stand in objects: refuses one. Without it they may, and a point in a key is as good as one. */
  readonly refuseNested: (() => never) | undefined;
  /** What a pattern is called at the beginning of refusals: `Filter policy`. */
  readonly name: string;
}

export interface NumberRules {
  /** From `-most` to `most` numbers are compared by their value. */
  readonly most: number;
  /** `most` as it is written. */
  readonly mostText: string;
  /** So many digits after the point count. */
  readonly decimals: number;
  /** Whether other numbers are compared by their text. Else they are refused, and all numbers of a subject count by their value. */
  readonly othersByText: boolean;
}

/** Objects in objects are read so deep. */
export const deepest = 64;
