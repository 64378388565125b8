import { words } from '../evaluate/ended.ts';
import type { Evaluator, ExpressionFault } from '../evaluate/evaluation.ts';

/** Characters of expressions that are checked at once: so that a large definition lets others in between. */
const charactersAtOnce = 50_000;

/** What is wrong with each of the expressions that cannot be taken. Those behind one that takes too long are not looked at. */
export async function syntaxFaults(
  expressions: readonly string[],
  evaluator: Evaluator,
): Promise<ReadonlyMap<string, readonly ExpressionFault[]>> {
  const faults = new Map<string, readonly ExpressionFault[]>();
  for (const texts of slices(expressions)) {
    const result = await evaluator({ kind: 'syntax', texts });
    if (result.kind === 'ended') {
      const message = words(result.reason);
      return faults.set(texts[result.position] ?? '', [{ code: 'INVALID_JSONATA_EXPRESSION', message }]);
    }
    if (result.kind !== 'checked') throw new Error(`a check of syntax was answered by '${result.kind}'`);
    for (const [position, fault] of result.faults.entries()) {
      if (fault.length > 0) faults.set(texts[position] ?? '', fault);
    }
  }
  return faults;
}

function* slices(expressions: readonly string[]): Generator<readonly string[]> {
  let slice: string[] = [];
  let characters = 0;
  for (const expression of expressions) {
    slice.push(expression);
    characters += expression.length;
    if (characters < charactersAtOnce) continue;
    yield slice;
    slice = [];
    characters = 0;
  }
  if (slice.length > 0) yield slice;
}
