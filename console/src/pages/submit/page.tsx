import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useDefinition } from '../../data/definitions.ts';
import { useJob } from '../../data/jobs.ts';
import type { Input } from '../../fields/path.ts';
import { overrideKindOf, submitJobPlan, submittedAgain } from '../../fields/submit-job.ts';
import { FormWizard } from '../../forms/form-wizard.tsx';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { Outlook } from './outlook.tsx';

/** Submits a job: begun with nothing, with a definition (`?definition=`), or with what another was submitted with (`?clone=`). */
export function Page() {
  const [search] = useSearchParams();
  const clone = search.get('clone');
  if (clone !== null) return <Cloned id={clone} />;
  const jobDefinition = search.get('definition');
  const jobQueue = search.get('queue');
  const start = { ...(jobDefinition !== null && { jobDefinition }), ...(jobQueue !== null && { jobQueue }) };
  return <Submission start={start} />;
}

function Cloned({ id }: { readonly id: string }) {
  const text = useText();
  const { data, error } = useJob(id);
  if (error) return <Failure error={error} />;
  if (!data) return null;
  const [job] = data.jobs ?? [];
  return job ? <Submission start={submittedAgain(job as Input)} /> : text('job.not-found', { id });
}

function Submission({ start }: { readonly start: Input }) {
  const text = useText();
  const navigate = useNavigate();
  const [reference, setReference] = useState(start.jobDefinition);
  const named = typeof reference === 'string' ? reference : undefined;
  const { definition } = useDefinition(named);
  return (
    <FormWizard
      title={text('submit.title')}
      plan={submitJobPlan(overrideKindOf(definition as Input | undefined))}
      start={start}
      submitText={text('submit.submit')}
      before={(input) => <Outlook input={input} />}
      onChange={({ jobDefinition }) => setReference(jobDefinition)}
      onDone={(answer) => void navigate(`/jobs/${(answer as { readonly jobId: string }).jobId}`)}
      onCancel={() => void navigate('/jobs')}
    />
  );
}
