import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { momentOfSeconds } from '../../data/seconds.ts';
import type { Visit } from '../../data/states/visit.ts';
import { useText } from '../../messages/text-context.tsx';
import { DataText } from '../../views/states/data-text.tsx';
import { Took } from '../../views/states/took.tsx';
import { Time } from '../../views/time.tsx';
import { JobLinks } from './job-links.tsx';
import { VisitStatusMark } from './visit-status.tsx';

export function VisitDetail({ visit }: { readonly visit: Visit }) {
  const text = useText();
  const { status, enteredAt, exitedAt, tries, error, cause, jobs, input, output } = visit;
  const facts = [
    { label: text('executions.status'), value: <VisitStatusMark status={status} /> },
    { label: text('visit.entered'), value: <Time at={momentOfSeconds(enteredAt)} /> },
    {
      label: text('executions.took'),
      value: <Took from={enteredAt} to={exitedAt} isRunning={status === 'running'} />,
    },
    { label: text('visit.tries'), value: tries || '–' },
    ...(jobs.length > 0 ? [{ label: text('visit.jobs'), value: <JobLinks jobs={jobs} /> }] : []),
    ...(error === undefined ? [] : [{ label: text('execution.error'), value: error }]),
  ];
  return (
    <SpaceBetween size="m">
      <KeyValuePairs columns={2} items={facts} />
      <DataText label={text('execution.cause')} value={cause} />
      <DataText label={text('execution.input')} value={input} />
      <DataText label={text('execution.output')} value={output} />
    </SpaceBetween>
  );
}
