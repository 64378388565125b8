import { pageFrom as cut, type Page } from '../../core/page.ts';
import { invalidParameter } from './refusals.ts';

/** AWS's: every listing of SNS has pages of 100. */
const size = 100;

const refuse = () => {
  throw invalidParameter('NextToken');
};

/**
 * A listing's page; `kind` keeps tokens of different listings apart. Items stand in the order of the text of `keyOf`, and
 * `after` begins behind such a text.
 */
export function pageFrom<Item>(
  kind: string,
  after: (key: string | undefined) => Iterable<Item>,
  keyOf: (item: Item) => string,
  token: string | undefined,
): Page<Item> {
  return cut(after, keyOf, { kind, size, token: token || undefined, refuse });
}
