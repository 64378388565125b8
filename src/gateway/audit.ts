import type { EpochMilliseconds, Milliseconds, Region } from '../core/ids.ts';
import type { Principal } from '../core/operation.ts';

/** One request to a service, answered or refused: what CloudTrail would record. */
export interface AuditEvent {
  readonly requestId: string;
  readonly time: EpochMilliseconds;
  readonly duration: Milliseconds;
  readonly method: string;
  readonly status: number;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
  /** Absent as far as the request did not say, or was refused before it was looked at. */
  readonly service?: string;
  readonly operation?: string;
  readonly readOnly?: boolean;
  readonly region?: Region;
  /** Who signed, once the signature was verified. */
  readonly principal?: Principal;
  /** The validated input. May hold secrets: whoever stores it must leave those out. */
  readonly input?: unknown;
  /** AWS's code, if the answer is an error. */
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

/** Told of every request once its answer is on its way. Must not throw. */
export type AuditHook = (event: AuditEvent) => void;
