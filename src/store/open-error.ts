/** A store could not be opened, or not be read. The message is for the operator, and names the directory if it is about one. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  /** `in-use`: another server holds it; `newer-schema`: a later release wrote it; `damaged`; `failed`: anything else. */
  readonly reason: 'in-use' | 'newer-schema' | 'damaged' | 'failed';

  constructor(reason: StoreUnavailable['reason'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}
