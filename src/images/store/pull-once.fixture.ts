import { SystemClock } from '../../core/clock.ts';
import { armFailpoint, parseFailpoint } from '../../core/failpoint.ts';
import { SystemRandom } from '../../core/random.ts';
import { openImageStore } from './image-store.ts';

/** Run by tests as a process: pulls IMAGE into DIRECTORY and prunes it, unless it dies at FAILPOINT. Says how many KiB it grew by. */
const [directory = '', image = '', failpoint] = process.argv.slice(2);
if (failpoint !== undefined) armFailpoint(parseFailpoint(failpoint));
const store = await openImageStore({
  ...{ directory, clock: new SystemClock(), random: new SystemRandom(), reserveBytes: 0 },
  warn: (words) => console.error(words),
});
const before = process.resourceUsage().maxRSS;
await store.pull({ image });
console.log(process.resourceUsage().maxRSS - before);
await store.prune();
await store.close();
