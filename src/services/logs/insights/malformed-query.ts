/** Where something stands in a query, in characters; the end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A query that is none, or asks for what there is not. */
export class MalformedQuery extends Error {
  override readonly name = 'MalformedQuery';
  readonly span: Span;

  constructor(message: string, span: Span) {
    super(message);
    this.span = span;
  }
}
