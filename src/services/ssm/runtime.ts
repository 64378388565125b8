import type { RequestContext } from '../../core/operation.ts';
import type { Ledger } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';

/** Calls another service, by its name and the operation's. */
export type Invoke = <Output>(
  service: string,
  operation: string,
  input: unknown,
  context: RequestContext,
) => Promise<Output>;

export interface SsmOptions {
  readonly ledger: Ledger;
  readonly vault: Vault;
  /** For parameters that stand for secrets of Secrets Manager. */
  readonly invoke: Invoke;
}

/** What the operations of Systems Manager work with. */
export type SsmRuntime = SsmOptions;
