import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';
import { snsCall, useTopics } from '../../data/topics.ts';
import { useText } from '../../messages/text-context.tsx';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';

export function Page() {
  const text = useText();
  const pages = usePages();
  const navigate = useNavigate();
  const { data, error, isPending } = useTopics(pages.token);
  const create: Act = {
    title: 'topics.create',
    fields: [{ name: 'Name', label: 'iam.name' }],
    call: ({ Name }) => snsCall('CreateTopic', { Name }),
    done: (_answer, { Name = '' }) => void navigate(`/topics/${encodeURIComponent(Name)}`),
  };
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<ActBar acts={[create]} />}>
        {text('topics.title')}
      </Header>
      <ItemTable
        items={data?.Topics}
        error={error}
        isPending={isPending}
        empty="topics.none"
        teaches={create.call({ Name: 'alerts' })}
        columns={[
          {
            id: 'name',
            header: 'iam.name',
            cell: ({ TopicArn = '' }) => (
              <PathLink to={`/topics/${encodeURIComponent(nameOf(TopicArn))}`}>{nameOf(TopicArn)}</PathLink>
            ),
          },
          { id: 'arn', header: 'topics.arn', cell: ({ TopicArn }) => TopicArn },
        ]}
      />
      <PageSteps pages={pages} nextToken={data?.NextToken} />
    </SpaceBetween>
  );
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
