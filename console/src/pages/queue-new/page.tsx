import { useNavigate } from 'react-router';
import { createJobQueuePlan } from '../../fields/job-queue.ts';
import { FormPage } from '../../forms/form-page.tsx';
import { useText } from '../../messages/text-context.tsx';

const start = { priority: 1, computeEnvironmentOrder: [{ order: 1 }] };

export function Page() {
  const text = useText();
  const navigate = useNavigate();
  return (
    <FormPage
      title={text('queue.new')}
      plan={createJobQueuePlan}
      start={start}
      submitText={text('queue.create')}
      onDone={(_answer, { jobQueueName }) => void navigate(`/queues/${encodeURIComponent(String(jobQueueName))}`)}
      onCancel={() => void navigate('/queues')}
    />
  );
}
