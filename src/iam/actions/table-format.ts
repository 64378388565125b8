/** The table of actions, as `scripts/make-action-table.ts` writes it. */
export interface ActionTable {
  readonly v: 1;
  readonly source: string;
  /** Of the source. */
  readonly licence: string;
  /** By the prefix of the actions. */
  readonly services: Readonly<Record<string, ServiceActions>>;
}

export interface ServiceActions {
  /** By name: the condition keys, and the types of resources that the action takes, none if it is asked on `*` alone. */
  readonly actions: Readonly<Record<string, readonly [keys: readonly string[], types: readonly ActionType[]]>>;
  /** By name: what ARNs look like, and the condition keys. */
  readonly types: Readonly<Record<string, readonly [arn: string, keys: readonly string[]]>>;
}

/** A type of resources that an action takes, whether it takes no request without one, and the keys that come with it. */
export type ActionType = readonly [name: string, required: 0 | 1, keys: readonly string[]];
