import type { MapState } from '../definition/machine.ts';
import type { Json } from '../json/json.ts';
import { childInput, itemsOf, selectItem } from './item-input.ts';
import type { FlowFrame } from './records.ts';
import type { Turn } from './turn.ts';

/** Notes the inputs that the iterations of a Map, or its batches, would have, when someone wants to see them. */
export async function inspectIterations(turn: Turn, flow: FlowFrame, state: MapState, control: string): Promise<void> {
  const { inspection } = turn;
  const map = turn.control(control);
  if (!inspection || map?.kind !== 'map') return;
  const { items } = itemsOf(turn, map.id);
  const making = { at: turn.at, seed: turn.event.seed };
  if (state.itemSelector) {
    const selected: Json[] = [];
    for (const index of items.keys()) selected.push(await selectItem(turn, map, flow, state, making, index));
    inspection.afterItemSelector = selected;
  }
  if (!state.batcher) return;
  const batches: Json[] = [];
  for (let from = 0; from < items.length; ) {
    const batch = await childInput(turn, map, flow, state, making, from);
    batches.push(batch.input);
    from += batch.items;
  }
  inspection.afterItemBatcher = batches;
}
