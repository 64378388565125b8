import { arnTokensOf } from './glob-token.ts';
import { type TextTest, templateTest } from './text-test.ts';

/** How many colons stand before the part of an ARN in which variables are filled in. */
const fixedColons = 5;

/** The test of one entry of Resource or NotResource. */
export function resourceTest(pattern: string, hasVariables: boolean): TextTest {
  const at = hasVariables ? startOfResource(pattern) : undefined;
  if (at === undefined) return templateTest(pattern, arnTokensOf, false);
  // What comes before is text, whatever braces are in it.
  const head = pattern.slice(0, at).replaceAll('$', () => escapedDollar);
  return templateTest(head + pattern.slice(at), arnTokensOf, true);
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the spelling of policies.
const escapedDollar = '${$}';

function startOfResource(pattern: string): number | undefined {
  let at = -1;
  for (let colons = 0; colons < fixedColons; colons++) {
    at = pattern.indexOf(':', at + 1);
    if (at < 0) return undefined;
  }
  return at + 1;
}
