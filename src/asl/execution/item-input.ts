import type { MapState } from '../definition/machine.ts';
import { evaluateTemplate } from '../evaluate/template.ts';
import type { Json } from '../json/json.ts';
import { type FlowFrame, type ItemsFrame, itemsId, type MapFrame } from './records.ts';
import { itemAt, type Surroundings, scopeOf } from './surroundings.ts';
import { BrokenExecution } from './turn.ts';

/** The time and randomness that an item's input is made with. */
export interface Making {
  readonly at: number;
  readonly seed: string;
}

/** What is large of a Map. */
export function itemsOf(around: Pick<Surroundings, 'frame'>, control: string): ItemsFrame {
  const frame = around.frame(itemsId(control));
  if (frame?.kind !== 'items') throw new BrokenExecution(`the items of ${control} are gone`);
  return frame;
}

/** The input of the iteration for an item: the item itself, or what `ItemSelector` makes. */
export async function selectItem(
  around: Surroundings,
  map: MapFrame,
  flow: FlowFrame,
  state: MapState,
  { at, seed }: Making,
  index: number,
): Promise<Json> {
  const { input } = itemsOf(around, map.id);
  const mapItem = itemAt(around, map.id, index);
  if (!mapItem) throw new BrokenExecution(`the items of ${map.id} are gone`);
  if (!state.itemSelector) return mapItem.value;
  const occasion = { at, seed: `${seed}:item:${index}`, data: input, mapItem };
  return evaluateTemplate(state.itemSelector, scopeOf(around, flow, occasion));
}

/** The input of the child execution for the items from `from`: exactly `count` of them, or as many as a batch takes. */
export async function childInput(
  around: Surroundings,
  map: MapFrame,
  flow: FlowFrame,
  state: MapState,
  making: Making,
  from: number,
  count?: number,
): Promise<{ input: Json; items: number }> {
  if (!state.batcher) return { input: await selectItem(around, map, flow, state, making, from), items: 1 };
  const { batchInput } = itemsOf(around, map.id);
  const base = batchInput === undefined ? {} : { BatchInput: batchInput };
  const batch: Json[] = [];
  let bytes = Buffer.byteLength(JSON.stringify({ ...base, Items: [] }));
  const most = count ?? Math.min(map.maxBatchItems ?? Number.POSITIVE_INFINITY, map.total - from);
  while (batch.length < most) {
    const item = await selectItem(around, map, flow, state, making, from + batch.length);
    bytes += Buffer.byteLength(JSON.stringify(item)) + (batch.length > 0 ? 1 : 0);
    // An item that is too large alone still makes a batch: it cannot be left out.
    const full = bytes > (map.maxBatchBytes ?? Number.POSITIVE_INFINITY);
    if (count === undefined && batch.length > 0 && full) break;
    batch.push(item);
    const others = around.pause?.();
    if (others) await others;
  }
  return { input: { ...base, Items: batch }, items: batch.length };
}
