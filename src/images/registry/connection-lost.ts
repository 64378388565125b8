/** A registry could not be reached, was silent, or a connection to it broke: nothing is known of what was asked for. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  /** Nobody is there now (no network, no such host, no listener): to ask again at once is no use. */
  readonly isAway: boolean;

  constructor(message: string, options: { isAway?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.isAway = options.isAway ?? false;
  }
}
