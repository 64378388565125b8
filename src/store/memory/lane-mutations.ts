import type { ChangeOf } from '../changes.ts';
import type { LaneItem } from '../lanes.ts';
import type { Mutation } from './mutation.ts';
import { laneId, laneTotalId, type Tables } from './tables.ts';

type LaneKind = 'lane.put' | 'lane.again' | 'lane.delete';

export const laneMutations: { readonly [Kind in LaneKind]: (change: ChangeOf<Kind>) => Mutation } = {
  'lane.put': ({ item }) => {
    const row = { ...item };
    return (tables) => {
      remove(tables, tables.laneItems.get(laneId(row)));
      tables.laneItems.put(row);
      count(tables, row, 1);
    };
  },
  'lane.again': ({ of, key, dueAt, tries }) => {
    const id = laneId({ of, key });
    return ({ laneItems }) => {
      const known = laneItems.get(id);
      if (known) laneItems.put({ ...known, dueAt, tries });
    };
  },
  'lane.delete': ({ of, key }) => {
    const id = laneId({ of, key });
    return (tables) => remove(tables, tables.laneItems.get(id));
  },
};

function remove(tables: Tables, row: LaneItem | undefined): void {
  if (!row) return;
  tables.laneItems.delete(laneId(row));
  count(tables, row, -1);
}

function count({ laneTotals }: Tables, { account, region, of, text }: LaneItem, by: 1 | -1): void {
  const row = { account, region, of };
  const { items = 0, size = 0 } = laneTotals.get(laneTotalId(row)) ?? {};
  laneTotals.put({ ...row, items: items + by, size: size + by * text.length });
}
