import type { Clock } from '../../core/clock.ts';
import type { Authority } from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import type { ClientTokens } from './client-tokens.ts';
import type { Firing } from './firing/index.ts';
import type { GroupRemoval } from './group-removal.ts';
import type { ApiDirectory } from './targets/index.ts';

/** What the operations of EventBridge Scheduler work with. */
export interface SchedulerRuntime {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly authority: Authority;
  readonly firing: Firing;
  readonly removal: GroupRemoval;
  readonly tokens: ClientTokens;
  readonly apis: ApiDirectory;
}
