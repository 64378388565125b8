import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../server.fixture.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ 'host.vcpus': 8 });
});
after(() => server[Symbol.asyncDispose]());

/** Runs a job to its end. Answers its id. */
async function run(name: string, script: string, ...more: string[]): Promise<string> {
  const words = ['--name', name, '--memory', '64', '--wait', ...more, '--', 'sh', '-c', script];
  const [id = ''] = (await server.command('submit', ...words)).stdout.split('\n');
  return id;
}

test('an array shows which children have which status, up to a limit of ranges or all as JSON', async () => {
  const id = await run('parts', 'case $AWS_BATCH_JOB_ARRAY_INDEX in 1|2|4) exit 3;; esac', '--array', '6');
  const { stdout } = await server.command('array', 'parts');
  assert.match(stdout, new RegExp(`^parts  ${id}  6 children, the last change `));
  assert.deepEqual(stdout.split('\n').slice(1), ['3 SUCCEEDED: 0, 3, 5', '3 FAILED: 1-2, 4', '']);
  const { groups } = JSON.parse((await server.command('array', id, '--json')).stdout);
  assert.deepEqual(groups[1], {
    status: 'FAILED',
    count: 3,
    ranges: [
      [1, 2],
      [4, 4],
    ],
  });
  const wrong = await server.command('array', await run('single', 'true'));
  assert.deepEqual([wrong.exitCode, wrong.stderr.includes('is no array job.')], [1, true]);
});

test('jobs are searched by exit code, tag, reason and who submitted them, and counted; an overview and a timeline tell the same', async () => {
  const failed = await run('fails', 'exit 7', '--tag', 'team=red');
  const done = await run('works', 'true');
  const ids = async (...words: string[]) => {
    const { stdout } = await server.command('jobs', '--json', ...words);
    return JSON.parse(stdout).map(({ jobId }: { readonly jobId: string }) => jobId);
  };
  assert.deepEqual(await ids('--exit-code', '7'), [failed]);
  assert.deepEqual(await ids('--tag', 'team=red'), [failed]);
  assert.deepEqual(await ids('--reason', 'essential CONTAINER', '--name', 'works'), [done]);
  assert.deepEqual(await ids('--by', 'nobody'), []);
  assert.deepEqual(await ids('--since', '1h', '--status', 'SUCCEEDED', '--name', 'works'), [done]);
  assert.equal((await server.command('jobs', '--count', '--name', 'fails')).stdout, '1  FAILED\n');
  const wrong = await server.command('jobs', '--exit-code', 'x');
  assert.deepEqual([wrong.exitCode, wrong.stderr.includes('--exit-code needs a number, not x')], [2, true]);

  const { stdout: overview } = await server.command('overview');
  // Of the array its six children count.
  assert.match(overview, /^default\s+0\s+0\s+5\s+4\s/m);
  assert.match(overview, new RegExp(`^1\\s+7\\s.*${failed}`, 'm'));
  const { stdout: explained } = await server.command('explain', failed, '--timeline');
  assert.match(explained, /Z {2}submitted, by .*root \(request /);
  assert.match(explained, /Z {2}attempt 1 ended: exit code 7, Essential container in task exited/);
});
