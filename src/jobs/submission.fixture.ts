/** What a history submits. `on` chooses among all jobs so far. */
export interface Submission {
  readonly kind: 'single' | 'array' | 'multiNode';
  readonly size: number;
  readonly attempts: number;
  readonly hasTimeout: boolean;
  readonly isSequential: boolean;
  readonly fails: boolean;
  /** Units that it needs of the one consumable resource; 0 for none. */
  readonly units: number;
  readonly dependsOn: readonly { readonly on: number; readonly child: number | undefined; readonly pairs: boolean }[];
}
