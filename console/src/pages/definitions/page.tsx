import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { type JobDefinition, useDefinitions } from '../../data/definitions.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { PathLink } from '../../views/path-link.tsx';

export function Page() {
  const text = useText();
  const [tokens, setTokens] = useState<readonly string[]>([]);
  const { data, error, isPending } = useDefinitions(tokens.at(-1));
  if (error) return <Failure error={error} />;
  const next = data?.nextToken;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{text('definitions.title')}</Header>
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
        empty={<Box textAlign="center">{text('definitions.none')}</Box>}
      />
      <SpaceBetween direction="horizontal" size="xs">
        <Button disabled={tokens.length === 0} onClick={() => setTokens(tokens.slice(0, -1))}>
          {text('table.back')}
        </Button>
        <Button disabled={next === undefined} onClick={() => next !== undefined && setTokens([...tokens, next])}>
          {text('table.next')}
        </Button>
      </SpaceBetween>
    </SpaceBetween>
  );
}
