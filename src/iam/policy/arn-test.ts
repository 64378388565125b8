import type { RequestKeys } from './context.ts';
import { tokensOf } from './glob-token.ts';
import type { Steps } from './steps.ts';
import { templateTest } from './text-test.ts';

const segments = 6;

/** Splits an ARN; the last of its six segments keeps its colons. Undefined for what is none. */
export function segmentsOf(text: string): readonly string[] | undefined {
  const parts = text.split(':', segments);
  if (parts.length < segments || parts[0] !== 'arn') return undefined;
  const head = parts.slice(0, segments - 1);
  return [...head, text.slice(head.join(':').length + 1)];
}

/** The pattern of an ARN operator: each segment is compared on its own, so that no wildcard passes one of the first five colons. */
export interface ArnTest {
  matches(segments: readonly string[], keys: RequestKeys, steps: Steps): boolean;
  readonly keys: readonly string[];
}

/** Undefined for a pattern that is no ARN. `*` alone is any. */
export function arnTest(pattern: string, hasVariables: boolean): ArnTest | undefined {
  if (pattern === '*') return { matches: () => true, keys: [] };
  const parts = segmentsOf(pattern);
  if (!parts) return undefined;
  const tests = parts.map((part) => templateTest(part, tokensOf, hasVariables));
  return {
    keys: tests.flatMap(({ keys }) => keys),
    matches: (others, keys, steps) => tests.every((test, index) => test.matches(others[index] ?? '', keys, steps)),
  };
}
