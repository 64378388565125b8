import type { Scope } from '../../../core/arn.ts';
import type { Transaction } from '../../../store/index.ts';

/** What the yard needs of the Logs service to give each attempt its stream. The server hands it over. */
export interface LogStreams {
  /** Opens a stream within the transaction. Throws `ServiceError` if the group is missing and is not to be created. */
  open(
    transaction: Transaction,
    scope: Scope,
    stream: { readonly groupName: string; readonly streamName: string; readonly createGroup: boolean },
  ): { readonly stream: string };
  /** The key by which engines know an open stream; undefined if there is none. */
  keyOf(scope: Scope, groupName: string, streamName: string): Promise<string | undefined>;
  /** Nothing more will be written: segments become rows. May be repeated. */
  finish(scope: Scope, groupName: string, streamName: string): Promise<void>;
}
