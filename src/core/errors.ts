/** Members that AWS adds to some errors beside `message` (for example `ResourceArn`). */
export type ErrorMembers = Readonly<Record<string, string | number | readonly string[] | ErrorStructure>>;

/** A member of an error that has members itself. */
export interface ErrorStructure {
  readonly [member: string]: string | number | ErrorStructure;
}

/**
 * What a caller is told went wrong, in AWS's terms. `code` is AWS's exception name without a namespace
 * (`ClientException`, `ResourceNotFoundException`); `status` is the HTTP status. The gateway alone turns it into a
 * protocol's bytes. Nothing else may reach a client: any other thrown value is reported as the service's internal
 * error, and logged.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;
  readonly status: number;
  readonly members: ErrorMembers;

  constructor(
    code: string,
    message: string,
    options: { status?: number; members?: ErrorMembers; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? 400;
    this.members = options.members ?? {};
  }
}

/** The store could not make a change durable (disk full, another leads): every request built on it fails with 5xx. */
export class CommitFailed extends Error {
  override readonly name = 'CommitFailed';
  /**
   * Reads go on after all but `damaged`. `disk-full`: until there is room; `not-leading`: another server may commit, this one
   * may not; `lost-commits`: what is known is an older past, and nobody has accepted that; `damaged`: this server must stop.
   */
  readonly reason: 'disk-full' | 'not-leading' | 'lost-commits' | 'damaged' | 'failed';

  constructor(reason: CommitFailed['reason'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

/** A state that the code promises cannot arise. Seeing one is a bug in Batchyard. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** Throws `InvariantViolation` unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}
