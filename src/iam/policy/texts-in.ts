import type { JsonNode } from './json-tree.ts';
import { syntaxError } from './malformed.ts';

/** One text or a list of them. Throws `Malformed`. */
export function textsIn(node: JsonNode): readonly string[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.map((item) => {
    if (item.kind !== 'text') throw syntaxError();
    return item.value;
  });
}
