import { isObject, type JsonObject } from '../json/json.ts';
import { limits } from '../limits.ts';
import type { Fields } from './fields.ts';
import type { State } from './machine.ts';
import type { InSteps, Reading } from './reading.ts';

/** Reads `StartAt` and `States` of a state machine, a branch or a Map's processor; answers the name of its start. */
export function* readFlow(fields: Fields, reading: Reading): InSteps<string | undefined> {
  const states = fields.object('States', true);
  const startAt = fields.string('StartAt', true);
  if (!states) return startAt;
  if (Object.keys(states).length === 0)
    reading.problems.schema('At least one state is required', fields.locate('States'));
  const own = yield* readStates(states, fields, reading);
  yield* checkTransitions(startAt, own, Object.keys(states), fields, reading);
  return startAt;
}

function* readStates(states: JsonObject, fields: Fields, reading: Reading): InSteps<Map<string, State>> {
  const own = new Map<string, State>();
  for (const [name, object] of Object.entries(states)) {
    yield;
    const at = `${fields.locate('States')}/${name}`;
    if (!isNameFree(name, at, reading)) continue;
    if (!isObject(object)) {
      reading.problems.schema('Expected value of type Object', at);
      continue;
    }
    const state = yield* reading.readState(name, object, at, reading);
    if (!state) continue;
    own.set(name, state);
    reading.states.set(name, state);
  }
  return own;
}

function isNameFree(name: string, at: string, reading: Reading): boolean {
  if (name.length === 0 || name.length > limits.stateNameLength) {
    const message = `State names must have 1 to ${limits.stateNameLength} characters`;
    reading.problems.error('INVALID_STATE_NAME', message, at);
  }
  const before = reading.places.get(name);
  if (before === undefined) {
    reading.places.set(name, at);
    return true;
  }
  reading.problems.error('DUPLICATE_STATE_NAME', `Duplicate state name: ${name}, first used at ${before}`, at);
  return false;
}

/** Where a state may go, each with the place that says so. */
function transitions(state: State): { target: string; at: string }[] {
  const targets: { target: string | undefined; at: string }[] = [{ target: state.next, at: 'Next' }];
  if (state.type === 'Choice') {
    targets.push(...state.choices.map(({ next }, i) => ({ target: next, at: `Choices[${i}]/Next` })));
    targets.push({ target: state.default, at: 'Default' });
  }
  if ('catch' in state) targets.push(...state.catch.map(({ next }, i) => ({ target: next, at: `Catch[${i}]/Next` })));
  return targets.flatMap(({ target, at }) => (target ? [{ target, at }] : []));
}

function* checkTransitions(
  startAt: string | undefined,
  own: ReadonlyMap<string, State>,
  names: readonly string[],
  fields: Fields,
  { problems }: Reading,
): InSteps<void> {
  const missing = (target: string, at: string) =>
    problems.error('MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${target}`, at);
  const known = new Set(names);
  if (startAt !== undefined && !known.has(startAt)) missing(startAt, fields.locate('StartAt'));
  for (const [name, state] of own) {
    yield;
    for (const { target, at } of transitions(state)) {
      if (!known.has(target)) missing(target, `${fields.locate('States')}/${name}/${at}`);
    }
  }
  if (startAt === undefined || own.size < names.length) return;
  // A flow without an end is reported alone: every state of it would else be told to be unreachable from one.
  if (![...own.values()].some(isTerminal)) {
    problems.error('MISSING_END_STATE', 'Workflow has no terminal state');
    return;
  }
  const reached = yield* reachable(startAt, own);
  for (const name of names) {
    yield;
    if (reached.has(name)) continue;
    const at = `${fields.locate('States')}/${name}`;
    problems.error('MISSING_TRANSITION_TARGET', `State "${name}" is not reachable.`, at);
  }
}

function isTerminal(state: State): boolean {
  if (state.type === 'Succeed' || state.type === 'Fail') return true;
  return state.type !== 'Choice' && state.next === undefined;
}

function* reachable(startAt: string, own: ReadonlyMap<string, State>): InSteps<ReadonlySet<string>> {
  const reached = new Set<string>([startAt]);
  for (const name of reached) {
    yield;
    const state = own.get(name);
    for (const { target } of state ? transitions(state) : []) reached.add(target);
  }
  return reached;
}
