import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../server.fixture.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ 'host.vcpus': 8 });
});
after(() => server[Symbol.asyncDispose]());

const top = (...words: readonly string[]) => server.command('top', '--once', ...words);

test('top shows what runs with its CPU, memory and request, the busiest first', async () => {
  assert.match((await top()).stdout, /^0 running, 0\.0 CPUs and 0 MiB in use\n$/);
  const [idle, busy] = [
    ['sh', '-c', 'x=0123456789abcdef; i=0; while [ $i -lt 20 ]; do x=$x$x; i=$((i+1)); done; echo up; exec sleep 60'],
    ['sh', '-c', 'echo up; while :; do :; done'],
  ];
  await server.command('submit', '--name', 'idle', '--memory', '200', '--', ...(idle ?? []));
  await server.command('submit', '--name', 'busy', '--memory', '100', '--', ...(busy ?? []));
  for (const name of ['idle', 'busy']) while ((await server.command('logs', name)).stdout !== 'up\n');
  const usage = async (...words: readonly string[]) => JSON.parse((await top('--json', ...words)).stdout);
  // How busy a job is takes two looks of whoever measures it.
  while (!((await usage()).tasks[0].busyness.cpus > 0));
  const { stdout, exitCode } = await top();
  assert.equal(exitCode, 0);
  const [head = '', headings = '', ...rows] = stdout.trimEnd().split('\n');
  assert.match(head, /^2 running, \d+\.\d CPUs and \d+ MiB in use$/);
  assert.match(headings, /^JOB ID +NAME +QUEUE +RUNS +CPU +OF +MEMORY +PEAK +OF +PEAK %$/);
  const columns = / +default +\S+s +(\d+\.\d\d|-) +1 +\d+ MiB +\d+ MiB +(?:100|200) MiB +\d+%$/;
  assert.deepEqual(
    rows.map((row) => columns.test(row)),
    [true, true],
    stdout,
  );
  const { tasks, silent } = await usage('--limit', '1');
  assert.deepEqual([tasks.length, silent], [1, []]);
  const byMemory = (await usage('--sort', 'mem')).tasks;
  assert.deepEqual(byMemory.map(({ jobName }: { readonly jobName: string }) => jobName).sort(), ['busy', 'idle']);
  const sizes = byMemory.map(
    ({ busyness }: { readonly busyness: { readonly memoryBytes: number } }) => busyness.memoryBytes,
  );
  assert.ok(sizes[0] >= sizes[1]);
  for (const name of ['idle', 'busy']) await server.command('cancel', '--terminate', name);
});

test('what cannot be sorted by is refused', async () => {
  const refused = await top('--sort', 'age');
  assert.deepEqual([refused.exitCode, /--sort must be one of cpu, mem, not age/.test(refused.stderr)], [2, true]);
});
