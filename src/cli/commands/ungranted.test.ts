import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BatchClient, RegisterJobDefinitionCommand } from '@aws-sdk/client-batch';
import { startTestServer } from '../server.fixture.ts';

const server = await startTestServer({ 'host.vcpus': 4 });
const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.environment;
const credentials = { accessKeyId, secretAccessKey };
const batch = new BatchClient({ endpoint: server.url, region: 'us-east-1', credentials });
after(async () => {
  batch.destroy();
  await server[Symbol.asyncDispose]();
});

test('what a job runs without is told when it is submitted, while it runs and in its end', {
  timeout: 240_000,
}, async () => {
  const jobDefinitionName = 'asks-for-rights';
  const containerProperties = { image: 'i', vcpus: 1, memory: 4, command: ['sleep', '60'], privileged: true };
  await batch.send(new RegisterJobDefinitionCommand({ jobDefinitionName, type: 'container', containerProperties }));
  const dry = await server.command('submit', '--dry-run', '--definition', jobDefinitionName);
  assert.match(dry.stdout, /^note +its attempts would run without privileged: jobs have no rights of root here$/m);
  const { stdout, stderr } = await server.command('submit', '--definition', jobDefinitionName);
  const id = stdout.trim();
  assert.equal(stderr, `batchyard: ${id} runs without privileged: jobs have no rights of root here\n`);
  const explained = async () => (await server.command('explain', id)).stdout;
  assert.match(await explained(), /^without +privileged: jobs have no rights of root here$/m);
  while (!/^status +RUNNING/m.test(await explained()));
  await server.command('cancel', '--terminate', id);
  await server.command('logs', '-f', id);
  const ended = await explained();
  assert.match(ended, /^attempt 1 .*It ran without privileged/m);
  assert.doesNotMatch(ended, /^without/m);
});

test('who follows a job is told once what it runs without', async () => {
  const jobDefinitionName = 'asks-and-ends';
  const containerProperties = { image: 'i', vcpus: 1, memory: 4, command: ['true'], privileged: true };
  await batch.send(new RegisterJobDefinitionCommand({ jobDefinitionName, type: 'container', containerProperties }));
  const { stderr } = await server.command('submit', '--follow', '--definition', jobDefinitionName);
  assert.match(stderr, / runs without privileged: jobs have no rights of root here$/m);
  // Of its image nobody knew before it ran.
  assert.match(stderr, /^SUCCEEDED .*(It ran without image i: |after \d+s$)/m);
  assert.equal(stderr.match(/privileged/g)?.length, 1, stderr);
  assert.equal(stderr.match(/stand in/g)?.length, 1, stderr);
});

test('submit --dry-run ends with 1 where the engine would refuse every attempt', async () => {
  const jobDefinitionName = 'sees-all';
  const resourceRequirements = [
    { type: 'VCPU' as const, value: '1' },
    { type: 'MEMORY' as const, value: '4' },
  ];
  const container = { name: 'one', image: 'i', command: ['true'], resourceRequirements };
  const ecsProperties = { taskProperties: [{ pidMode: 'host', containers: [container] }] };
  await batch.send(new RegisterJobDefinitionCommand({ jobDefinitionName, type: 'container', ecsProperties }));
  const { stdout, exitCode } = await server.command('submit', '--dry-run', '--definition', jobDefinitionName);
  assert.match(
    stdout,
    /^note +its attempts would fail at start on engine process: pidMode host is not available here/m,
  );
  assert.equal(exitCode, 1);
});
