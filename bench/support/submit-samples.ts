import { SubmitJobCommand } from '@aws-sdk/client-batch';
import { silentLogger } from '../../src/core/logger.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { compileOptions, startServer, thisMachine } from '../../src/main/index.ts';
import { type Change, openMemoryStore } from '../../src/store/index.ts';
import { clientsOf } from '../../test/support/sdk.ts';
import { define, setEnvironment } from './batch.ts';
import type { Sample } from './row-template.ts';

/** What a server committed: before the first of two submissions, and for each of them. */
export interface SubmitSamples {
  readonly before: readonly Change[];
  readonly first: Sample;
  readonly second: Sample;
  /** Between these moments, in epoch ms. */
  readonly times: { readonly from: number; readonly to: number };
}

/** Lets a whole server take two jobs in, in this process and on a store that keeps nothing, and hears what it commits. */
export async function sampleSubmits(): Promise<SubmitSamples> {
  const commits: (readonly Change[])[] = [];
  const store = await openMemoryStore({ random: new SystemRandom() });
  const heard = {
    ...store,
    commit: (changes: readonly Change[]) => {
      commits.push(changes);
      return store.commit(changes);
    },
  };
  const options = compileOptions({ port: 0, ephemeral: true, engine: 'mock' }, thisMachine());
  const server = await startServer(options, { version: 'bench', logger: silentLogger, store: heard, onFatal: fail });
  const clients = clientsOf(server);
  try {
    await define({ clients }, 'bench', ['true']);
    await setEnvironment({ clients }, 'DISABLED');
    const from = Date.now();
    const take = async (jobName: string): Promise<Sample> => {
      const submit = new SubmitJobCommand({ jobName, jobQueue: 'default', jobDefinition: 'bench' });
      const { jobId = '' } = await clients.batch.send(submit);
      const changes = commits.find((each) => isInsert(each) && JSON.stringify(each).includes(jobId));
      if (!changes) throw new Error('a job was taken in and not committed');
      return { jobId, jobName, changes };
    };
    const first = await take('bench-a');
    const second = await take('bench-b');
    const before = commits.slice(0, commits.findIndex(isInsert)).flat();
    return { before, first, second, times: { from, to: Date.now() } };
  } finally {
    clients.close();
    await server.close({ stopJobs: true });
  }
}

function isInsert(changes: readonly Change[]): boolean {
  return changes.some(({ kind }) => kind === 'job.insert');
}

function fail(error: unknown): never {
  throw error;
}
