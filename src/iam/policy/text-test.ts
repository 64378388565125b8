import type { RequestKeys } from './context.ts';
import { compileGlob } from './glob.ts';
import type { GlobToken } from './glob-token.ts';
import type { Steps } from './steps.ts';
import { fillTemplate, isVariable, keysOfTemplate, readTemplate, type TemplatePart } from './template.ts';

/** A text of a policy that texts of requests are compared with. */
export interface TextTest {
  /** False where a variable has no value. */
  matches(text: string, keys: RequestKeys, steps: Steps): boolean;
  /** The keys that it asks for. */
  readonly keys: readonly string[];
}

/** What wildcards in a written piece are; `goesOn` unless it ends the text. */
type Tokens = (written: string, goesOn: boolean) => readonly GlobToken[];

/** No wildcards. */
export const plainText: Tokens = (text) => [{ kind: 'text', text }];

/** A test of pieces without variables. */
function testOf(tokens: readonly GlobToken[]): TextTest {
  const glob = compileGlob(tokens);
  return { matches: (text, _keys, steps) => glob.matches(text, steps), keys: [] };
}

/**
 * A test of a text, in which variables are filled in when the request is known, if there are any; `fold` is done to what they stand
 * for.
 */
export function templateTest(
  text: string,
  tokens: Tokens,
  hasVariables: boolean,
  fold: (text: string) => string = (value) => value,
): TextTest {
  if (!hasVariables) return testOf(tokens(text, false));
  const parts = readTemplate(text);
  if (!parts.some(isVariable)) return testOf(tokensIn(parts, tokens));
  return {
    keys: keysOfTemplate(parts),
    matches: (other, keys, steps) => {
      steps.spend(parts.length);
      const filled = fillTemplate(parts, keys, fold);
      if (!filled) return false;
      steps.spend(filled.reduce((sum, part) => sum + part.text.length, 0));
      return compileGlob(tokensIn(filled, tokens)).matches(other, steps);
    },
  };
}

function tokensIn(parts: readonly TemplatePart[], tokens: Tokens): readonly GlobToken[] {
  return parts.flatMap((part, index): readonly GlobToken[] => {
    if (isVariable(part)) return [];
    return part.kind === 'written' ? tokens(part.text, index < parts.length - 1) : [{ kind: 'text', text: part.text }];
  });
}
