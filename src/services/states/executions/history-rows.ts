import type { HistoryEvent } from '../../../asl/index.ts';

/** A row of a history is read whole, for a page of any size: it has at most so many events, or characters of data. */
const row = { events: 200, characters: 128 * 1024 };

/** Cuts the events of one step into rows. */
export function historyRows(events: readonly HistoryEvent[]): (readonly HistoryEvent[])[] {
  const rows: HistoryEvent[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const current = rows.at(-1);
    const size = dataSize(event);
    if (current && current.length < row.events && characters + size <= row.characters) {
      current.push(event);
      characters += size;
    } else {
      rows.push([event]);
      characters = size;
    }
  }
  return rows;
}

/** Roughly: inputs, outputs and causes stand as text in the one member that has the details. */
function dataSize(event: HistoryEvent): number {
  let size = 0;
  for (const member of Object.values(event)) {
    if (typeof member !== 'object') continue;
    for (const value of Object.values(member as object)) if (typeof value === 'string') size += value.length;
  }
  return size;
}
