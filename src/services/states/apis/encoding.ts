/**
 * The form of `api-shapes.bin`: a line of JSON, then a chunk of compressed JSON (brotli) for each service, so that one service
 * is read without the others. `scripts/make-api-shapes.ts` writes it.
 */
export interface TableHeader {
  readonly v: 1;
  /** Where the names come from, and their licence. */
  readonly notice: string;
  /** Where each chunk stands behind the header, in bytes, by the name that `aws-sdk:` resources call the service by. */
  readonly services: Readonly<Record<string, readonly [offset: number, length: number]>>;
}

export interface EncodedApi {
  /** The SDKs' name of the service: `CloudWatch Logs`. */
  readonly id: string;
  /** `Amazon CloudWatch Logs`. */
  readonly name: string;
  /** Places of input and output; null when an operation has none. */
  readonly operations: Readonly<Record<string, readonly [input: number | null, output: number | null]>>;
  readonly shapes: readonly EncodedShape[];
}

/**
 * Places up to `plainKinds.length` are those; the rest count on through `shapes`. A list is `[0, place]`, a map `[1, place]`, a
 * structure has the place of each member by its name, behind an exclamation mark when it is required, behind an asterisk when it
 * is a required token of idempotency, which SDKs make up.
 */
export type EncodedShape = readonly [kind: 0 | 1, place: number] | Readonly<Record<string, number>>;

export const plainKinds = ['string', 'integer', 'float', 'boolean', 'timestamp', 'blob', 'document'] as const;
