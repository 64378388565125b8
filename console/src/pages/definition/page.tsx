import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams, useSearchParams } from 'react-router';
import { useRevisions } from '../../data/definitions.ts';
import { ResourceTags } from '../../forms/resource-tags.tsx';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { JsonText } from '../../views/json-text.tsx';
import { PageTabs } from '../../views/page-tabs.tsx';
import { DefinitionActs } from './definition-acts.tsx';
import { RevisionDiff } from './revision-diff.tsx';

/** One revision as it was registered, and beside another one; the address says which. */
export function Page() {
  const text = useText();
  const { name = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const { data, error, isPending } = useRevisions(name);
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  const revisions = data.jobDefinitions ?? [];
  const wanted = search.get('revision');
  const shown = revisions.find(({ revision }) => String(revision) === wanted) ?? revisions[0];
  if (!shown) return <Box variant="h1">{text('definition.not-found', { name })}</Box>;
  const json = (
    <Container>
      <JsonText value={shown} />
    </Container>
  );
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={shown.status} actions={<DefinitionActs definition={shown} />}>
        {`${name}:${shown.revision}`}
      </Header>
      <FormField label={text('definition.revision')}>
        <Select
          selectedOption={{ value: String(shown.revision) }}
          options={revisions.map(({ revision, status = '' }) => ({ value: String(revision), description: status }))}
          onChange={({ detail }) => setSearch({ revision: detail.selectedOption.value ?? '' })}
        />
      </FormField>
      <PageTabs
        tabs={[
          { id: 'json', label: 'JSON', content: json },
          {
            id: 'compare',
            label: text('definition.compare.tab'),
            content: <RevisionDiff shown={shown} revisions={revisions} />,
          },
          {
            id: 'tags',
            label: text('tags.title'),
            content: <ResourceTags arn={shown.jobDefinitionArn ?? ''} tags={shown.tags} />,
          },
        ]}
      />
    </SpaceBetween>
  );
}
