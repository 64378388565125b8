import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ExplainJobOutput } from '../../../../src/services/batch/batchyard/explained-job.ts';
import { useExplanation } from '../../data/explanations.ts';
import { useAsk } from '../../data/use-ask.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { JobStart } from './job-start.tsx';

interface JobWhyProps {
  readonly id: string;
  readonly status: string | undefined;
}

/** The answer before the data: why the job is where it is, and what would change that. */
export function JobWhy({ id, status = '' }: JobWhyProps) {
  const text = useText();
  const { data, error } = useExplanation(id);
  if (error) return <Failure error={error} />;
  if (!data) return null;
  const helps = [data.remedy, data.change].filter((words) => words !== undefined);
  const notes = [...new Set([...data.engineNotes, ...data.ungranted, ...data.notes])];
  const waits = status === 'PENDING' || status === 'RUNNABLE';
  return (
    <Container header={<Header variant="h2">{text('job.why')}</Header>}>
      <SpaceBetween size="xs">
        <Box fontSize="heading-s">{data.text}</Box>
        {helps.length > 0 && (
          <Box>
            <strong>{text('job.would-help')}</strong> {helps.join('; ')}
          </Box>
        )}
        {waits && <Estimate id={id} />}
        {notes.map((note) => (
          <Box key={note} color="text-body-secondary">
            {note}
          </Box>
        ))}
      </SpaceBetween>
    </Container>
  );
}

/** An estimate plays on what the server has: it is made when somebody wants it. */
function Estimate({ id }: { readonly id: string }) {
  const text = useText();
  const { mutate, data, error, isPending } = useAsk<ExplainJobOutput>();
  const call = { service: 'batchyard', operation: 'ExplainJob', input: { jobId: id, estimateStart: true } } as const;
  return (
    <SpaceBetween size="xs">
      <Button loading={isPending} onClick={() => mutate(call)}>
        {text('job.estimate')}
      </Button>
      {error && <Failure error={error} />}
      {data && <JobStart start={data.start} />}
    </SpaceBetween>
  );
}
