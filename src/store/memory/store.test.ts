import { seededRandom } from '../suite/samples.ts';
import { storeSuite } from '../suite.ts';
import { openMemoryStore } from './store.ts';

storeSuite('memory store', async () => {
  const random = seededRandom();
  return { keeps: false, open: () => openMemoryStore({ random }), dispose: async () => undefined };
});
