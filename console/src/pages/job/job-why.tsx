import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useExplanation } from '../../data/explanations.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';

/** The answer before the data: why the job is where it is, and what would change that. */
export function JobWhy({ id }: { readonly id: string }) {
  const text = useText();
  const { data, error } = useExplanation(id);
  if (error) return <Failure error={error} />;
  if (!data) return null;
  const notes = [...data.engineNotes, ...data.ungranted, ...data.notes];
  return (
    <Container header={<Header variant="h2">{text('job.why')}</Header>}>
      <SpaceBetween size="xs">
        <Box fontSize="heading-s">{data.text}</Box>
        {notes.map((note) => (
          <Box key={note} color="text-body-secondary">
            {note}
          </Box>
        ))}
      </SpaceBetween>
    </Container>
  );
}
