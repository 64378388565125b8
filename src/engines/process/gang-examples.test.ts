import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { newId, outcome } from '../conformance.ts';
import type { ContainerSpec, Mount } from '../contract.ts';
import type { GangNetworkChoice } from './network/node-network.ts';
import { noPython } from './testing/node-acts.ts';
import { Workbench } from './testing/workbench.ts';

const examples = join(import.meta.dirname, '../../../examples/nodes');

/** As the command of the examples names them. */
const mounts: readonly Mount[] = [{ source: examples, target: '/opt/nodes', readOnly: true }];

/** Why an MPI program cannot be run, in words. */
const noMpi = succeeds('mpirun', '--version')
  ? succeeds('/usr/bin/python3', '-c', 'import mpi4py')
    ? false
    : 'python3-mpi4py is not installed'
  : 'mpirun is not installed (openmpi-bin)';

for (const gangNetwork of ['own', 'host'] as const) {
  describe(`the examples of multi-node jobs, with process.gang.network ${gangNetwork}`, async () => {
    const skip = noPython ?? (await whyNot(gangNetwork));

    test('four nodes sum their numbers over TCP', { timeout: 240_000, skip }, async () => {
      const command = ['/usr/bin/python3', '/opt/nodes/sum.py'];
      const lines = await runNodes(gangNetwork, 4, command);
      assert.deepEqual(
        lines,
        [1, 4, 9, 16].map((number, index) => [`node ${index} of 4 brought ${number}, the sum is 30`]),
      );
    });

    test('mpirun runs ranks on two nodes', { timeout: 120_000, skip: skip || noMpi }, async () => {
      const command = ['/opt/nodes/mpi-node', 'mpirun', '-N', '1', '/usr/bin/python3', '/opt/nodes/mpi-sum.py'];
      const [main = []] = await runNodes(gangNetwork, 2, command);
      assert.equal(main.at(-1), '2 ranks on nodes 0 1, the sum is 3');
    });
  });
}

/** Runs a command on nodes with the variables that Batch gives them, the others once the main one runs. Answers what each wrote. */
async function runNodes(gangNetwork: GangNetworkChoice, size: number, command: readonly string[]): Promise<string[][]> {
  const bench = await Workbench.open({ gangNetwork, hostPaths: [examples] });
  try {
    return await runNodesOn(bench, size, command);
  } finally {
    for (const { taskId } of await bench.engine.recover()) await bench.engine.stop(taskId, 0);
    await bench.close();
  }
}

async function runNodesOn(bench: Workbench, size: number, command: readonly string[]): Promise<string[][]> {
  const [gang, ...others] = Array.from({ length: size }, newId);
  assert.ok(gang);
  const start = async (taskId: typeof gang, index: number, more: ContainerSpec['environment']) => {
    const environment = {
      AWS_BATCH_JOB_NODE_INDEX: String(index),
      AWS_BATCH_JOB_NUM_NODES: String(size),
      AWS_BATCH_JOB_MAIN_NODE_INDEX: '0',
      ...more,
    };
    const container = bench.host.shell(taskId, '', { command, environment, mounts });
    const task = { formatVersion: 1, taskId, label: 'node', containers: [container], stopGrace: 1000 } as const;
    assert.equal(await bench.engine.start({ ...task, gang: { gang, size, index } }), 'accepted');
  };
  await start(gang, 0, {});
  const running = await bench.log.running(gang);
  assert.ok(running.kind === 'running' && running.address !== undefined);
  const environment = { AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS: running.address };
  for (const [index, taskId] of others.entries()) await start(taskId, index + 1, environment);
  const lines: string[][] = [];
  for (const taskId of [gang, ...others]) {
    const ended = await bench.log.ended(taskId);
    lines.push(await bench.host.text(taskId));
    assert.equal(outcome(ended).exitCode, 0, `${outcome(ended).reason}\n${lines.flat().join('\n')}`);
  }
  return lines;
}

async function whyNot(gangNetwork: GangNetworkChoice): Promise<string | false> {
  const bench = await Workbench.open({ gangNetwork });
  const { capabilities, isolation } = await bench.engine.describe();
  await bench.close();
  return capabilities.nodes ? false : isolation;
}

function succeeds(program: string, ...words: readonly string[]): boolean {
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}
