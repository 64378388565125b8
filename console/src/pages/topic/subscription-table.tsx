import SpaceBetween from '@cloudscape-design/components/space-between';
import { snsCall, useSubscriptions } from '../../data/topics.ts';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';

/** Who hears of what is published. */
export function SubscriptionTable({ topic: TopicArn }: { readonly topic: string }) {
  const pages = usePages();
  const { data, error, isPending } = useSubscriptions(TopicArn, pages.token);
  const subscribe: Act = {
    title: 'topics.subscribe',
    fields: [
      { name: 'Protocol', label: 'topics.protocol', kind: 'choice', choices: protocols, initial: 'email' },
      { name: 'Endpoint', label: 'topics.endpoint' },
      { name: 'filter', label: 'topics.filter', kind: 'json', optional: true },
    ],
    call: ({ Protocol, Endpoint, filter }) =>
      snsCall('Subscribe', {
        ...{ TopicArn, Protocol, Endpoint },
        ...(filter && { Attributes: new Map([['FilterPolicy', filter]]) }),
      }),
  };
  const leave = (SubscriptionArn: string): readonly Act[] =>
    SubscriptionArn.startsWith('arn:')
      ? [{ title: 'topics.unsubscribe', call: () => snsCall('Unsubscribe', { SubscriptionArn }) }]
      : [];
  return (
    <SpaceBetween size="s">
      <ItemTable
        title="topics.subscriptions"
        actions={<ActBar acts={[subscribe]} />}
        items={data?.Subscriptions}
        error={error}
        isPending={isPending}
        empty="topics.no-subscriptions"
        teaches={subscribe.call({ Protocol: 'email', Endpoint: 'ops@example.org' })}
        columns={[
          { id: 'endpoint', header: 'topics.endpoint', cell: ({ Endpoint }) => Endpoint },
          { id: 'protocol', header: 'topics.protocol', cell: ({ Protocol }) => Protocol },
          { id: 'arn', header: 'topics.arn', cell: ({ SubscriptionArn }) => SubscriptionArn },
          {
            id: 'acts',
            header: 'iam.acts',
            cell: ({ SubscriptionArn = '', Endpoint = '' }) => (
              <ActBar inline of={Endpoint} acts={leave(SubscriptionArn)} />
            ),
          },
        ]}
      />
      <PageSteps pages={pages} nextToken={data?.NextToken} />
    </SpaceBetween>
  );
}

const protocols = ['email', 'email-json', 'http', 'https', 'sqs', 'lambda'];
