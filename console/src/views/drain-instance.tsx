import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import type { ShownInstance } from '../data/environments.ts';
import { useText } from '../messages/text-context.tsx';
import { ConfirmAct } from './confirm-act.tsx';

/** An instance that drains takes no more jobs, and goes once those have ended that run on it. */
export function DrainInstance({
  instance,
}: {
  readonly instance: Pick<ShownInstance, 'instanceId' | 'state' | 'jobs'>;
}) {
  const text = useText();
  const [asks, setAsks] = useState(false);
  const { instanceId, state, jobs } = instance;
  const isOpen = state === 'starting' || state === 'ready';
  return (
    <>
      <Button disabled={!isOpen} ariaLabel={text('instance.drain-one', { instanceId })} onClick={() => setAsks(true)}>
        {text('instance.drain')}
      </Button>
      {asks && (
        <ConfirmAct
          title={text('instance.drain')}
          words={text('instance.drain.words', { instanceId, jobs })}
          calls={[{ service: 'batchyard', operation: 'DrainInstance', input: { instanceId } }]}
          onClose={() => setAsks(false)}
        />
      )}
    </>
  );
}
