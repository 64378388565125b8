import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readSignature } from '../../src/iam/index.ts';
import { submit } from '../support/jobs.ts';
import { waitForEnd } from '../support/wait.ts';
import { python } from './command.ts';
import { copyBoto3, nodeProgram, pythonProgram, registerProgram, sdkFlags } from './inside-job.ts';
import { account, linesOfJob, openYard } from './yard.ts';

/** An S3 server that takes whatever is put, and notes by which key it was signed. */
const puts: { readonly path: string; readonly accessKeyId?: string; readonly sessionToken?: unknown }[] = [];
const s3 = createServer((request, response) => {
  puts.push({ path: request.url ?? '', ...signerOf(request), sessionToken: request.headers['x-amz-security-token'] });
  request.resume().on('end', () => response.writeHead(200).end());
});
await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
after(() => s3.close());

function signerOf(request: IncomingMessage): { readonly accessKeyId?: string } {
  const headers = request.headers as Record<string, string | undefined>;
  const reading = readSignature({ method: 'PUT', path: request.url ?? '', query: '', headers });
  return reading.kind === 'claimed' ? { accessKeyId: reading.claim.scope.accessKeyId } : {};
}

const directory = mkdtempSync(join(tmpdir(), 'keys-'));
after(() => rmSync(directory, { recursive: true }));
const secret = join(directory, 'secret');
writeFileSync(secret, 'the secret of the store\n'.replaceAll(' ', '-'));
const endpoint = `http://127.0.0.1:${(s3.address() as AddressInfo).port}`;
const flags = ['--s3-endpoint', endpoint, '--s3-access-key-id', 'jobs-key', '--s3-secret-access-key-file', secret];
const { server, batch, logs } = await openYard([...sdkFlags, ...flags]);

async function run(program: Parameters<typeof registerProgram>[1]) {
  const job = await waitForEnd(batch, await submit(batch, await registerProgram(batch, program)));
  const lines = job.container?.logStreamName === undefined ? [] : await linesOfJob(logs, job);
  assert.equal(job.status, 'SUCCEEDED', `${job.container?.reason} ${lines.join('\n')}`);
  return { said: JSON.parse(lines.at(-1) ?? ''), taskId: job.container?.taskArn?.split('/').at(-1) };
}

test('one set of credentials is good for the S3 server and for this one, with boto3', python.needed, async () => {
  copyBoto3(server.shared);
  const { said, taskId } = await run({ name: 'python', ...pythonProgram(server.shared, ['objects', 'bucket']) });
  assert.deepEqual(puts, [{ path: '/bucket/from-python', accessKeyId: 'jobs-key', sessionToken: undefined }]);
  assert.equal(said.arn, `arn:aws:sts::${account}:assumed-role/worker/${taskId}`);
});

test('the JavaScript SDK calls this server by the same key, and may do as a job what jobs may do', async () => {
  const child = await registerProgram(batch, { name: 'child', command: ['true'] });
  const { said, taskId } = await run({ name: 'node', ...nodeProgram([child]) });
  assert.equal(said.arn, `arn:aws:sts::${account}:assumed-role/worker/${taskId}`);
  assert.equal(said.refusal.Code, 'AccessDeniedException');
});

test('a job that names no role is told where the S3 server is, and gets no key of it', async () => {
  const script = `printf '{"s3":"%s","uri":"%s"}\\n' "$AWS_ENDPOINT_URL_S3" "$AWS_CONTAINER_CREDENTIALS_FULL_URI"`;
  const { said } = await run({ name: 'bare', command: ['/bin/sh', '-c', script], role: null });
  assert.deepEqual(said, { s3: endpoint, uri: '' });
});
