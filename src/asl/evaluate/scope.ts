import type { Json, JsonObject } from '../json/json.ts';
import type { SeededRandom } from '../json/seeded-random.ts';
import type { Evaluator } from './evaluation.ts';
import type { Meter } from './meter.ts';

/** What expressions of a state can see. */
export interface Scope {
  /** `$` of JSONPath; absent in JSONata states. */
  readonly data: Json;
  /** `$states` of JSONata, without its context. */
  readonly states: { readonly input: Json; readonly result?: Json; readonly errorOutput?: Json };
  /** The context object, `$$` or `$states.context`, built when first asked for. */
  readonly context: () => JsonObject;
  readonly variables: VariableLookup;
  readonly random: SeededRandom;
  /** Milliseconds since the epoch, the time of the event. */
  readonly now: number;
  /** What all paths and intrinsic functions of the state may cost together. */
  readonly meter: Meter;
}

/** The scope of a state under way, which need not do all work itself. */
export interface StateScope extends Scope {
  /** Evaluates what could take long, where it can be ended. */
  readonly evaluator: Evaluator;
}

/** The workflow variables that a flow sees: its own and those of the flows around it. */
export interface VariableLookup {
  get(name: string): Json | undefined;
  all(): Readonly<Record<string, Json>>;
}

/** The same scope with other data for `$`. */
export function withData(scope: StateScope, data: Json): StateScope {
  return { ...scope, data };
}
