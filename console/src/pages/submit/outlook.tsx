import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSubmissionOutlook } from '../../data/submission-outlook.ts';
import type { Input } from '../../fields/path.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';

/** What would become of the job: where it fits, and behind what it waits. Nothing is submitted by asking. */
export function Outlook({ input }: { readonly input: Input }) {
  const text = useText();
  const { data, error } = useSubmissionOutlook(input, true);
  if (error) return <Failure error={error} />;
  if (!data) return null;
  const { text: words, environments, failsAtStart, notes, remedy } = data;
  const lines = [...environments.map((each) => each.text), ...notes, ...(remedy === undefined ? [] : [remedy])];
  return (
    <Container header={<Header variant="h2">{text('submit.outlook')}</Header>}>
      <SpaceBetween size="xs">
        <Box fontSize="heading-s">{words}</Box>
        {failsAtStart && <Alert type="warning">{text('submit.fails-at-start')}</Alert>}
        {lines.map((line) => (
          <Box key={line} color="text-body-secondary">
            {line}
          </Box>
        ))}
      </SpaceBetween>
    </Container>
  );
}
