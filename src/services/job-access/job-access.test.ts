import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import type { AccountId, JobId, Region, TaskId } from '../../core/ids.ts';
import type { Placement } from '../../core/job.ts';
import { SystemRandom } from '../../core/random.ts';
import type { VariablesRequest } from '../../core/task-variables.ts';
import { AttemptSeals, JobSessions, Sessions } from '../../iam/index.ts';
import { answersPerSecond } from './answer-rate.ts';
import { JobAccess, type JobAnswer, type S3Keys } from './job-access.ts';
import type { DescribedTask } from './metadata.ts';

const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
const taskId = '0123456789abcdef0123456789abcdef' as TaskId;
const job = { id: 'a job' as JobId, name: 'nightly' };
const url = 'http://127.0.0.1:23456';
const jobRole = 'arn:aws:iam::123456789012:role/team/worker';
const keys: S3Keys = { accessKeyId: 'store-key', secretAccessKey: 'store-secret' };

const placement: Placement = {
  taskId,
  taskArn: `arn:aws:ecs:us-east-1:123456789012:task/cluster_Batch_1/${taskId}`,
  placedAt: 1_000,
  containers: [],
  ...{ computeEnvironmentArn: '', containerInstanceArn: '', pool: 'host', instance: 'i-1' },
};

const described: DescribedTask = {
  ...{ scope, placement, status: 'RUNNING', startedAt: 2_500, launchType: 'FARGATE' },
  jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/render:7',
  containers: ['main', 'proxy'].map((name) => ({
    ...{ name, image: `${name}:1`, vcpus: 0.5, memoryMiB: 100 },
    log: { driver: 'awslogs', group: '/g', region: 'us-east-1', stream: `render/${name}/${taskId}` },
  })),
};

function rig({ s3 = {} }: { readonly s3?: { readonly endpoint?: string; readonly keys?: S3Keys } } = {}) {
  const clock = new ManualClock(10_000);
  const held = new Set<TaskId>([taskId]);
  const sessions = new Sessions('root secret', new SystemRandom());
  const access = new JobAccess({
    account: scope.account,
    seals: new AttemptSeals('root secret'),
    sessions: new JobSessions(sessions, { isHeld: (id) => held.has(id) }),
    tasks: {
      placementOf: (id) => (held.has(id) ? placement : undefined),
      describeTask: async (id) => (held.has(id) ? described : undefined),
      usageOf: async () => [{ name: 'proxy', at: 5_000, cpuSeconds: 1.5, memoryBytes: 7, peakMemoryBytes: 9 }],
    },
    clock,
    s3,
    url: () => url,
  });
  const give = (more: Partial<VariablesRequest> = {}) => {
    const usual = { scope, taskId, job, container: 0, launchType: 'EC2', jobRole } as const;
    return access.variablesOf({ ...usual, own: new Map(), ...more });
  };
  const ask = async (path: string, authorization?: string, method = 'GET') => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await access.answer({ method, path, headers, now: clock.now() });
    return answer ?? assert.fail('it is no question of a job');
  };
  return { access, held, clock, give, ask };
}

const token = 'AWS_CONTAINER_AUTHORIZATION_TOKEN';
const own = (given: Record<string, string>) => new Map(Object.entries(given));
const codeOf = ({ status, body }: JobAnswer) => [status, JSON.parse(body).code];

