import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  DescribeJobsCommand,
  type JobDetail,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
} from '@aws-sdk/client-batch';
import { runCommand } from '../conformance/command.ts';
import { account, linesOfJob, openYard } from '../conformance/yard.ts';
import { describeJob } from '../support/wait.ts';

/** Runs the programs of the manual's page of clients as they are printed, with the variables of `batchyard env` alone. */
const project = join(import.meta.dirname, '../..');
const page = readFileSync(join(project, 'docs/clients.md'), 'utf8');
const { batch, logs, server } = await openYard(['--host-vcpus', '8']);

/** The first program under a heading, in a language. */
function printed(heading: string, language: string): string {
  const [, section = ''] = page.split(`\n### ${heading}\n`);
  const [, program] = section.split('\n## ')[0]?.split(`\n\`\`\`${language}\n`) ?? [];
  return program?.split('\n```\n')[0] ?? assert.fail(`the page has no ${language} under ${heading}`);
}

/** The version that the page says was tried. */
function tried(heading: string): RegExp {
  const [, versions = ''] = new RegExp(`^\\| \\[${heading}\\].*?\\| (.*?) *\\|`, 'm').exec(page) ?? [];
  const [version = ''] = versions.split(',');
  return new RegExp(`^${version.replaceAll('.', '\\.')}$`);
}

/** A virtual environment of .ci/install.sh, or of TEST_AIRFLOW and TEST_WORKFLOW_TOOLS. */
function toolsIn(name: string, named: string | undefined, module: string) {
  const directory = named ?? join(project, '.venv', name);
  const probe = ['-c', `import importlib.metadata as m; print(m.version("${module}"))`];
  const { status, stdout } = spawnSync(join(directory, 'bin/python'), probe, { encoding: 'utf8' });
  const isNeeded = status === 0 || process.env.BATCHYARD_REQUIRE_ALL === '1';
  return { directory, version: (stdout ?? '').trim(), needed: isNeeded ? {} : { skip: `needs ${module}` } };
}

const airflow = toolsIn('airflow', process.env.TEST_AIRFLOW, 'apache-airflow');
const [luigi, metaflow, redun] = ['luigi', 'metaflow', 'redun'].map((module) =>
  toolsIn('workflow-tools', process.env.TEST_WORKFLOW_TOOLS, module),
) as [Tools, Tools, Tools];
type Tools = ReturnType<typeof toolsIn>;

const { accessKeyId, secretAccessKey } = server.credentials;
const environment = {
  AWS_ENDPOINT_URL: server.url,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  HOME: server.root,
};

/** Runs the Python under a heading. */
async function runPrinted(heading: string, { directory, version }: Tools) {
  assert.match(version, tried(heading));
  const file = join(server.root, `tried-${heading.toLowerCase()}.py`);
  writeFileSync(file, printed(heading, 'python'));
  return runCommand(join(directory, 'bin/python'), [file], { cwd: server.root, env: environment });
}

async function register(jobDefinitionName: string, command: readonly string[]): Promise<void> {
  const resourceRequirements = [
    { type: 'VCPU' as const, value: '1' },
    { type: 'MEMORY' as const, value: '64' },
  ];
  const containerProperties = { image: 'busybox', command: [...command], resourceRequirements };
  await batch.send(new RegisterJobDefinitionCommand({ jobDefinitionName, type: 'container', containerProperties }));
}

/** The one job of a name, which must be there. */
async function jobNamed(name: string): Promise<JobDetail> {
  const filters = [{ name: 'JOB_NAME', values: [name] }];
  const { jobSummaryList: found = [] } = await batch.send(new ListJobsCommand({ jobQueue: 'default', filters }));
  assert.equal(found.length, 1, name);
  return describeJob(batch, found[0]?.jobId ?? '');
}

await register('hello', ['echo', 'hello', 'Ref::who']);
await register('fails', ['sh', '-c', 'echo oh no; exit 3']);

test(
  "Airflow's BatchOperator submits a job and an array, waits for them and shows the log",
  airflow.needed,
  async () => {
    assert.match(airflow.version, tried('Airflow'));
    const home = join(server.root, 'airflow');
    mkdirSync(join(home, 'dags'), { recursive: true });
    writeFileSync(join(home, 'dags/greetings.py'), printed('Airflow', 'python'));
    const env = {
      ...environment,
      AIRFLOW_HOME: home,
      AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
      PATH: `${join(airflow.directory, 'bin')}:${process.env.PATH}`,
    };
    const { exit, stdout, stderr } = await runCommand('sh', ['-ec', printed('Airflow', 'sh')], { cwd: home, env });
    const said = stdout + stderr;
    assert.equal(exit, 0, said.slice(-10_000));
    assert.match(said, /hello Airflow/);
    const [job, array] = await Promise.all(['airflow-hello', 'airflow-array'].map(jobNamed));
    assert.deepEqual([job?.status, array?.status, array?.arrayProperties?.size], ['SUCCEEDED', 'SUCCEEDED', 3]);
    assert.ok((array?.createdAt ?? 0) >= (job?.stoppedAt ?? Number.NaN));
    const ids = [0, 1, 2].map((index) => `${array?.jobId}:${index}`);
    const { jobs: children = [] } = await batch.send(new DescribeJobsCommand({ jobs: ids }));
    const lines = await Promise.all(children.map((child) => linesOfJob(logs, child)));
    assert.deepEqual(
      lines,
      ids.map(() => ['hello array']),
    );
  },
);

test('Luigi runs a task as a job, and shows the log of one that fails', luigi.needed, async () => {
  const { exit, stdout, stderr } = await runPrinted('Luigi', luigi);
  assert.equal(exit, 0, stderr);
  assert.match(stdout, /1 ran successfully:\n\s+- 1 Hello\(.*\n\* 1 failed:\n\s+- 1 Fails\(/);
  assert.match(stderr, /BatchJobException: Job [0-9a-f-]+ failed: oh no/);
  const [hello, fails] = await Promise.all(['luigi-hello', 'luigi-fails'].map(jobNamed));
  assert.ok(hello);
  assert.deepEqual(await linesOfJob(logs, hello), ['hello Luigi']);
  assert.deepEqual([hello.status, fails?.status, fails?.container?.exitCode], ['SUCCEEDED', 'FAILED', 3]);
});

test("Metaflow's Batch client runs a job, which gets credentials of its role from here", metaflow.needed, async () => {
  const { exit, stdout, stderr } = await runPrinted('Metaflow', metaflow);
  assert.equal(exit, 0, stderr);
  const job = await jobNamed('metaflow-hello');
  assert.equal(stdout, `${job.jobId} SUCCEEDED 0\n`);
  assert.deepEqual(await linesOfJob(logs, job), [`arn:aws:iam::${account}:role/metaflow`]);
  assert.equal(job.timeout?.attemptDurationSeconds, 3600);
});

test(
  "redun's Batch executor registers, submits, waits and reads the log of a job with credentials",
  redun.needed,
  async () => {
    const { exit, stdout, stderr } = await runPrinted('redun', redun);
    assert.equal(exit, 0, stderr);
    const job = await jobNamed('redun-hello');
    const [status, line] = stdout.trim().split('\n');
    assert.equal(status, `${job.jobId} SUCCEEDED`);
    assert.ok(line?.endsWith(`  arn:aws:iam::${account}:role/ecsTaskExecutionRole`), stdout);
  },
);
