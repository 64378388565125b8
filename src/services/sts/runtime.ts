import { SystemClock } from '../../core/clock.ts';
import type { AccountId } from '../../core/ids.ts';
import { Authority, type Sessions } from '../../iam/index.ts';
import { WebIdentities } from './web-identity/index.ts';

/** What the operations of STS work with. */
export interface StsOptions {
  readonly sessions: Sessions;
  /** @default nobody is stored */
  readonly authority?: Authority;
  /** Whether an access key id is that of the root user or of a user. @default none is */
  readonly isKey?: (account: AccountId, accessKeyId: string) => boolean;
  /** @default no issuer of tokens is known */
  readonly webIdentities?: WebIdentities;
}

export type StsRuntime = Required<StsOptions>;

export function stsRuntime({
  sessions,
  authority = new Authority(),
  isKey = () => false,
  webIdentities = noIdentities,
}: StsOptions): StsRuntime {
  return { sessions, authority, isKey, webIdentities };
}

const noIdentities = new WebIdentities({
  issuers: new Map(),
  providerOf: () => undefined,
  clock: new SystemClock(),
});
