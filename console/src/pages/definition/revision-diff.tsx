import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSearchParams } from 'react-router';
import type { JobDefinition } from '../../data/definitions.ts';
import { useText } from '../../messages/text-context.tsx';
import { DiffText } from '../../views/diff-text.tsx';

interface RevisionDiffProps {
  readonly shown: JobDefinition;
  readonly revisions: readonly JobDefinition[];
}

/** What became of another revision in this one; the address says of which. */
export function RevisionDiff({ shown, revisions }: RevisionDiffProps) {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const others = revisions.filter(({ revision }) => revision !== shown.revision);
  const wanted = search.get('compare');
  const before = others.find(({ revision }) => revision === (shown.revision ?? 0) - 1);
  const compared = others.find(({ revision }) => String(revision) === wanted) ?? before ?? others[0];
  if (!compared) return <Box>{text('definition.only-one')}</Box>;
  const choose = (revision: string) =>
    setSearch((now) => {
      const after = new URLSearchParams(now);
      after.set('compare', revision);
      return after;
    });
  return (
    <SpaceBetween size="m">
      <FormField label={text('definition.compare')}>
        <Select
          selectedOption={{ value: String(compared.revision) }}
          options={others.map(({ revision }) => ({ value: String(revision) }))}
          onChange={({ detail }) => choose(detail.selectedOption.value ?? '')}
        />
      </FormField>
      <Container>
        <DiffText left={compared} right={shown} />
      </Container>
    </SpaceBetween>
  );
}
