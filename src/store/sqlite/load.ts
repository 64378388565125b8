import type { LoadedState } from '../contract.ts';
import type { JobRecord, ResourceRecord } from '../records.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import { fromJobColumns } from './decode.ts';
import type { JobColumns, SequencePlace } from './protocol.ts';
import type { WorkerLink } from './worker-link.ts';

const sliceSize = 1000;

/** Everything but the jobs at once; the jobs slice by slice, as they are asked for. */
export async function loadFrom(link: WorkerLink): Promise<LoadedState> {
  const facts = await link.read('loadFacts', undefined);
  return {
    resources: await loadResources(link),
    jobs: waitingJobs(link),
    lastTransition: facts.lastTransition,
    sequences: facts.sequences,
    cursors: Object.fromEntries(facts.cursors),
  };
}

async function loadResources(link: WorkerLink): Promise<ResourceRecord[]> {
  const resources: ResourceRecord[] = [];
  for (let after = 0; ; ) {
    const slice = await link.read('resourceSlice', { after, limit: sliceSize });
    for (const [, record] of slice) resources.push(fromVersionedJson<ResourceRecord>(record));
    const last = slice.at(-1);
    if (!last || slice.length < sliceSize) return resources;
    after = last[0];
  }
}

/** While a slice is decoded and used, the worker reads the next. */
async function* waitingJobs(link: WorkerLink): AsyncGenerator<readonly JobRecord[]> {
  let next = slice(link, { sequence: Number.MIN_SAFE_INTEGER, jobId: '' });
  for (;;) {
    const rows = await next;
    const last = rows.at(-1);
    if (last && rows.length === sliceSize) next = slice(link, { sequence: last[8], jobId: last[2] });
    if (last) yield rows.map(fromJobColumns);
    if (rows.length < sliceSize) return;
  }
}

function slice(link: WorkerLink, after: SequencePlace): Promise<readonly JobColumns[]> {
  const rows = link.read('waitingJobs', { after, limit: sliceSize });
  // Whoever stops half way never looks at the slice that was read ahead.
  rows.catch(() => undefined);
  return rows;
}
