import { writeSync } from 'node:fs';
import { append, insert, job, note, seededRandom } from '../suite/samples.ts';
import { withLead } from '../with-lead.ts';
import { openSqliteStore } from './store.ts';

/**
 * The program that the crash test kills: commits numbered rounds without end, 16 at a time, and prints each number
 * once it is durable. Each round inserts three jobs, appends a fact and replaces a record.
 */
const [directory = ''] = process.argv.slice(2);
const store = await withLead(openSqliteStore({ directory, random: seededRandom() }));
let round = (await store.load()).lastFact;

async function commitRounds(): Promise<never> {
  for (;;) {
    round += 1;
    const mine = round;
    const jobs = [0, 1, 2].map((at) => insert(job(mine * 3 + at)));
    await store.commit([...jobs, append(mine), { kind: 'record.put', record: note('last', mine) }]);
    writeSync(1, `${mine}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, commitRounds));
