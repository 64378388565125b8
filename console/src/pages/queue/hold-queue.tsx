import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ShownQueue } from '../../data/queues.ts';
import { useAct } from '../../data/use-act.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';

/** A held queue takes jobs and starts none. */
export function HoldQueue({ queue }: { readonly queue: ShownQueue }) {
  const text = useText();
  const act = useAct();
  const operation = queue.hold ? 'ReleaseJobQueue' : 'HoldJobQueue';
  const call = { service: 'batchyard', operation, input: { jobQueue: queue.jobQueueName } } as const;
  return (
    <SpaceBetween size="xs">
      <Button loading={act.isPending} onClick={() => act.mutate(call)}>
        {text(queue.hold ? 'queue.release' : 'queue.hold')}
      </Button>
      {act.error && <Failure error={act.error} />}
    </SpaceBetween>
  );
}
