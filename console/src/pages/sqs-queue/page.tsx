import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useParams } from 'react-router';
import { useQueueAttributes, useQueueUrl } from '../../data/sqs.ts';
import { useText } from '../../messages/text-context.tsx';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { Failure } from '../../views/failure.tsx';
import { PeekedMessages } from './peeked-messages.tsx';
import { attributeAct, queueActs } from './queue-acts.ts';

export function Page() {
  const text = useText();
  const { name = '' } = useParams();
  const navigate = useNavigate();
  const address = useQueueUrl(name);
  const QueueUrl = address.data?.QueueUrl;
  const { data, error } = useQueueAttributes(QueueUrl);
  const failed = address.error ?? error;
  if (failed) return <Failure error={failed} />;
  if (QueueUrl === undefined) return null;
  const attributes: Readonly<Record<string, string>> = data?.Attributes ?? {};
  const acts = queueActs({ QueueUrl, attributes, gone: () => void navigate('/sqs') });
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={QueueUrl} actions={<ActBar acts={acts} />}>
        {name}
      </Header>
      <PeekedMessages url={QueueUrl} />
      <Container
        header={
          <Header variant="h2" actions={<ActBar acts={[attributeAct(QueueUrl)]} />}>
            {text('sqs.attributes')}
          </Header>
        }
      >
        <KeyValuePairs columns={3} items={Object.entries(attributes).map(([label, value]) => ({ label, value }))} />
      </Container>
    </SpaceBetween>
  );
}
