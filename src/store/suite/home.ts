import { test } from 'node:test';
import type { Store } from '../contract.ts';
import { withLead } from '../with-lead.ts';

/** Where the stores of one test live. */
export interface StoreHome {
  /** Whether what one store has committed is there when the next opens. */
  readonly keeps: boolean;
  /** A store that does not lead. */
  open(): Promise<Store>;
  /**
   * A store that does not lead, and what lets another take the lead from it: it hears of that with its next commit at the
   * latest.
   */
  openBesideAnother(): Promise<{ readonly store: Store; readonly usurp: () => Promise<void> }>;
  /** Removes whatever the stores have left. */
  dispose(): Promise<void>;
}

/** A test of one store that leads in a home of its own. */
export function storeTest(name: string, home: () => Promise<StoreHome>, body: (store: Store) => Promise<void>): void {
  homeTest(name, home, async (place) => {
    const store = await withLead(place.open());
    try {
      await body(store);
    } finally {
      await store.close();
    }
  });
}

/** A test that opens its stores itself, and closes them. */
export function homeTest(
  name: string,
  home: () => Promise<StoreHome>,
  body: (place: StoreHome) => Promise<void>,
): void {
  test(name, async () => {
    const place = await home();
    try {
      await body(place);
    } finally {
      await place.dispose();
    }
  });
}
