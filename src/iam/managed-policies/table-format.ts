/** The policies that AWS manages, as `scripts/make-managed-policies.ts` writes them. */
export interface ManagedPolicyTable {
  readonly v: 1;
  readonly source: string;
  /** Of the source. */
  readonly licence: string;
  readonly policies: readonly ManagedPolicyRow[];
}

export interface ManagedPolicyRow {
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  /** Such as `v14`. */
  readonly defaultVersion: string;
  /** As ISO 8601. */
  readonly createdAt: string;
  /** Of the default version. */
  readonly updatedAt: string;
  /** Documents by version: the default one, and earlier ones that are known. */
  readonly versions: Readonly<Record<string, string>>;
}
