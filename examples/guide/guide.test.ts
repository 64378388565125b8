import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { DescribeJobDefinitionsCommand, DescribeJobsCommand } from '@aws-sdk/client-batch';
import { awsCli, python, runCommand } from '../../test/conformance/command.ts';
import { abilitiesOf } from '../../test/conformance/host-abilities.ts';
import { linesOfJob } from '../../test/conformance/yard.ts';
import { waitForEnd } from '../../test/support/wait.ts';
import { type Body, changed, type Edition, editions, example, openGuide } from './guide.fixture.ts';

/** Every example of the guide that has a body of its own; the pipeline of five jobs is in `pipeline.test.ts`. */
const guide = await openGuide();
const { batch, logs, server, accept, post } = guide;
const { mounts } = await abilitiesOf(server);
const isRoot = process.getuid?.() === 0;

const environment = {
  AWS_ENDPOINT_URL: server.url,
  AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
};

/** Users of a server that is not root can be nobody but who it is. */
function asWhoCan(body: Body): Body {
  if (!isRoot) delete body.containerProperties.user;
  return body;
}

async function register(name: string, change: (body: Body) => object = asWhoCan): Promise<string> {
  return String((await accept('registerjobdefinition', changed(name, change))).jobDefinitionArn);
}

async function run(jobDefinition: string, more: object = {}) {
  const { jobId } = await accept(
    'submitjob',
    JSON.stringify({ jobName: 'guide', jobQueue: 'ProdQueue', jobDefinition, ...more }),
  );
  const job = await waitForEnd(batch, String(jobId));
  const lines = job.container?.logStreamName === undefined ? [] : await linesOfJob(logs, job);
  return { job, lines };
}

/** Runs an example, which must succeed. Answers its lines. */
async function linesOf(...given: Parameters<typeof run>): Promise<readonly string[]> {
  const { job, lines } = await run(...given);
  assert.equal(job.status, 'SUCCEEDED', `${job.statusReason} ${job.container?.reason} ${lines.join('\n')}`);
  return lines;
}

const definitions = readdirSync(join(import.meta.dirname, '2020')).filter((name) => !/^job-|-job\.json$/.test(name));

const allFiles = editions.flatMap((edition) => definitions.map((name) => edition + name));

test('boto3 takes each definition of both editions', python.needed, async () => {
  assert.equal(allFiles.length, 22);
  const program =
    'import boto3, json, sys\nbatch = boto3.client("batch")\nfor name in sys.argv[1:]:\n' +
    '    print(batch.register_job_definition(**json.load(open(name)))["jobDefinitionArn"])';
  const words = ['-c', program, ...allFiles];
  const { exit, stdout, stderr } = await runCommand(python.file, words, { cwd: import.meta.dirname, env: environment });
  assert.deepEqual([exit, stdout.trim().split('\n').length], [0, allFiles.length], stderr);
});

test('the aws CLI takes a definition and a job from their files', awsCli.needed, async () => {
  const aws = async (...words: readonly string[]) => {
    const env = { ...environment, AWS_PAGER: '' };
    const { exit, stdout, stderr } = await runCommand(awsCli.file, words, { cwd: import.meta.dirname, env });
    assert.equal(exit, 0, stderr);
    return JSON.parse(stdout);
  };
  const from = (name: string) => ['--cli-input-json', `file://${name}`, '--output', 'json'];
  await aws('batch', 'register-job-definition', ...from('print-color-job-def.json'));
  const job = await aws('batch', 'submit-job', ...from('print-color-job.json'));
  assert.equal(job.jobName, 'print-color');
  await waitForEnd(batch, job.jobId);
});

