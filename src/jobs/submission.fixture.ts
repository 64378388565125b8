/** What a history submits. `on` chooses among all jobs so far. */
export interface Submission {
  readonly kind: 'single' | 'array' | 'multiNode';
  readonly size: number;
  readonly attempts: number;
  readonly hasTimeout: boolean;
  readonly isSequential: boolean;
  readonly fails: boolean;
  readonly dependsOn: readonly { readonly on: number; readonly child: number | undefined; readonly pairs: boolean }[];
}
