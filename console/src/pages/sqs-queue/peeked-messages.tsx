import type { ReceiveMessageCommandOutput } from '@aws-sdk/client-sqs';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { sqsCall } from '../../data/sqs.ts';
import { useAct } from '../../data/use-act.ts';
import type { Wire } from '../../data/use-call.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { Failure } from '../../views/failure.tsx';
import { ItemTable } from '../../views/item-table.tsx';

/** Messages that wait, received without being hidden from others. SQS counts that as received. */
export function PeekedMessages({ url: QueueUrl }: { readonly url: string }) {
  const text = useText();
  const look = useAct();
  const input = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0, MessageSystemAttributeNames: ['All'] };
  const call = sqsCall('ReceiveMessage', input);
  const { Messages = [] } = (look.data ?? {}) as Wire<ReceiveMessageCommandOutput>;
  const peek = (
    <Button loading={look.isPending} onClick={() => look.mutate(call)}>
      {text('sqs.peek')}
    </Button>
  );
  return (
    <Container
      header={
        <Header variant="h2" description={text('sqs.peek.counts')} actions={peek}>
          {text('sqs.messages')}
        </Header>
      }
    >
      <SpaceBetween size="s">
        <AwsLine call={call} />
        {look.error && <Failure error={look.error} />}
        {look.data !== undefined && (
          <ItemTable
            items={Messages}
            error={null}
            isPending={false}
            empty="sqs.no-messages"
            columns={[
              { id: 'id', header: 'sqs.id', cell: ({ MessageId }) => MessageId },
              { id: 'body', header: 'topics.message', cell: ({ Body }) => <Box variant="pre">{Body}</Box> },
              {
                id: 'received',
                header: 'sqs.received',
                cell: ({ Attributes }) => Attributes?.ApproximateReceiveCount ?? '–',
              },
            ]}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}
