import type { MapState, Template } from '../definition/machine.ts';
import { StateError, stateErrors } from '../errors.ts';
import type { StateScope } from '../evaluate/scope.ts';
import { evaluateTemplate } from '../evaluate/template.ts';
import { wrongType } from '../evaluate/wrong-type.ts';
import { isArray, isObject, type Json } from '../json/json.ts';
import { SeededRandom } from '../json/seeded-random.ts';
import { limits } from '../limits.ts';
import { goOn } from './children.ts';
import { selectInput } from './data.ts';
import { evaluateMapNumber, evaluateNumber } from './numbers.ts';
import { callObjectStore } from './object-store.ts';
import { controlId, type FlowFrame, itemsId, type MapFrame, recordVersion } from './records.ts';
import { scopeOf } from './surroundings.ts';
import type { Turn } from './turn.ts';

/** Starts a Map state: finds its items, and begins to launch iterations. */
export async function startMap(turn: Turn, flow: FlowFrame, state: MapState): Promise<void> {
  const seed = `${turn.event.seed}:${flow.entry}.${flow.attempt}:run`;
  const scope = scopeOf(turn, flow, { at: turn.at, seed });
  const input = await selectInput(state, scope);
  const inner = { ...scope, data: input };
  const { items, keys } = await findItems(state, inner).catch(mapFailed);
  const shape = await readSettings(state, inner);
  const batchInput = state.batcher?.batchInput ? await evaluateTemplate(state.batcher.batchInput, inner) : undefined;
  const started = turn.record('MapStateStarted', flow.previousEvent, {
    mapStateStartedEventDetails: { length: items.length },
  });
  // AWS reads what failures are tolerated when the state has started.
  turn.put({ ...flow, previousEvent: started });
  const settings = { ...shape, ...(await readTolerance(state, inner)) };
  if (turn.inspection) Object.assign(turn.inspection, inspected(input, items, settings));
  const id = controlId(flow);
  const run =
    state.mode === 'DISTRIBUTED' ? startRun(turn, state, id, started, { seed, settings }) : { previousEvent: started };
  turn.put({
    ...{ v: recordVersion, kind: 'items', id: itemsId(id), items, input },
    ...(keys ? { keys } : {}),
    ...(batchInput === undefined ? {} : { batchInput }),
  });
  turn.put({ ...flow, previousEvent: run.previousEvent, phase: { kind: 'container', control: id } });
  const control: MapFrame = {
    v: recordVersion,
    kind: 'map',
    id,
    parent: flow.id,
    state: state.name,
    mode: state.mode,
    total: items.length,
    ...fresh,
    ...settings,
    ...run,
  };
  if (state.itemReader) await callObjectStore(turn, control, 'readItems', state.itemReader, inner);
  else goOn(turn, turn.put(control));
}

function inspected(input: Json, items: Json, settings: Settings) {
  const { maxConcurrency, toleratedCount, toleratedPercentage } = settings;
  return {
    afterInputPath: input,
    afterItemsPath: items,
    maxConcurrency,
    ...(toleratedCount === undefined ? {} : { toleratedFailureCount: toleratedCount }),
    ...(toleratedPercentage === undefined ? {} : { toleratedFailurePercentage: toleratedPercentage }),
  };
}

const fresh = { launched: 0, taken: 0, active: 0, succeeded: 0, failed: 0, failedItems: 0 };

function startRun(
  turn: Turn,
  state: MapState,
  control: string,
  previous: number,
  { seed, settings }: { readonly seed: string; readonly settings: Settings },
) {
  const label = state.label ?? state.name.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(0, limits.labelLength);
  const run = new SeededRandom(`${seed}:map-run`).uuid();
  // The processor of a distributed Map around this one has a label of its own behind the machine's name.
  const machineArn = turn.info.stateMachineId.replace(/\/.*$/, '');
  const mapRunArn = `${machineArn.replace(':stateMachine:', ':mapRun:')}/${label}:${run}`;
  const previousEvent = turn.record('MapRunStarted', previous, { mapRunStartedEventDetails: { mapRunArn } });
  const { maxConcurrency, toleratedCount, toleratedPercentage } = settings;
  turn.effect({
    ...{ kind: 'mapRunStarted', frame: control, state: state.name, mapRunArn, maxConcurrency },
    ...(toleratedCount === undefined ? {} : { toleratedCount }),
    ...(toleratedPercentage === undefined ? {} : { toleratedPercentage }),
  });
  return { previousEvent, mapRunArn };
}

async function findItems(
  state: MapState,
  scope: StateScope,
): Promise<{ items: readonly Json[]; keys?: readonly string[] }> {
  if (state.itemReader) return { items: [] };
  const value = state.items ? await evaluateTemplate(state.items, scope) : scope.data;
  if (isArray(value)) return { items: value };
  if (isObject(value) && state.queryLanguage === 'JSONata' && state.items) {
    return { items: Object.values(value), keys: Object.keys(value) };
  }
  throw notItems(state, value);
}

/** Where JSONata gives no items, AWS's history tells of the evaluation, and then of the Map state. */
function mapFailed(fault: unknown): never {
  if (!(fault instanceof StateError) || fault.failure.error !== stateErrors.queryEvaluationError) throw fault;
  const { failure, location } = fault;
  const options = { failed: 'MapStateFailed', ...(location === undefined ? {} : { location }) } as const;
  throw new StateError(failure.error, failure.cause, options);
}

function notItems({ items: template, queryLanguage }: MapState, value: Json): StateError {
  if (template?.kind === 'jsonata') return wrongType(template, 'array', value);
  if (!template && queryLanguage === 'JSONata') {
    const cause = `Map state input must be an array but was: ${JSON.stringify(value)}`;
    return new StateError(stateErrors.queryEvaluationError, cause);
  }
  const path = template?.kind === 'path' ? template.path.text : '$';
  return new StateError(stateErrors.runtime, `Reference path "${path}" must point to array.`);
}

type Settings = Pick<
  MapFrame,
  'maxConcurrency' | 'toleratedCount' | 'toleratedPercentage' | 'maxBatchItems' | 'maxBatchBytes'
>;

const anyCount = { most: Number.MAX_SAFE_INTEGER };

async function readSettings(state: MapState, scope: StateScope): Promise<Settings> {
  const number = (template: Template | undefined, range: { least: number; most: number }) =>
    template ? evaluateNumber(template, scope, range) : Promise.resolve(undefined);
  const maxConcurrency = state.maxConcurrency ? await evaluateMapNumber(state.maxConcurrency, scope, anyCount) : 0;
  const batches = {
    maxBatchItems: await number(state.batcher?.maxItems, { least: 1, most: Number.MAX_SAFE_INTEGER }),
    maxBatchBytes: await number(state.batcher?.maxBytes, { least: 1, most: limits.payloadBytes }),
  };
  return { maxConcurrency, ...present(batches) };
}

async function readTolerance(state: MapState, scope: StateScope): Promise<Partial<Settings>> {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = state;
  return present({
    toleratedCount: count && (await evaluateMapNumber(count, scope, anyCount)),
    toleratedPercentage: percentage && (await evaluateMapNumber(percentage, scope, { most: 100, fraction: true })),
  });
}

function present(numbers: Readonly<Record<string, number | undefined>>): Partial<Settings> {
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined));
}
