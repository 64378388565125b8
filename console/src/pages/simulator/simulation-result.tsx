import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { SimulationReport } from '../../../../src/simulator/index.ts';
import { useText } from '../../messages/text-context.tsx';
import { saveFile } from '../../views/save-file.ts';
import { ComparisonChart } from './comparison-chart.tsx';
import { type ComparedCurve, summed } from './comparison-lines.ts';
import { QueueTable } from './queue-table.tsx';
import { RunTable } from './run-table.tsx';

/** What came of the jobs, one environment beside the other. */
export function SimulationResult({ report }: { readonly report: SimulationReport }) {
  const text = useText();
  const dropped = Object.entries(report.workload.dropped).filter(([, count]) => count > 0);
  const save = (
    <Button onClick={() => saveFile('simulation.json', [JSON.stringify(report, null, 2)])}>
      {text('simulator.save')}
    </Button>
  );
  return (
    <SpaceBetween size="l">
      {dropped.map(([why, count]) => (
        <Alert key={why} type="info">
          {text('simulator.dropped', { count, why })}
        </Alert>
      ))}
      <Stuck report={report} />
      <RunTable report={report} actions={save} />
      <Container header={<Header variant="h2">{report.workload.name}</Header>}>
        <SpaceBetween size="l">
          <ComparisonChart title={text('simulator.waiting')} curves={curvesOf(report, 'waiting')} />
          <ComparisonChart title={text('simulator.used')} curves={curvesOf(report, 'vcpus')} />
        </SpaceBetween>
      </Container>
      <QueueTable report={report} />
    </SpaceBetween>
  );
}

function curvesOf(report: SimulationReport, of: 'waiting' | 'vcpus'): readonly ComparedCurve[] {
  return report.runs.map(({ environment, timeline }) => ({
    name: environment,
    step: timeline.step,
    values: summed(timeline.queues.map((queue) => queue[of])),
  }));
}

/** What never starts, and why the first of it does not. */
function Stuck({ report }: { readonly report: SimulationReport }) {
  const text = useText();
  return report.runs.flatMap(({ environment, queues }) =>
    queues.flatMap(({ name, stuck }) =>
      stuck ? (
        <Alert
          key={`${environment} ${name}`}
          type="warning"
          header={text('simulator.stuck', { environment, queue: name, waiting: stuck.waiting })}
        >
          {stuck.reason}
        </Alert>
      ) : (
        []
      ),
    ),
  );
}
