import { linesWorkload, parseEnvironment, reportOf, Simulation } from '../../src/simulator/index.ts';
import { svgOf } from './line-chart.ts';

const hours = 8;
const vcpus = 60;
const comesAt = 3;
const environment = {
  formatVersion: 1,
  pools: [{ id: 'host', vcpus, memoryMiB: 1_000_000 }],
  schedulingPolicies: [
    {
      name: 'fair',
      fairsharePolicy: {
        shareDecaySeconds: 3_600,
        shareDistribution: [{ shareIdentifier: 'render', weightFactor: 0.5 }],
      },
    },
  ],
  computeEnvironments: [{ computeEnvironmentName: 'main', computeResources: { type: 'EC2', maxvCpus: vcpus } }],
  jobQueues: [
    {
      jobQueueName: 'shared',
      priority: 1,
      schedulingPolicyArn: 'fair',
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'main' }],
    },
  ],
};

/** `count`: more than there is time for. */
const shares = [
  { name: 'render', colour: '#0972d3', from: 0, count: 17_500 },
  { name: 'user-ada', colour: '#037f0c', from: 0, count: 9_000 },
  { name: 'user-ben', colour: '#d45b07', from: comesAt, count: 5_500 },
];

/** What a newcomer does to shares of a busy queue, as the simulator has it: vCPUs of each over time. */
export function fairSharePicture(): string {
  const job = { vcpus: 1, memoryMiB: 1, runSeconds: { least: 20, most: 100 } };
  const jobs = shares.map(({ name: share, from, count }) => ({ ...job, share, at: from * 3_600, count }));
  const lines = [{ formatVersion: 1 }, ...jobs].map((line) => JSON.stringify(line));
  const simulated = parseEnvironment(JSON.stringify(environment), 'shared');
  const simulation = new Simulation({ environment: simulated, workload: linesWorkload(lines, {}), seed: 1 });
  for (const _ of simulation.run());
  const { step, queues } = reportOf(simulation, simulated).timeline;
  const drawn = (hours * 3_600) / step;
  return svgOf({
    title: `vCPUs of three busy shares: render has weight 0.5, user-ben comes after ${comesAt} hours`,
    ...{ hours, most: vcpus, unit: `vCPUs of ${vcpus}, shareDecaySeconds 3,600, jobs of one vCPU and some minute` },
    lines: shares.map(({ name, colour }) => {
      const values = queues[0]?.shares?.find((share) => share.name === name)?.vcpus ?? [];
      return { name, colour, values: values.slice(0, drawn) };
    }),
  });
}
