import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DescribeJobDefinitionsCommand } from '@aws-sdk/client-batch';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { registerShell } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { batchyard, runCommand } from './command.ts';
import { runToEnd } from './yard.ts';

const scratch = mkdtempSync(join(tmpdir(), 'modes-'));
after(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }));

const anybody = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'anything' };

test('with --auth none any signature and none at all is root, and the server says so loudly', async (t) => {
  const server = await ServerProcess.start(t, ['--auth', 'none']);
  const clients = clientsOf({ url: server.url, credentials: anybody });
  t.after(clients.close);
  assert.match((await clients.sts.send(new GetCallerIdentityCommand({}))).Arn ?? '', /:root$/);
  const job = await runToEnd(clients.batch, await registerShell(clients.batch, { name: 'open', script: 'true' }));
  assert.equal(job.status, 'SUCCEEDED');
  const body = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  assert.equal((await fetch(`${server.url}/v1/describejobqueues`, body)).status, 200);
  assert.match(server.log, /WARNING: --auth none/);
  const origin = { ...body.headers, origin: 'https://evil.example' };
  assert.equal((await fetch(`${server.url}/v1/describejobqueues`, { ...body, headers: origin })).status, 403);
});

/** Starts an ephemeral server, calls `use` with the lines it announced itself with, ends it. */
function ephemeral(use: (announced: string) => Promise<void>) {
  const used = Promise.withResolvers<void>();
  let begun = false;
  const ended = runCommand(batchyard, ['start', '--ephemeral', '--port', '0', '--auth', 'none'], {
    cwd: scratch,
    onOutput: (stdout, child) => {
      if (begun || !stdout.includes('batchyard submit')) return;
      begun = true;
      used.resolve(use(stdout).finally(() => child.kill('SIGTERM')));
    },
  });
  return { used: used.promise, ended };
}

test('an --ephemeral server runs jobs, and leaves neither files nor processes', async () => {
  let data = '';
  const { used, ended } = ephemeral(async (announced) => {
    const url = /ready at (\S+)/.exec(announced)?.[1] ?? '';
    data = /data +(\S+)/.exec(announced)?.[1] ?? '';
    const clients = clientsOf({ url, credentials: anybody });
    assert.ok(existsSync(data));
    const definition = await registerShell(clients.batch, { name: 'brief', script: 'true' });
    assert.equal((await runToEnd(clients.batch, definition)).status, 'SUCCEEDED');
    clients.close();
  });
  await used;
  assert.equal((await ended).exit, 0);
  assert.ok(data !== '' && !existsSync(data));
  assert.ok(!existsSync(join(scratch, '.batchyard')));
});

test('a data directory has one server; reset spares a running one, and empties it once it has stopped', async (t) => {
  const server = await ServerProcess.start(t, ['--account', '210987654321']);
  const clients = clientsOf(server);
  t.after(clients.close);
  assert.equal((await clients.sts.send(new GetCallerIdentityCommand({}))).Account, '210987654321');
  await runToEnd(clients.batch, await registerShell(clients.batch, { name: 'forgotten', script: 'echo x' }));
  const reset = () => runCommand(batchyard, ['reset', '--yes', '--data', server.dataDirectory]);
  const second = await runCommand(batchyard, ['start', '--port', '0', '--data', server.dataDirectory]);
  assert.equal(second.exit, 1);
  assert.match(second.stderr, /in use|using|running|locked/i);
  const refused = await reset();
  assert.equal(refused.exit, 1);
  assert.match(refused.stderr, /a server is using .*; stop it first/);
  const before = server.credentials;
  await server.stop();
  assert.equal((await reset()).exit, 0);
  await server.restart();
  assert.notDeepEqual(server.credentials, before);
  const fresh = clientsOf(server);
  t.after(fresh.close);
  const { jobDefinitions } = await fresh.batch.send(new DescribeJobDefinitionsCommand({}));
  assert.deepEqual(jobDefinitions, []);
});

test('a wrong option, and an open address without TLS, are refused with words', async () => {
  const wrong = await runCommand(batchyard, ['start', '--port', '0'], { env: { BATCHYARD_PORTT: '1' }, cwd: scratch });
  assert.equal(wrong.exit, 2);
  assert.match(wrong.stderr, /unknown environment variable BATCHYARD_PORTT; did you mean BATCHYARD_PORT\?/);
  const open = await runCommand(batchyard, ['start', '--port', '0', '--bind', '0.0.0.0'], { cwd: scratch });
  assert.equal(open.exit, 2);
  assert.match(open.stderr, /TLS|insecure/i);
});