for (const edition of editions) {
  describe(`the examples of ${edition === '' ? 'the newer edition' : 'the edition of 2020'}`, () => {
    test('the array tutorial: seven children print the colours of the rainbow', mounts, () => printsColours(edition));
    test('fetch_and_run: command, environment, job role and user; both may be overridden', mounts, () =>
      fetches(edition),
    );
    test('ffmpeg_parameters: placeholders take defaults, and what is submitted wins', mounts, () =>
      substitutes(edition),
    );
    test('tensorflow_mnist_deep: no GPU is its own unless it asks for one', mounts, () => trains(edition));
    test('gromacs: two nodes of an instance type, of which the second knows where the main one is', mounts, () =>
      joins(edition),
    );
    test('a volume of the host: what the job writes stays', mounts, () => keepsFiles(edition));
    test('EFA: a device at the same path with all permissions, of one node and of two', mounts, () =>
      hasDevices(edition),
    );
    test('echo-parameters: the words of the job', async () => {
      const definition = await register(`${edition}echo-parameters.json`);
      const parameters = { S3bucket: 'my-bucket', S3key: 'a/key' };
      assert.deepEqual(await linesOf(definition, { parameters }), ['my-bucket a/key']);
    });
    test('the failing command ends with exit code 1', async () => {
      const { job } = await run(await register(`${edition}failing-command.json`));
      assert.deepEqual([job.status, job.container?.exitCode, job.attempts?.length], ['FAILED', 1, 1]);
    });
    test('the property snippets are described as they were given', () => describesSnippets(edition));
  });
}

async function printsColours(edition: Edition): Promise<void> {
  await register(`${edition}print-color-job-def.json`);
  // The image's own ENTRYPOINT is not known where nothing is pulled, and that is said.
  const { job } = await run('print-color');
  assert.match(job.container?.reason ?? '', /CannotStartContainerError.*command/);
  const containerOverrides = { command: ['/tmp/print-color.sh'] };
  const body = changed('print-color-job.json', (given) => ({ ...given, containerOverrides }));
  const { jobId, jobName } = await accept('submitjob', body);
  assert.equal(jobName, 'print-color');
  const array = await waitForEnd(batch, jobId);
  assert.deepEqual([array.status, array.arrayProperties?.size], ['SUCCEEDED', 7]);
  const ids = Array.from({ length: 7 }, (_none, index) => `${jobId}:${index}`);
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: ids }));
  const lines = await Promise.all(jobs.map((child) => linesOfJob(logs, child)));
  const colours = example('print-color/colors.txt').trim().split('\n');
  assert.deepEqual(
    lines,
    colours.map((colour) => [`My favorite color of the rainbow is ${colour}.`]),
  );
}

async function fetches(edition: Edition): Promise<void> {
  const definition = await register(`${edition}fetch-and-run.json`);
  const [words, uid, ...variables] = await linesOf(definition);
  assert.equal(words, '/bin/myjob.sh 60');
  if (isRoot) assert.equal(uid, '65534');
  for (const variable of ['BATCH_FILE_S3_URL=s3://my-batch-scripts/myjob.sh', 'BATCH_FILE_TYPE=script']) {
    assert.ok(variables.includes(variable), variable);
  }
  assert.ok(variables.some((variable) => variable.startsWith('AWS_CONTAINER_CREDENTIALS_FULL_URI=http://')));
  assert.ok(!variables.some((variable) => variable.startsWith('AWS_ACCESS_KEY_ID=')));
  const environment = [{ name: 'BATCH_FILE_TYPE', value: 'zip' }];
  const others = await linesOf(definition, { containerOverrides: { command: ['myjob.sh', '5', '6'], environment } });
  assert.equal(others[0], '/bin/myjob.sh 5 6');
  assert.ok(others.includes('BATCH_FILE_TYPE=zip') && others.some((line) => line.startsWith('BATCH_FILE_S3_URL=')));
}

async function substitutes(edition: Edition): Promise<void> {
  const definition = await register(`${edition}ffmpeg-parameters.json`);
  const files = { inputfile: 'in.avi', outputfile: 'out.mp4' };
  const argv = (codec: string) => ['ffmpeg', '-i', 'in.avi', '-c', codec, '-o', 'out.mp4'];
  assert.deepEqual(await linesOf(definition, { parameters: files }), argv('mp4'));
  assert.deepEqual(await linesOf(definition, { parameters: { ...files, codec: 'libx264' } }), argv('libx264'));
}

