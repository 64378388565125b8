import type { Inspection, State } from '../../../../asl/index.ts';

/** Members of the inspection data that are JSON text. */
export type ShownMember = Extract<keyof Inspection, `after${string}` | 'result'>;

const outcome = ['afterResultSelector', 'afterResultPath'] as const;
const iterations = ['afterItemsPointer', 'afterItemSelector', 'afterItemBatcher'] as const;

/** What AWS shows of a JSONPath state of each type (recorded; of Wait like its neighbours). */
const withPaths: Readonly<Record<State['type'], readonly ShownMember[]>> = {
  Pass: ['afterInputPath', 'afterParameters', ...outcome],
  Task: ['afterInputPath', 'afterParameters', 'result', ...outcome],
  Choice: ['afterInputPath'],
  Wait: ['afterInputPath'],
  Succeed: ['afterInputPath'],
  Fail: ['afterInputPath'],
  Parallel: outcome,
  Map: ['afterInputPath', 'afterItemsPath', ...iterations, ...outcome],
};

/** The same of JSONata states: their fields leave nothing to be seen between input and output. */
const withExpressions: Readonly<Record<State['type'], readonly ShownMember[]>> = {
  Pass: [],
  Task: ['afterArguments', 'result'],
  Choice: [],
  Wait: [],
  Succeed: [],
  Fail: [],
  Parallel: [],
  Map: iterations,
};

/** The members that the inspection data of a state has, as far as its test has come to them. */
export function shownMembers(state: State): readonly ShownMember[] {
  if (state.queryLanguage === 'JSONata') return withExpressions[state.type];
  // A Result takes the place of the input.
  if (state.type === 'Pass' && state.result !== undefined) return ['result', ...outcome];
  return withPaths[state.type];
}
