import assert from 'node:assert/strict';
import { TerminateJobCommand } from '@aws-sdk/client-batch';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { digestOf } from '../../../src/core/container-image.fixture.ts';
import { submit } from '../../support/jobs.ts';
import { until, waitForEnd, waitForStatus } from '../../support/wait.ts';
import { linesOfJob } from '../yard.ts';
import { type ContainerCase, type ContainerYard, define, executionRoleArn, explained, run } from './container-yard.ts';
import { imageOf, login, type Registries } from './registries.ts';

const manifest = 'application/vnd.docker.distribution.manifest.v2+json';

/** Of any engine that pulls. */
export function registryCases({ open, gate, closed, mirrored }: Registries): readonly ContainerCase[] {
  return [
    {
      name: 'a private registry gives its images to who has the login in a secret, and to nobody else',
      async prove(yard) {
        const refusal = /^CannotPullContainerError: .*(no basic auth|authentication required|unauthorized)/;
        const image = closed.image('secret:1');
        const none = await run(yard, await define(yard, '', { image, command: [] }));
        assert.match(none.container?.reason ?? '', refusal);
        const wrong = await runWith(yard, image, { ...login, password: 'guess' });
        assert.match(wrong.container?.reason ?? '', refusal);
        assert.doesNotMatch(wrong.container?.reason ?? '', /guess/);
        const right = await runWith(yard, image, login);
        assert.equal(right.status, 'SUCCEEDED', right.container?.reason ?? '');
        assert.deepEqual(await linesOfJob(yard.logs, right), ['words of secret:1']);
      },
    },
    {
      name: 'a mirror is asked in place of a registry, with the login for the mirror and not with that of the job',
      async prove(yard) {
        const job = await runWith(yard, mirrored('team/tool:2'), { username: 'eve', password: 'for another' });
        assert.equal(job.status, 'SUCCEEDED', job.container?.reason ?? '');
        assert.deepEqual(await linesOfJob(yard.logs, job), ['words of kept/team/tool:2']);
        assert.equal(job.container?.image, mirrored('team/tool:2'));
      },
    },
    {
      name: 'what the name of an image stood for is told by explain and by the metadata of the container',
      async prove(yard) {
        const image = open.image('tool:1');
        const asks = 'until wget -qO- $ECS_CONTAINER_METADATA_URI_V4 | grep ImageID; do sleep 0.05; done';
        const job = await run(yard, await define(yard, asks, { image }));
        const [metadata = '{}'] = await linesOfJob(yard.logs, job);
        assert.equal(JSON.parse(metadata).ImageID, digestOf(imageOf('tool:1').config));
        const head = { method: 'HEAD', headers: { accept: manifest } };
        const { headers } = await fetch(`${open.url}/v2/tool/manifests/1`, head);
        const words = `image ${image} is ${headers.get('docker-content-digest')}`;
        const said = await explained(yard, job.jobId ?? '', ['--verbose']);
        assert.ok(said.includes(words), said);
      },
    },
    {
      name: 'explain says how far a pull is, and a job that is stopped meanwhile never runs',
      async prove(yard) {
        const { batch } = yard;
        gate.shut();
        const image = `${gate.address}/slow:1`;
        const jobId = await submit(batch, await define(yard, '', { image, command: [] }));
        await until('the pull', () => gate.held > 0);
        await waitForStatus(batch, jobId, 'STARTING');
        assert.match(await explained(yard, jobId), new RegExp(`why +Starting: pulling ${image}: `));
        await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
        const job = await waitForEnd(batch, jobId);
        assert.deepEqual([job.status, job.statusReason, job.container?.exitCode], ['FAILED', 'enough', undefined]);
        gate.let();
      },
    },
  ];
}

let secrets = 0;

/** Runs an image's own command, with a login of its registry. */
async function runWith(yard: ContainerYard, image: string, value: object) {
  secrets += 1;
  const command = new CreateSecretCommand({ Name: `registry-${secrets}`, SecretString: JSON.stringify(value) });
  const { ARN = '' } = await yard.secrets.send(command);
  const repositoryCredentials = { credentialsParameter: ARN };
  return run(yard, await define(yard, '', { image, command: [], executionRoleArn, repositoryCredentials }));
}
