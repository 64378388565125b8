import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SpawnedCommand } from '../../../src/cli/spawned.fixture.ts';
import { selfSignedCertificate } from '../../../src/services/sns/deliveries/certificate.ts';
import { until } from '../../support/wait.ts';

const directory = mkdtempSync(join(tmpdir(), 'cli-tls-'));
chmodSync(directory, 0o755);
after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const validity = { notBefore: Date.UTC(2024, 0), notAfter: Date.UTC(2049, 0) };
const identity = { commonName: 'localhost', serial: Uint8Array.of(1), publicKey, privateKey };
writeFileSync(join(directory, 'cert.pem'), selfSignedCertificate({ ...identity, ...validity }));
writeFileSync(join(directory, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));

async function batchyard(words: readonly string[], variables: NodeJS.ProcessEnv = {}) {
  const command = new SpawnedCommand(words, directory, variables);
  return { exit: await command.ended(), stdout: command.stdout, stderr: command.stderr };
}

test('the command that a start prints for env finds a server with a certificate and another region', async () => {
  const tls = ['--tls-certificate', 'cert.pem', '--tls-key', 'key.pem'];
  const words = ['start', '--port', '0', '--ephemeral', '--engine', 'mock', '--region', 'eu-west-1', ...tls];
  const server = new SpawnedCommand(words, directory);
  after(() => server.kill('SIGKILL'));
  const [, printed = ''] = await server.shows('stdout', /eval "\$\(batchyard (env[^\n]*)\)"\n.*submit/s);
  const env = await batchyard([...printed.split(' '), '--format', 'json']);
  const variables = JSON.parse(env.stdout) as Record<string, string>;
  assert.match(variables.AWS_ENDPOINT_URL ?? '', /^https:\/\/localhost:\d+$/);
  assert.equal(variables.AWS_REGION, 'eu-west-1');
  const { AWS_PROFILE: _, AWS_SESSION_TOKEN: __, ...set } = variables;
  const distrusted = await batchyard(['jobs'], set);
  assert.match(distrusted.stderr, /^batchyard: the certificate of https:\S+ is not trusted .*NODE_EXTRA_CA_CERTS\n$/);
  const trusting = { ...set, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const submitted = await batchyard(['submit', '--', 'true'], trusting);
  assert.equal(submitted.exit, 0, submitted.stderr);
  const explained = await batchyard(['explain', '--json', submitted.stdout.trim()], trusting);
  assert.match(JSON.parse(explained.stdout).job.jobArn, /:eu-west-1:/);
  const plain = await batchyard(['jobs', '--endpoint', (set.AWS_ENDPOINT_URL ?? '').replace('https', 'http')], set);
  assert.match(plain.stderr, /hangs up on plain HTTP: .* try https:/);
  server.kill('SIGTERM');
  assert.equal(await server.ended(), 0);
});

test('exec upgrades a connection over TLS as it does another', async () => {
  const tls = ['--tls-certificate', 'cert.pem', '--tls-key', 'key.pem'];
  const words = ['start', '--port', '0', '--ephemeral', '--engine', 'process', ...tls];
  const server = new SpawnedCommand(words, directory);
  after(() => server.kill('SIGKILL'));
  const [, printed = ''] = await server.shows('stdout', /eval "\$\(batchyard (env[^\n]*)\)"\n.*submit/s);
  const env = await batchyard([...printed.split(' '), '--format', 'json']);
  const { AWS_PROFILE: _, AWS_SESSION_TOKEN: __, ...set } = JSON.parse(env.stdout) as Record<string, string>;
  const trusting = { ...set, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const submitted = await batchyard(['submit', '--', 'sleep', '1000'], trusting);
  const jobId = submitted.stdout.trim();
  await until('the job to run', async () => (await batchyard(['exec', jobId, '--', 'true'], trusting)).exit === 0);
  const { exit, stdout } = await batchyard(
    ['exec', jobId, '--', 'sh', '-c', 'echo $AWS_BATCH_JOB_ID; exit 3'],
    trusting,
  );
  assert.deepEqual([exit, stdout], [3, `${jobId}\n`]);
  assert.equal((await batchyard(['cancel', jobId], trusting)).exit, 0);
  server.kill('SIGTERM');
  assert.equal(await server.ended(), 0);
});