test('what tells the job’s own secrets is among the secrets, and all else among the plain variables', () => {
  const { environment, secrets, listenerPort, notes } = rig().give({ launchType: 'FARGATE' });
  assert.deepEqual(environment, {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v2/credentials/${taskId}`,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: url,
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_REGION: 'us-east-1',
  });
  assert.deepEqual(Object.keys(secrets), [token, 'ECS_CONTAINER_METADATA_URI_V4']);
  assert.equal(listenerPort, 23_456, 'who runs it is told where they lead');
  assert.deepEqual(notes, []);
});

test('what the definition gives itself is not given, be it a secret of ours', () => {
  const given = {
    AWS_ENDPOINT_URL: 'https://elsewhere',
    ECS_CONTAINER_METADATA_URI_V4: 'x',
    AWS_EC2_METADATA_DISABLED: 'false',
  };
  const { environment, secrets } = rig({ s3: { endpoint: 'http://s3', keys } }).give({ own: own(given) });
  assert.deepEqual(
    Object.keys(environment).filter((name) => name in given),
    [],
  );
  assert.deepEqual(Object.keys(secrets), [token]);
});

test('a region that the definition gives under one name holds for both', () => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const { AWS_REGION, AWS_DEFAULT_REGION } = rig().give({ own: own({ [name]: 'eu-west-1' }) }).environment;
    const others = [AWS_REGION, AWS_DEFAULT_REGION].filter((value) => value !== undefined);
    assert.deepEqual(others, ['eu-west-1'], name);
  }
});

test('where the definition names an address for credentials, no token of ours goes there', () => {
  for (const name of ['FULL_URI', 'RELATIVE_URI']
    .map((end) => `AWS_CONTAINER_CREDENTIALS_${end}`)
    .concat(token, `${token}_FILE`)) {
    const { environment, secrets } = rig().give({ own: own({ [name]: 'http://127.0.0.1:1/' }) });
    assert.deepEqual(
      Object.keys({ ...environment, ...secrets }).filter((each) => each.startsWith('AWS_CONTAINER')),
      [],
    );
  }
});

test('without a job role the instance role counts, by its name or by its profile’s', async () => {
  for (const instanceRole of ['ecsInstanceRole', 'arn:aws:iam::123456789012:instance-profile/ecsInstanceRole']) {
    const { access, ask } = rig();
    const request = {
      scope,
      taskId,
      job,
      container: 0,
      launchType: 'EC2',
      instanceRole,
      own: own({}),
    } as const;
    const { secrets } = access.variablesOf(request);
    const { body } = await ask(`/v2/credentials/${taskId}`, secrets[token]);
    assert.equal(JSON.parse(body).RoleArn, 'arn:aws:iam::123456789012:role/ecsInstanceRole');
  }
});

test('a role that is none, or of another account, gives no credentials, and a note says why', () => {
  const strange = {
    'arn:aws:iam::999999999999:role/x':
      "jobRoleArn arn:aws:iam::999999999999:role/x is not of this server's account 123456789012",
    'arn:aws:iam::123456789012:user/x': 'jobRoleArn arn:aws:iam::123456789012:user/x is no role',
    'arn:aws:iam:us-east-1:123456789012:role/x': 'jobRoleArn arn:aws:iam:us-east-1:123456789012:role/x is no role',
    'arn:a\r\nb:iam::123456789012:role/x': 'jobRoleArn arn:a\r\nb:iam::123456789012:role/x is no role',
    worker: 'jobRoleArn worker is no role',
  };
  for (const [arn, reason] of Object.entries(strange)) {
    const { environment, secrets, notes } = rig().give({ jobRole: arn });
    assert.deepEqual(notes, [`no credentials: ${reason}`]);
    assert.equal(secrets[token] ?? environment.AWS_CONTAINER_CREDENTIALS_FULL_URI, undefined);
  }
});

test('credentials are of the role and the task, six hours from the placement', async () => {
  const { give, ask } = rig();
  const { status, body } = await ask(`/v2/credentials/${taskId}`, give().secrets[token]);
  assert.equal(status, 200);
  const { Expiration, RoleArn, AccessKeyId } = JSON.parse(body);
  assert.deepEqual([Expiration, RoleArn], ['1970-01-01T06:00:01Z', jobRole]);
  assert.match(AccessKeyId, /^ASIA[A-Z2-7]{16}$/);
});

test('after 5 hours and 40 minutes the next ones are answered', async () => {
  const { give, ask, clock } = rig();
  const { [token]: mine } = give().secrets;
  const keyNow = async () => JSON.parse((await ask(`/v2/credentials/${taskId}`, mine)).body).AccessKeyId;
  const first = await keyNow();
  clock.advance(340 * 60_000 - 10_000);
  assert.equal(await keyNow(), first);
  clock.advance(10_000);
  assert.notEqual(await keyNow(), first);
});

test('a token answers for its own task alone, as an own word and in its own place', async () => {
  const { give, ask, access } = rig();
  const { [token]: mine = '' } = give().secrets;
  const other = 'f'.repeat(32) as TaskId;
  const wrong = { path: `/v2/credentials/${taskId}`, method: 'GET', now: 0, headers: {} };
  for (const path of [
    `/v2/credentials/${other}`,
    '/v2/credentials/',
    `/v2/credentials/${taskId}/`,
    `/v2/credentials/..%2f${taskId}`,
  ])
    assert.deepEqual(codeOf(await ask(path, mine)), [401, 'InvalidToken'], path);
  assert.equal((access.answer(wrong) as JobAnswer).status, 401);
  const calls = rig({ s3: { keys } }).give().secrets.AWS_ENDPOINT_URL?.split('/').at(-1) ?? '';
  assert.deepEqual(codeOf(await ask(`/v2/credentials/${taskId}`, calls)), [401, 'InvalidToken']);
  assert.equal((await ask(`/v2/credentials/${taskId}`, mine)).status, 200);
});

test('once the attempt is over its token gets nothing more, and is told why', async () => {
  const { give, ask, held } = rig();
  const { secrets } = give();
  held.delete(taskId);
  assert.deepEqual(codeOf(await ask(`/v2/credentials/${taskId}`, secrets[token])), [401, 'ExpiredToken']);
  const metadata = new URL(secrets.ECS_CONTAINER_METADATA_URI_V4 ?? '').pathname;
  assert.deepEqual(codeOf(await ask(metadata)), [404, 'NotFound']);
});

test('other methods are refused', async () => {
  const { give, ask } = rig();
  for (const method of ['POST', 'HEAD', 'DELETE'])
    assert.equal((await ask(`/v2/credentials/${taskId}`, give().secrets[token], method)).status, 405);
});

test('a task gets a hundred answers in a second; whoever has no token takes none of them', async () => {
  const { give, ask, clock } = rig();
  const { [token]: mine } = give().secrets;
  const path = `/v2/credentials/${taskId}`;
  for (let count = 0; count < 2 * answersPerSecond; count += 1) await ask(path, 'wrong');
  const statuses: number[] = [];
  for (let count = 0; count <= answersPerSecond; count += 1) statuses.push((await ask(path, mine)).status);
  assert.deepEqual([statuses.indexOf(429), statuses.length - 1], [answersPerSecond, answersPerSecond]);
  clock.advance(1_000);
  assert.equal((await ask(path, mine)).status, 200);
});

test('all other paths are calls', () => {
  const { access } = rig();
  for (const path of ['/', '/v1/submitjob', '/v2', '/v4', '/v2/credential'])
    assert.equal(access.answer({ method: 'GET', path, headers: {}, now: 0 }), undefined, path);
});

test('each container has metadata of its own, and those of its task', async () => {
  const { give, ask } = rig();
  const uri = give({ container: 1 }).secrets.ECS_CONTAINER_METADATA_URI_V4 ?? '';
  const read = async (rest: string) => JSON.parse((await ask(`${new URL(uri).pathname}${rest}`)).body);
  const proxy = await read('');
  assert.deepEqual(
    [proxy.Name, proxy.Limits, proxy.StartedAt],
    ['proxy', { CPU: 512, Memory: 100 }, '1970-01-01T00:00:02.500Z'],
  );
  assert.match(proxy.DockerId, /^[0-9a-f]{64}$/);
  const task = await read('/task');
  assert.equal(task.Cluster, 'arn:aws:ecs:us-east-1:123456789012:cluster/cluster_Batch_1');
  assert.deepEqual(
    [task.Family, task.Revision, task.LaunchType, task.Limits],
    ['render', '7', 'FARGATE', { CPU: 1, Memory: 200 }],
  );
  assert.deepEqual(task.Containers[1], proxy);
  assert.deepEqual(
    Object.keys(await read('/task/stats')),
    task.Containers.map(({ DockerId }: { DockerId: string }) => DockerId),
  );
  const { read: at, cpu_stats: cpu, memory_stats: memory } = await read('/stats');
  assert.deepEqual(
    [at, cpu.cpu_usage.total_usage, memory],
    ['1970-01-01T00:00:05.000Z', 1_500_000_000, { usage: 7, max_usage: 9, limit: 100 * 2 ** 20 }],
  );
  const all: { memory_stats: { usage: number | null } }[] = Object.values(await read('/task/stats'));
  assert.deepEqual(
    all.map((each) => each.memory_stats.usage),
    [null, 7],
  );
  for (const rest of ['/', '/tasks', '/toString', '/__proto__', '/task/'])
    assert.equal((await ask(`${new URL(uri).pathname}${rest}`)).status, 404, rest);
});

test('with keys of an S3 server the credentials are these, and the path of a call says whose it is', async () => {
  const { access, give, ask, held } = rig({ s3: { endpoint: 'http://s3', keys } });
  const { environment, secrets } = give();
  assert.equal(environment.AWS_ENDPOINT_URL, undefined, 'a path that says whose a call is, is a secret');
  const { body } = await ask(`/v2/credentials/${taskId}`, secrets[token]);
  const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(body);
  assert.deepEqual([AccessKeyId, SecretAccessKey, Token], ['store-key', 'store-secret', '']);
  const { pathname } = new URL(secrets.AWS_ENDPOINT_URL ?? '');
  const mount = access.mount(`${pathname}/v1/submitjob`);
  assert.equal(mount?.path, '/v1/submitjob');
  const found = mount.credentials.lookup('store-key', undefined, 10_000);
  assert.ok(found.kind === 'found');
  assert.equal(found.principal.arn, `arn:aws:sts::123456789012:assumed-role/worker/${taskId}`);
  const kinds = (path: string, id = 'store-key', session?: string) =>
    access.mount(path)?.credentials.lookup(id, session, 10_000).kind;
  assert.deepEqual(
    [kinds(pathname, 'another'), kinds(pathname, 'store-key', 'x'), kinds('/as/x/v1')],
    ['unknown', 'unknown', 'unknown'],
  );
  assert.equal(kinds(`/as/${secrets[token]}/`), 'unknown', 'the token for credentials is none for calls');
  assert.equal(access.mount('/v1/submitjob'), undefined);
  held.delete(taskId);
  assert.equal(kinds(pathname), 'expired');
});

test('the key of the S3 server is for jobs that name a role, not for an instance role', async () => {
  const { access, ask } = rig({ s3: { endpoint: 'http://s3', keys } });
  const request = {
    scope,
    taskId,
    job,
    container: 0,
    launchType: 'EC2',
    instanceRole: 'worker',
    own: own({}),
  } as const;
  const { environment, secrets } = access.variablesOf(request);
  assert.equal(environment.AWS_ENDPOINT_URL, url);
  assert.match(JSON.parse((await ask(`/v2/credentials/${taskId}`, secrets[token])).body).AccessKeyId, /^ASIA/);
});
