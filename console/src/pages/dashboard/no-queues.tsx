import Box from '@cloudscape-design/components/box';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';

/** How the first queue is made. */
export function NoQueues() {
  const text = useText();
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  const input = { jobQueueName: 'default', priority: 1, computeEnvironmentOrder };
  return (
    <Box textAlign="center">
      {text('dashboard.no-queues')}
      <AwsLine call={{ service: 'batch', operation: 'CreateJobQueue', input }} />
    </Box>
  );
}
