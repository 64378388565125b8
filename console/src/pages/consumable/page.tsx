import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useConsumable } from '../../data/consumables.ts';
import { ResourceTags } from '../../forms/resource-tags.tsx';
import { useText } from '../../messages/text-context.tsx';
import { ConfirmAct } from '../../views/confirm-act.tsx';
import { Failure } from '../../views/failure.tsx';
import { PageTabs } from '../../views/page-tabs.tsx';
import { ConsumingJobs } from './consuming-jobs.tsx';

/** One consumable resource: how much of it there is, and who holds it. */
export function Page() {
  const text = useText();
  const { name = '' } = useParams();
  const { data, error } = useConsumable(name);
  if (error) return <Failure error={error} />;
  if (!data) return null;
  const facts = [
    { label: text('consumable.in-use'), value: data.inUseQuantity ?? 0 },
    { label: text('consumable.available'), value: data.availableQuantity ?? 0 },
    { label: text('field.total-quantity'), value: data.totalQuantity ?? 0 },
    { label: text('field.resource-type'), value: data.resourceType },
  ];
  const tags = <ResourceTags arn={data.consumableResourceArn ?? ''} tags={data.tags} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<ConsumableActs name={name} />}>
        {name}
      </Header>
      <Container header={<Header variant="h2">{text('job.facts')}</Header>}>
        <KeyValuePairs columns={4} items={facts} />
      </Container>
      <PageTabs
        tabs={[
          { id: 'jobs', label: text('consumable.jobs'), content: <ConsumingJobs name={name} /> },
          { id: 'tags', label: text('tags.title'), content: tags },
        ]}
      />
    </SpaceBetween>
  );
}

function ConsumableActs({ name }: { readonly name: string }) {
  const text = useText();
  const navigate = useNavigate();
  const [asks, setAsks] = useState(false);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={() => void navigate(`/resources/${encodeURIComponent(name)}/edit`)}>{text('form.edit')}</Button>
      <Button onClick={() => setAsks(true)}>{text('act.delete')}</Button>
      {asks && (
        <ConfirmAct
          title={text('act.delete')}
          words={text('act.delete.words', { name })}
          calls={[{ service: 'batch', operation: 'DeleteConsumableResource', input: { consumableResource: name } }]}
          onClose={() => setAsks(false)}
          onDone={() => void navigate('/resources')}
        />
      )}
    </SpaceBetween>
  );
}
