import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useNavigate } from 'react-router';
import { type JobDefinition, useDefinitions } from '../../data/definitions.ts';
import { useText } from '../../messages/text-context.tsx';
import { EmptyList } from '../../views/empty-list.tsx';
import { Failure } from '../../views/failure.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';

const example = {
  image: 'busybox',
  command: ['echo', 'hello'],
  resourceRequirements: [
    { type: 'VCPU', value: '1' },
    { type: 'MEMORY', value: '64' },
  ],
};

export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const pages = usePages();
  const { data, error, isPending } = useDefinitions(pages.token);
  if (error) return <Failure error={error} />;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <Button variant="primary" onClick={() => void navigate('/definitions/new')}>
            {text('definition.new')}
          </Button>
        }
      >
        {text('definitions.title')}
      </Header>
      <Table<JobDefinition>
        loading={isPending}
        loadingText={text('table.loading')}
        items={data?.jobDefinitions ?? []}
        trackBy="jobDefinitionArn"
        columnDefinitions={[
          {
            id: 'name',
            header: text('queues.name'),
            isRowHeader: true,
            cell: ({ jobDefinitionName = '', revision }) => (
              <PathLink to={`/definitions/${encodeURIComponent(jobDefinitionName)}?revision=${revision}`}>
                {`${jobDefinitionName}:${revision}`}
              </PathLink>
            ),
          },
          { id: 'type', header: text('definitions.type'), cell: ({ type }) => type },
          {
            id: 'image',
            header: text('definitions.image'),
            cell: ({ containerProperties }) => containerProperties?.image ?? '–',
          },
        ]}
        empty={
          <EmptyList
            words={text('definitions.none')}
            action={text('definition.new')}
            to="/definitions/new"
            call={{
              service: 'batch',
              operation: 'RegisterJobDefinition',
              input: { jobDefinitionName: 'hello', type: 'container', containerProperties: example },
            }}
          />
        }
      />
      <PageSteps pages={pages} nextToken={data?.nextToken} />
    </SpaceBetween>
  );
}
