/**
 * The least that a server in Node can do for a signed request: read the body, one SHA-256 of it, one HMAC, and answer as
 * many bytes as a SubmitJob's answer has. Given a file of samples (`submit-samples.ts`) and a directory it is the floor: it
 * also parses the body, makes an id, and answers once the rows that the product writes for a job are on the disk, written
 * in batches by the product's own store. It keeps nothing in memory and logs nothing. Prints its port.
 */
import { createHash, createHmac, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newJobId, SystemRandom } from '../../src/core/random.ts';
import { type Change, openSqliteStore, withLead } from '../../src/store/index.ts';
import { learnChanges } from './row-template.ts';
import type { SubmitSamples } from './submit-samples.ts';

const [, , samplesFile, directory] = process.argv;
const key = createSecretKey(Buffer.from('a key'));
const random = new SystemRandom();
/** Makes the submission durable; absent in the bare server. */
const write = samplesFile === undefined || directory === undefined ? undefined : await openRows(samplesFile, directory);
const bareAnswer = answerOf('01a1fbe5-1367-75f2-b00e-74a165b6d923', 'bench-12345');

function answerOf(jobId: string, jobName: string): string {
  return JSON.stringify({ jobArn: `arn:aws:batch:us-east-1:123456789012:job/${jobId}`, jobName, jobId });
}

async function openRows(file: string, directory: string) {
  const { before, first, second, times } = JSON.parse(readFileSync(file, 'utf8')) as SubmitSamples;
  const changesOf = learnChanges(first, second, times);
  const store = await withLead(openSqliteStore({ directory, random }));
  await store.commit(before);
  let number = 0;
  return (jobId: string, jobName: string, now: number): Promise<void> => {
    const changes = changesOf({ jobId, jobName, now, number }) as unknown as readonly Change[];
    number += 1;
    return store.commit(changes);
  };
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const hash = createHash('sha256').update(body).digest('hex');
    const signature = createHmac('sha256', key).update(hash).digest('hex');
    const answer = (text: string) => {
      response.writeHead(200, ['content-type', 'application/json', 'x-signature', signature]);
      response.end(text);
    };
    if (!write) {
      answer(bareAnswer);
      return;
    }
    const { jobName } = JSON.parse(body.toString()) as { readonly jobName: string };
    const now = Date.now();
    const jobId = newJobId(now, random);
    write(jobId, jobName, now).then(() => answer(answerOf(jobId, jobName)), fail);
  });
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}
