import { compileColumns } from './columns.ts';
import type { CompiledPattern } from './compiled-pattern.ts';
import { compileJson } from './json-pattern.ts';
import { compileTerms } from './terms.ts';

/**
 * Compiles a filter pattern of AWS's language: `{ conditions on JSON }`, `[columns, of, a, line]`, or terms, phrases and
 * `%regular expressions%`. Throws `InvalidParameterException` for a malformed one. What it costs to decide about a message grows
 * with the message as with its length, whatever the pattern.
 */
export function compilePattern(pattern: string): CompiledPattern {
  const trimmed = pattern.trim();
  if (trimmed.startsWith('{')) return compileJson(trimmed);
  if (trimmed.startsWith('[')) return compileColumns(trimmed);
  return compileTerms(trimmed);
}
