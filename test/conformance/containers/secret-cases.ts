import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { TerminateJobCommand } from '@aws-sdk/client-batch';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { callDaemon } from '../../../src/core/docker-daemon.fixture.ts';
import { submit } from '../../support/jobs.ts';
import { until, waitForEnd, waitForStatus } from '../../support/wait.ts';
import { nodeProgram } from '../inside-job.ts';
import { account, linesOf, linesOfJob } from '../yard.ts';
import { type ContainerCase, type ContainerYard, define, executionRoleArn, needs, run } from './container-yard.ts';

const unable = 'ResourceInitializationError: unable to pull secrets or registry auth: ';

export const secretCases: readonly ContainerCase[] = [
  {
    name: 'secrets are variables of a container, and at the daemon they are nothing else; the server writes them nowhere',
    async prove(yard) {
      const { batch, logs, secrets, ssm, server } = yard;
      const [first, second] = ['value-of-the-manager', 'value-of-the-parameter'];
      const { ARN = '' } = await secrets.send(
        new CreateSecretCommand({ Name: 'app/db', SecretString: `{"key":"${first}"}` }),
      );
      await ssm.send(new PutParameterCommand({ Name: '/app/url', Value: second, Type: 'SecureString' }));
      const own = [
        { name: 'FIRST', valueFrom: `${ARN}:key::` },
        { name: 'SECOND', valueFrom: '/app/url' },
      ];
      const script = 'trap "exit 0" TERM; echo "$FIRST $SECOND"; while :; do sleep 0.05; done';
      const jobId = await submit(batch, await define(yard, script, { secrets: own, executionRoleArn }));
      const running = await waitForStatus(batch, jobId, 'RUNNING');
      assert.deepEqual([running.container?.secrets, running.container?.environment], [own, []]);
      const { Config, ...rest } = await inspected(yard, running.container?.taskArn ?? '');
      const { Env, ...settings } = Config;
      assert.deepEqual(Env.filter((each) => /^(FIRST|SECOND)=/.test(each)).toSorted(), [
        `FIRST=${first}`,
        `SECOND=${second}`,
      ]);
      assert.doesNotMatch(JSON.stringify([settings, rest]), /value-of-the/);
      const stream = running.container?.logStreamName;
      await until('the line', async () => (await linesOf(logs, stream)).length > 0);
      await batch.send(new TerminateJobCommand({ jobId, reason: 'seen' }));
      assert.deepEqual(await linesOfJob(logs, await waitForEnd(batch, jobId)), [`${first} ${second}`]);
      assert.deepEqual(filesWith('value-of-the', join(server.dataDirectory, 'docker')), []);
    },
  },
  {
    name: 'a secret that is not there fails the attempt in words',
    async prove(yard) {
      const missing = `arn:aws:secretsmanager:us-east-1:${account}:secret:missing-AbCdEf`;
      const secrets = [{ name: 'S', valueFrom: missing }];
      const { status, container } = await run(yard, await define(yard, 'true', { secrets, executionRoleArn }));
      assert.equal(status, 'FAILED');
      const reason = container?.reason ?? '';
      assert.ok(reason.startsWith(unable), reason);
      assert.ok(reason.endsWith("ResourceNotFoundException: Secrets Manager can't find the specified secret."), reason);
    },
  },
  {
    name: 'a program in a container reaches this server by the SDK as it comes, with the credentials of its role',
    async prove(yard) {
      const { batch, logs } = yard;
      const child = await define(yard, 'true');
      const { command, directories = [] } = nodeProgram([child]);
      const places = ['/usr', ...directories];
      const definition = await define(yard, '', {
        command: [...command],
        jobRoleArn: `arn:aws:iam::${account}:role/worker`,
        resourceRequirements: needs(512),
        volumes: places.map((sourcePath, index) => ({ name: `v${index}`, host: { sourcePath } })),
        mountPoints: places.map((containerPath, index) => ({
          sourceVolume: `v${index}`,
          containerPath,
          readOnly: true,
        })),
      });
      const job = await run(yard, definition);
      const [said = '', ...more] = await linesOfJob(logs, job);
      assert.equal(job.status, 'SUCCEEDED', [said, ...more].join('\n'));
      const told = JSON.parse(said);
      const taskId = job.container?.taskArn?.split('/').at(-1);
      assert.equal(told.arn, `arn:aws:sts::${account}:assumed-role/worker/${taskId}`);
      assert.equal((await waitForEnd(batch, told.child)).status, 'SUCCEEDED');
      assert.match(told.refusal.Message, /is not authorized to perform: batch:RegisterJobDefinition/);
    },
  },
];

interface Inspected {
  readonly Config: { readonly Env: readonly string[] };
}

/** What the daemon tells of the one container of a task. */
async function inspected({ daemon }: ContainerYard, taskArn: string): Promise<Inspected> {
  const label = [`batchyard.task=${taskArn.split('/').at(-1)}`];
  const filters = encodeURIComponent(JSON.stringify({ label }));
  const [found, ...more] = JSON.parse(await callDaemon(daemon.socket, 'GET', `/containers/json?filters=${filters}`));
  assert.deepEqual([typeof found?.Id, more], ['string', []]);
  return JSON.parse(await callDaemon(daemon.socket, 'GET', `/containers/${found.Id}/json`));
}

function filesWith(text: string, directory: string): readonly string[] {
  // grep ends with 1 where it finds nothing.
  const words = ['-c', 'grep -rl -- "$1" "$2" || [ $? = 1 ]', 'sh', text, directory];
  return execFileSync('sh', words, { encoding: 'utf8' }).split('\n').filter(Boolean);
}
