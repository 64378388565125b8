import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { tagCalls } from '../fields/changed-tags.ts';
import { tagsField } from '../fields/tags.ts';
import { useText } from '../messages/text-context.tsx';
import { ConfirmAct } from '../views/confirm-act.tsx';
import { MapValue } from './map-value.tsx';

interface ResourceTagsProps {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>> | undefined;
}

/** The tags of whatever has an ARN, and their editor. */
export function ResourceTags({ arn, tags = {} }: ResourceTagsProps) {
  const text = useText();
  const [edits, setEdits] = useState(false);
  const edit = <Button onClick={() => setEdits(true)}>{text('tags.edit')}</Button>;
  return (
    <>
      <Table
        header={
          <Header variant="h2" actions={edit}>
            {text('tags.title')}
          </Header>
        }
        items={Object.entries(tags).map(([key, value]) => ({ key, value }))}
        trackBy="key"
        columnDefinitions={[
          { id: 'key', header: text('form.key'), isRowHeader: true, cell: ({ key }) => key },
          { id: 'value', header: text('form.value'), cell: ({ value }) => value },
        ]}
        empty={<Box textAlign="center">{text('tags.none')}</Box>}
      />
      {edits && <EditTags arn={arn} tags={tags} onClose={() => setEdits(false)} />}
    </>
  );
}

const noFacts = { sources: {}, problemAt: () => undefined, refusalAt: () => undefined };

function EditTags({ arn, tags, onClose }: Required<ResourceTagsProps> & { readonly onClose: () => void }) {
  const text = useText();
  const [before] = useState(tags ?? {});
  const [after, setAfter] = useState<unknown>(before);
  const given = (after ?? {}) as Readonly<Record<string, string>>;
  const calls = Object.hasOwn(given, '') ? [] : tagCalls(arn, before, given);
  const editor = <MapValue field={tagsField} value={after} onValue={setAfter} facts={noFacts} path="tags" />;
  const words = (
    <SpaceBetween size="s">
      <Box color="text-body-secondary">{text('field.tags.help')}</Box>
      {editor}
    </SpaceBetween>
  );
  return <ConfirmAct title={text('tags.save')} words={words} calls={calls} onClose={onClose} />;
}
