import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { usePlatform } from '../../forms/platform-tiles.tsx';
import { useText } from '../../messages/text-context.tsx';
import { FirstRun } from './first-run.tsx';

/** From nothing to a job that runs. */
export function Page() {
  const text = useText();
  const kind = usePlatform(['ec2', 'fargate']);
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{text('welcome.title')}</Header>
      <Box>{text('welcome.words')}</Box>
      <FirstRun key={kind} kind={kind} />
    </SpaceBetween>
  );
}
