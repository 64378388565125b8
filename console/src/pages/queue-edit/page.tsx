import Box from '@cloudscape-design/components/box';
import { useNavigate, useParams } from 'react-router';
import { useQueueDetail } from '../../data/queues.ts';
import { changedMembers } from '../../fields/changed.ts';
import { updateJobQueuePlan } from '../../fields/job-queue.ts';
import { type Input, onlyAsked } from '../../fields/path.ts';
import { FormPage } from '../../forms/form-page.tsx';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';

const members = ['state', 'priority', 'schedulingPolicyArn', 'computeEnvironmentOrder', 'jobStateTimeLimitActions'];

/** Changes a queue: what differs is sent. */
export function Page() {
  const { name = '' } = useParams();
  const text = useText();
  const { data, error } = useQueueDetail(name);
  if (error) return <Failure error={error} />;
  if (!data) return null;
  const [queue] = data.jobQueues ?? [];
  if (!queue) return <Box variant="h1">{text('queue.not-found', { name })}</Box>;
  return <EditQueue name={name} start={onlyAsked(queue as Input, members)} />;
}

function EditQueue({ name, start }: { readonly name: string; readonly start: Input }) {
  const text = useText();
  const navigate = useNavigate();
  const back = () => void navigate(`/queues/${encodeURIComponent(name)}`);
  return (
    <FormPage
      title={text('queue.edit')}
      plan={updateJobQueuePlan}
      start={start}
      toInput={(input, from) => update(name, from, input)}
      submitText={text('form.save')}
      onDone={back}
      onCancel={back}
    />
  );
}

function update(jobQueue: string, before: Input, after: Input): Input {
  const changed = changedMembers(before, after);
  return Object.keys(changed).length === 0 ? {} : { jobQueue, ...changed };
}
