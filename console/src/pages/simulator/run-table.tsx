import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { RunReport, SimulationReport } from '../../../../src/simulator/index.ts';
import { type Text, useText } from '../../messages/text-context.tsx';
import { durationText } from '../../views/duration.ts';

/** A line for each environment. */
export function RunTable({ report, actions }: { readonly report: SimulationReport; readonly actions: ReactNode }) {
  const text = useText();
  const column = (label: string, cell: (run: RunReport) => ReactNode) => ({
    id: label,
    header: text(label),
    cell,
    isRowHeader: label === 'simulator.result.environment',
  });
  return (
    <Table
      header={
        <Header variant="h2" actions={actions}>
          {text('simulator.result')}
        </Header>
      }
      items={report.runs}
      columnDefinitions={[
        column('simulator.result.environment', ({ environment }) => environment),
        column('simulator.result.jobs', ({ jobs }) => jobs.submitted),
        column('simulator.result.failed', ({ jobs }) => jobs.failed),
        column('simulator.result.unfinished', ({ jobs }) => jobs.unfinished),
        column('simulator.result.makespan', ({ makespan }) => durationText(makespan * 1000)),
        column('simulator.result.wait50', ({ wait }) => durationText(wait.p50 * 1000)),
        column('simulator.result.wait90', ({ wait }) => durationText(wait.p90 * 1000)),
        column('simulator.result.longest', ({ wait }) => durationText(wait.max * 1000)),
        column(
          'simulator.result.vcpu-hours',
          ({ queues }) => Math.round(queues.reduce((sum, { vcpuHours }) => sum + vcpuHours, 0) * 10) / 10,
        ),
        column(
          'simulator.result.instances',
          ({ fleets = [] }) => fleets.reduce((sum, each) => sum + each.mostInstances, 0) || '–',
        ),
        column('simulator.result.cost', (run) => costOf(run, text)),
      ]}
    />
  );
}

function costOf({ cost, fleets = [] }: RunReport, text: Text): string {
  if (cost === undefined) return '–';
  const isEstimate = fleets.some((each) => each.isEstimate);
  return text(isEstimate ? 'simulator.result.estimated' : 'simulator.result.dollars', { cost: cost.toFixed(2) });
}
