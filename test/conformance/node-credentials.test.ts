import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ContainerProperties, RegisterJobDefinitionCommand } from '@aws-sdk/client-batch';
import { submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { describeJob, until, waitForEnd } from '../support/wait.ts';
import { python } from './command.ts';
import { abilitiesOf } from './host-abilities.ts';
import { copyBoto3, nodeProgram, programContainer, pythonProgram, sdkFlags } from './inside-job.ts';
import { account, linesOfJob } from './yard.ts';

/** One SDK beside the other, where both are here. */
function containersOf(shared: string, api: string): readonly ContainerProperties[] {
  const words = [shared, api];
  const script = nodeProgram(words, 'inside-node.mjs');
  const main = { ...script, directories: [...(script.directories ?? []), shared] };
  if (python.needed.skip !== undefined) return [main, main].map(programContainer);
  copyBoto3(shared);
  return [main, pythonProgram(shared, words, 'inside-node.py')].map(programContainer);
}

for (const network of ['own', 'host'] as const) {
  test(`each node has credentials and metadata of its own, also after the server was killed, with process.gang.network ${network}`, async (t) => {
    const server = await ServerProcess.start(t, [
      ...['--log-level', 'warn', ...sdkFlags],
      ...['--host-vcpus', '16', '--process-gang-network', network],
    ]);
    const { nodes } = await abilitiesOf(server);
    if (nodes.skip !== undefined) return t.skip(nodes.skip);
    const clients = clientsOf(server);
    t.after(clients.close);
    const { batch, logs } = clients;
    const containers = containersOf(server.shared, server.url);
    const nodeRangeProperties = containers.map((container, index) => ({ targetNodes: `${index}`, container }));
    const nodeProperties = { numNodes: 2, mainNode: 0, nodeRangeProperties };
    const input = { jobDefinitionName: 'nodes', type: 'multinode', nodeProperties } as const;
    const { jobDefinitionArn = '' } = await batch.send(new RegisterJobDefinitionCommand(input));
    const jobId = await submit(batch, jobDefinitionArn);
    const isUp = (index: number) => existsSync(join(server.shared, `up-${index}`));
    await until('both nodes to have asked', async () => {
      if ((await describeJob(batch, jobId)).status === 'FAILED') return true;
      return isUp(0) && isUp(1);
    });
    await server.kill();
    await server.restart();
    writeFileSync(join(server.shared, 'go'), '');
    const { status } = await waitForEnd(batch, jobId);
    for (const index of [0, 1]) {
      const node = await describeJob(batch, `${jobId}#${index}`);
      const lines = await linesOfJob(logs, node);
      assert.equal(status, 'SUCCEEDED', lines.join('\n'));
      const arn = `arn:aws:sts::${account}:assumed-role/worker/${node.container?.taskArn?.split('/').at(-1)}`;
      const reached = network === 'host';
      assert.deepEqual(JSON.parse(lines.at(-1) ?? ''), { arns: [arn, arn], strange: 401, metadata: 200, reached });
    }
    await until('all that served the nodes to be gone', () => server.jobProcesses.length === 0);
  });
}
