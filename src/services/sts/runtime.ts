import type { AccountId } from '../../core/ids.ts';
import { Authority, type Sessions } from '../../iam/index.ts';

/** What the operations of STS work with. */
export interface StsOptions {
  readonly sessions: Sessions;
  /** @default nobody is stored */
  readonly authority?: Authority;
  /** Whether an access key id is that of the root user or of a user. @default none is */
  readonly isKey?: (account: AccountId, accessKeyId: string) => boolean;
}

export type StsRuntime = Required<StsOptions>;

export function stsRuntime({ sessions, authority = new Authority(), isKey = () => false }: StsOptions): StsRuntime {
  return { sessions, authority, isKey };
}
