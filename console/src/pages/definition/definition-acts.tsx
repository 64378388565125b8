import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { JobDefinition } from '../../data/definitions.ts';
import { useText } from '../../messages/text-context.tsx';
import { ConfirmAct } from '../../views/confirm-act.tsx';

/** What can be done with a revision: jobs are submitted by it, another is begun with it, it is taken out of use. */
export function DefinitionActs({ definition }: { readonly definition: JobDefinition }) {
  const text = useText();
  const navigate = useNavigate();
  const [asks, setAsks] = useState(false);
  const { jobDefinitionName = '', revision, status } = definition;
  const reference = `${jobDefinitionName}:${revision}`;
  const path = `/definitions/${encodeURIComponent(jobDefinitionName)}`;
  const isActive = status === 'ACTIVE';
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={() => void navigate(`${path}/edit?revision=${revision}`)}>{text('definition.edit')}</Button>
      <Button disabled={!isActive} onClick={() => setAsks(true)}>
        {text('definition.deregister')}
      </Button>
      <Button
        variant="primary"
        disabled={!isActive}
        onClick={() => void navigate(`/submit?definition=${encodeURIComponent(reference)}`)}
      >
        {text('submit.title')}
      </Button>
      {asks && (
        <ConfirmAct
          title={text('definition.deregister')}
          words={text('definition.deregister.words', { reference })}
          calls={[{ service: 'batch', operation: 'DeregisterJobDefinition', input: { jobDefinition: reference } }]}
          onClose={() => setAsks(false)}
        />
      )}
    </SpaceBetween>
  );
}
