import type { StateScope } from './scope.ts';

/** Thrown by what has to be evaluated where it can be ended. One for all: making an error takes longer than most paths. */
const elsewhere = new Error('to be evaluated elsewhere');

export function goElsewhere(): never {
  throw elsewhere;
}

/**
 * Does work here if its cost turns out to be bounded; undefined when it has to be done elsewhere, as if it had not begun.
 * Throws `StateError`.
 */
export function here<Result>({ random }: StateScope, work: () => Result): { readonly result: Result } | undefined {
  const { drawn } = random;
  try {
    return { result: work() };
  } catch (fault) {
    if (fault !== elsewhere) throw fault;
    random.drawn = drawn;
    return undefined;
  }
}
