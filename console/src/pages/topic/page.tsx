import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useParams } from 'react-router';
import { snsCall, useTopicArn, useTopicAttributes } from '../../data/topics.ts';
import { useText } from '../../messages/text-context.tsx';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { Failure } from '../../views/failure.tsx';
import { PolicyDocument } from '../../views/iam/policy-document.tsx';
import { policyText } from '../../views/iam/policy-text.ts';
import { SubscriptionTable } from './subscription-table.tsx';

export function Page() {
  const text = useText();
  const { name = '' } = useParams();
  const navigate = useNavigate();
  const TopicArn = useTopicArn(name);
  const { data, error } = useTopicAttributes(TopicArn);
  if (error) return <Failure error={error} />;
  const { Policy, ...facts } = data?.Attributes ?? {};
  const publish: Act = {
    title: 'topics.publish',
    fields: [
      { name: 'Subject', label: 'topics.subject', optional: true },
      { name: 'Message', label: 'topics.message', kind: 'long' },
    ],
    call: ({ Subject, Message }) => snsCall('Publish', { TopicArn, Message, ...(Subject && { Subject }) }),
  };
  const remove: Act = {
    title: 'topics.delete',
    call: () => snsCall('DeleteTopic', { TopicArn }),
    done: () => void navigate('/topics'),
  };
  const policy = policyText(Policy);
  const edit: Act = {
    title: 'iam.edit',
    fields: [{ name: 'AttributeValue', label: 'topics.policy', kind: 'json', initial: policy }],
    call: ({ AttributeValue }) => snsCall('SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue }),
  };
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={TopicArn} actions={<ActBar acts={[publish, remove]} />}>
        {name}
      </Header>
      <SubscriptionTable topic={TopicArn} />
      <Container header={<Header variant="h2">{text('topics.facts')}</Header>}>
        <KeyValuePairs
          columns={3}
          items={Object.entries(facts).map(([label, value]) => ({ label, value: String(value) }))}
        />
      </Container>
      <Container
        header={
          <Header variant="h2" actions={data && <ActBar acts={[edit]} />}>
            {text('topics.policy')}
          </Header>
        }
      >
        <PolicyDocument text={policy} />
      </Container>
    </SpaceBetween>
  );
}
