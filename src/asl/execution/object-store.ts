import type { ItemSource } from '../definition/machine.ts';
import { stateErrors } from '../errors.ts';
import type { StateScope } from '../evaluate/scope.ts';
import { evaluateTemplate } from '../evaluate/template.ts';
import type { Json } from '../json/json.ts';
import { failState, goOn } from './children.ts';
import type { ObjectStoreCall } from './effects.ts';
import { itemsOf } from './item-input.ts';
import type { MapFrame } from './records.ts';
import type { Turn } from './turn.ts';

/** Asks the host to read the items or to write the results of a distributed Map, which waits for the answer. */
export async function callObjectStore(
  turn: Turn,
  map: MapFrame,
  kind: ObjectStoreCall['kind'],
  source: ItemSource,
  scope: StateScope,
): Promise<void> {
  const { resource, parameters, configuration } = source;
  const call: ObjectStoreCall = {
    kind,
    frame: map.id,
    ...(resource === undefined ? {} : { resource }),
    ...(parameters ? { parameters: await evaluateTemplate(parameters, scope) } : {}),
    ...(configuration ? { configuration: await evaluateTemplate(configuration, scope) } : {}),
  };
  turn.put({ ...map, call });
  turn.effect(call);
}

/** The Map that waits for this kind of call, if any. */
function waitingMap(turn: Turn, id: string, kinds: readonly ObjectStoreCall['kind'][]): MapFrame | undefined {
  const map = turn.control(id);
  return map?.kind === 'map' && map.call && kinds.includes(map.call.kind) && !map.stopping ? map : undefined;
}

export function itemsRead(turn: Turn, id: string, items: readonly Json[]): boolean {
  const map = waitingMap(turn, id, ['readItems']);
  if (!map) return false;
  const { call: _answered, ...rest } = map;
  turn.put({ ...itemsOf(turn, id), items });
  goOn(turn, turn.put({ ...rest, total: items.length }));
  return true;
}

/** The written results' description becomes the result of the state. */
export function resultsWritten(turn: Turn, id: string, output: Json): boolean {
  const map = waitingMap(turn, id, ['writeResults']);
  if (!map) return false;
  const { call: _answered, ...rest } = map;
  turn.put({ ...rest, written: output });
  turn.later({ kind: 'settle', frame: id });
  return true;
}

export function objectStoreFailed(turn: Turn, id: string, cause: string): boolean {
  const map = waitingMap(turn, id, ['readItems', 'writeResults']);
  if (!map) return false;
  const { call, ...rest } = map;
  const error = call?.kind === 'readItems' ? stateErrors.itemReaderFailed : stateErrors.resultWriterFailed;
  failState(turn, rest, { error, cause });
  return true;
}
