import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import type { SimulationReport } from '../../../../src/simulator/index.ts';
import { useText } from '../../messages/text-context.tsx';
import { durationText } from '../../views/duration.ts';

/** A line for each queue of each environment. */
export function QueueTable({ report }: { readonly report: SimulationReport }) {
  const text = useText();
  const rows = report.runs.flatMap(({ environment, queues }) => queues.map((queue) => ({ environment, ...queue })));
  return (
    <Table
      header={<Header variant="h2">{text('simulator.queues')}</Header>}
      items={rows}
      columnDefinitions={[
        { id: 'queue', header: text('simulator.queue'), cell: ({ name }) => name, isRowHeader: true },
        { id: 'environment', header: text('simulator.result.environment'), cell: ({ environment }) => environment },
        { id: 'wait50', header: text('simulator.result.wait50'), cell: ({ wait }) => durationText(wait.p50 * 1000) },
        { id: 'wait90', header: text('simulator.result.wait90'), cell: ({ wait }) => durationText(wait.p90 * 1000) },
        { id: 'longest', header: text('simulator.result.longest'), cell: ({ wait }) => durationText(wait.max * 1000) },
        { id: 'hours', header: text('simulator.result.vcpu-hours'), cell: ({ vcpuHours }) => vcpuHours },
      ]}
    />
  );
}