async function trains(edition: Edition): Promise<void> {
  const definition = await register(`${edition}tensorflow-mnist-deep.json`);
  const place = 'mnist_deep.py in /tensorflow/tensorflow/examples/tutorials/mnist';
  assert.deepEqual(await linesOf(definition), [place, 'gpus: void']);
  const resourceRequirements = [{ type: 'GPU', value: '1' }];
  const { job, lines } = await run(definition, { jobQueue: 'gpu', containerOverrides: { resourceRequirements } });
  assert.deepEqual(lines, [place, 'gpus: fake-0']);
  const gpus = job.container?.resourceRequirements?.filter(({ type }) => type === 'GPU');
  assert.deepEqual(gpus, resourceRequirements);
}

async function joins(edition: Edition): Promise<void> {
  const definition = await register(`${edition}gromacs.json`, (body) => body);
  const { jobDefinitions: [shown] = [] } = await batch.send(
    new DescribeJobDefinitionsCommand({ jobDefinitions: [definition] }),
  );
  const printed = JSON.parse(example('as-printed/gromacs-description.json'));
  assert.deepEqual(
    Object.keys(printed).filter((member) => !(member in (shown ?? {}))),
    [],
  );
  assert.deepEqual([shown?.status, shown?.parameters, shown?.nodeProperties?.numNodes], ['ACTIVE', {}, 2]);
  const container = shown?.nodeProperties?.nodeRangeProperties?.[0]?.container;
  assert.deepEqual([container?.command, container?.ulimits, container?.instanceType], [[], [], 'p3.2xlarge']);
  const [main, other] = await linesOfNodes(
    definition,
    'echo "main is $AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"',
    'gpu',
  );
  assert.equal(main?.[0], 'main is ');
  assert.match(other?.[0] ?? '', /^main is \d+\.\d+\.\d+\.\d+$/);
}

/** Both nodes of gromacs together ask for more than most machines have. */
const small = [
  { type: 'MEMORY', value: '64' },
  { type: 'VCPU', value: '8' },
];

/** Runs `script` on two nodes, the second of which calls the main one, that waits for it: both have said all when the job ends. */
async function linesOfNodes(
  jobDefinition: string,
  script: string,
  jobQueue: string,
): Promise<readonly (readonly string[])[]> {
  // One call may be lost: nc leaves at the end of what it is to send.
  const call = 'while :; do echo there | nc $AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS 9000; sleep 0.1; done';
  const answer = 'until [ "$(nc -l -p 9000)" = there ]; do :; done; echo there';
  const command = ['sh', '-c', `${script}; if [ $AWS_BATCH_JOB_NODE_INDEX = 0 ]; then ${answer}; else ${call}; fi`];
  const nodeOverrides = {
    nodePropertyOverrides: [{ targetNodes: '0:', containerOverrides: { command, resourceRequirements: small } }],
  };
  const body = { jobName: 'guide', jobQueue, jobDefinition, nodeOverrides };
  const { jobId } = await accept('submitjob', JSON.stringify(body));
  const job = await waitForEnd(batch, jobId);
  const { jobs: nodes = [] } = await batch.send(new DescribeJobsCommand({ jobs: [`${jobId}#0`, `${jobId}#1`] }));
  assert.equal(job.status, 'SUCCEEDED', JSON.stringify(nodes));
  const lines = await Promise.all(nodes.map((node) => linesOfJob(logs, node)));
  assert.equal(lines[0]?.at(-1), 'there');
  return lines;
}

async function keepsFiles(edition: Edition): Promise<void> {
  const definition = await register(`${edition}scratch-volume.json`, (body) => {
    body.containerProperties.volumes[0].host.sourcePath = guide.scratch;
    return body;
  });
  await linesOf(definition);
  assert.equal(readFileSync(join(guide.scratch, 'result'), 'utf8'), 'kept\n');
}

/** A harmless device in the place of one of an EFA. */
function withStandIn(body: Body): object {
  return JSON.parse(
    JSON.stringify(body).replaceAll('/dev/infiniband/uverbs0', '/dev/full').replaceAll('"i"', '"print-color"'),
  );
}

const useDevice = '[ -r /dev/full ] && [ -w /dev/full ] && { (echo x >/dev/full) 2>&- || echo full; }';

