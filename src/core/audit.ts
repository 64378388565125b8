import type { AccountId, EpochMilliseconds, Region } from './ids.ts';
import { Linked } from './linked-list.ts';
import type { CallSource, Principal } from './principal.ts';

/**
 * `management` calls change or read what an account has set up; `data` calls carry messages, log lines or the results of
 * tasks, and are kept only where somebody asks for them.
 */
export type AuditKind = 'management' | 'data';

/**
 * What the audit keeps of an operation's calls; `hide` names members whose values it must not see, wherever they stand, in the
 * request and in the answer, and `hideAnswer` those that are in the answer alone.
 */
export type AuditRule =
  | 'none'
  | AuditKind
  | {
      readonly kind: AuditKind;
      readonly hide?: readonly [string, ...string[]];
      readonly hideAnswer?: readonly [string, ...string[]];
      /** Part of what it does is no commit: see `ChangeUnderWay`. */
      readonly ahead?: true;
    };

/** One call of an operation, answered or refused, over HTTP or from another service. */
export interface AuditRecord {
  /** When the call came in. */
  readonly time: EpochMilliseconds;
  readonly requestId: string;
  readonly account: AccountId;
  readonly region: Region;
  readonly principal: Principal;
  readonly source: CallSource;
  /** As in credential scopes: `batch`. */
  readonly service: string;
  readonly operation: string;
  readonly kind: AuditKind;
  readonly readOnly: boolean;
  /** As they came, less what is hidden; absent if they are more than a record holds. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What was answered to a change, less what is hidden; absent for reads and refusals, and if it is more than a record holds. */
  readonly answer?: Readonly<Record<string, unknown>>;
  /** The ARNs that the call was about, as the policy evaluator is asked. */
  readonly resources: readonly string[];
  /** AWS's code, if the answer is an error. */
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

/** A change from before it is made until its record is kept. */
export abstract class ChangeUnderWay extends Linked {
  /** The id of the event, once it is noted. */
  noted: string | undefined;
  /**
   * Whether part of its effect is no commit, such as lines in a file: what is known of it is written before it is made, since no
   * commit will ask for it.
   */
  abstract readonly ahead: boolean;
  /** What is known of it so far. */
  abstract describe(): AuditRecord;
}

/** Where records go. What it cannot keep it rejects: a change is then refused, a read is answered all the same. */
export interface AuditSink {
  /** Whether anybody wants calls of this kind and service. Asked before anything is spent on one. */
  wants(kind: AuditKind, service: string): boolean;
  /** Asked, and awaited, before a change is made. Undefined or resolved: a record can be kept. */
  admit(): undefined | Promise<void>;
  /** A change is about to be made. Awaited as `admit` is. */
  begin(change: ChangeUnderWay): undefined | Promise<void>;
  /** Awaited before the answer leaves. Undefined or resolved: the record is kept. `of` is the change that is over with it. */
  record(record: AuditRecord, of?: ChangeUnderWay): undefined | Promise<void>;
  /** A change is over of which no record could be made. */
  drop(change: ChangeUnderWay): void;
}
