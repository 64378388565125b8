/**
 * The least that a server in Node can do for a signed request: read the body, one SHA-256 of it, one HMAC, and answer as
 * many bytes as a SubmitJob's answer has. Prints its port.
 */
import { createHash, createHmac, createSecretKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const key = createSecretKey(Buffer.from('a key'));
const answer = JSON.stringify({
  jobArn: 'arn:aws:batch:us-east-1:123456789012:job/01a1fbe5-1367-75f2-b00e-74a165b6d923',
  jobName: 'bench-12345',
  jobId: '01a1fbe5-1367-75f2-b00e-74a165b6d923',
});

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const hash = createHash('sha256').update(Buffer.concat(chunks)).digest('hex');
    const signature = createHmac('sha256', key).update(hash).digest('hex');
    response.writeHead(200, ['content-type', 'application/json', 'x-signature', signature]);
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