async function hasDevices(edition: Edition): Promise<void> {
  const alone = await register(`${edition}efa-container.json`, withStandIn);
  assert.deepEqual(await linesOf(alone, { containerOverrides: { command: ['sh', '-c', useDevice] } }), ['full']);
  const nodes = await register(`${edition}efa-nodes.json`, withStandIn);
  const [main, other] = await linesOfNodes(nodes, useDevice, 'ProdQueue');
  assert.deepEqual([main, other], [['full', 'there'], ['full']]);
}

async function describesSnippets(edition: Edition): Promise<void> {
  const name = `${edition}property-snippets.json`;
  const definition = await register(name, (body) => body);
  const { jobDefinitions: [shown] = [] } = await batch.send(
    new DescribeJobDefinitionsCommand({ jobDefinitions: [definition] }),
  );
  const { containerProperties, parameters, retryStrategy } = JSON.parse(example(name));
  assert.deepEqual([shown?.parameters, shown?.retryStrategy?.attempts], [parameters, retryStrategy.attempts]);
  const described = Object.fromEntries(
    Object.entries(shown?.containerProperties ?? {}).filter(([key]) => key in containerProperties),
  );
  const linuxParameters = { ...containerProperties.linuxParameters, tmpfs: [] };
  assert.deepEqual(described, { ...containerProperties, linuxParameters });
}

test('bodies that are printed broken, and skeletons as they are made, are refused', async () => {
  for (const name of readdirSync(join(import.meta.dirname, 'as-printed')).filter((file) => file.endsWith('.txt'))) {
    const { status, body } = await post('submitjob', example(`as-printed/${name}`));
    assert.deepEqual([name, status], [name, 400]);
    assert.match(JSON.stringify(body), /JSON|Unexpected|Expected|pars/i, name);
  }
  const refused = [
    ['registerjobdefinition', 'echo-parameters.json', /type/],
    ['registerjobdefinition', 'job-definition-skeleton.json', /name/i],
    ['createjobqueue', 'job-queue-skeleton.json', /'state'/],
  ] as const;
  for (const [operation, file, words] of refused) {
    const { status, body } = await post(operation, example(`as-printed/${file}`));
    assert.deepEqual([file, status], [file, 400]);
    assert.match(JSON.stringify(body), words, file);
  }
});

test('the recommended image, by the aws CLI', awsCli.needed, async () => {
  const env = { ...environment, AWS_PAGER: '', PATH: `${join(awsCli.file, '..')}:${process.env.PATH}` };
  const { exit, stdout, stderr } = await runCommand(join(import.meta.dirname, 'recommended-images.sh'), [], { env });
  assert.equal(exit, 0, stderr);
  const [one, two, all] = stdout.split(/(?<=^\})\n/m).map((text) => JSON.parse(text || 'null'));
  const { Value, ARN, Type } = one.Parameter;
  const base = '/aws/service/ecs/optimized-ami/amazon-linux-2/gpu/recommended';
  assert.deepEqual([ARN, Type], [`arn:aws:ssm:us-east-1::parameter${base}`, 'String']);
  const facts = JSON.parse(Value);
  assert.deepEqual(Object.keys(facts).sort(), [
    'ecs_agent_version',
    'ecs_runtime_version',
    'image_id',
    'image_name',
    'os',
    'schema_version',
  ]);
  assert.deepEqual(two.InvalidParameters, []);
  assert.deepEqual(two.Parameters.map(({ Value }: Body) => Value).sort(), [facts.image_id, facts.image_name].sort());
  assert.deepEqual(
    all.Parameters.map(({ Name }: Body) => Name.slice(base.length + 1)),
    Object.keys(facts).sort(),
  );
  assert.deepEqual([facts.os, facts.schema_version, all.Parameters.at(-1).Value], ['Amazon Linux 2', 1, '1']);
});

test('the recommended image, by boto3', python.needed, async () => {
  const { exit, stdout, stderr } = await runCommand(python.file, [join(import.meta.dirname, 'recommended-images.py')], {
    env: environment,
  });
  assert.equal(exit, 0, stderr);
  const [id = '', name, again, ...parts] = stdout.trim().split('\n');
  assert.match(id, /^ami-[0-9a-f]{17}$/);
  assert.deepEqual([again, parts.length, parts.includes(`image_name ${name}`)], [id, 6, true]);
});
