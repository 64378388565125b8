import { pageOf as cut, type Page } from '../../core/page.ts';
import { invalidParameter } from './refusals.ts';

/** AWS's: every listing of SNS has pages of 100. */
const size = 100;

const refuse = () => {
  throw invalidParameter('NextToken');
};

/** A listing's page; `kind` keeps tokens of different listings apart. Items are in the order of the text of `keyOf`. */
export function pageOf<Item>(
  kind: string,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  token: string | undefined,
): Page<Item> {
  return cut(items, keyOf, { kind, size, token: token || undefined, refuse });
}
