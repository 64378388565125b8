import { type Page, type PageRequest, pageOf } from './page.ts';
import { demand } from './refusals.ts';

/** A Describe call over resources that memory holds whole. */
export interface DescribeRequest<Item> {
  /** AWS's name of the list of references, in its errors: `ComputeEnvironments`. */
  readonly kind: string;
  readonly references: readonly string[] | undefined;
  /** How many references one call may have. */
  readonly limit: number;
  readonly request: PageRequest;
  readonly find: (reference: string) => Item | undefined;
  readonly all: () => readonly Item[];
  /** The order of pages: unique, and the same after a restart. */
  readonly keyOf: (item: Item) => string;
}

/** Either the things referred to, unknown ones left out, or a page of all. */
export function describedItems<Item>(call: DescribeRequest<Item>): Page<Item> {
  const { kind, references = [], limit, request } = call;
  if (references.length === 0) return pageOf(kind, call.all(), call.keyOf, request);
  demand(request.maxResults === undefined, `${kind} and MaxResults cannot both be set`);
  demand(references.length <= limit, `Maximum number of ${kind} supported is ${limit}`);
  const found = new Set(references.map(call.find).filter((item) => item !== undefined));
  return { items: [...found] };
}
