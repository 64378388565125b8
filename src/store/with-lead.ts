import type { Store } from './contract.ts';

/** Opens a store and takes its lead: for whoever has no use for one that only reads. Rejects as either does, the store closed. */
export async function withLead<Opened extends Store>(opening: Promise<Opened>): Promise<Opened> {
  const store = await opening;
  try {
    await store.takeLead();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
