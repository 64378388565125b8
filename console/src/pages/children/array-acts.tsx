import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useText } from '../../messages/text-context.tsx';
import { RerunJob } from '../../views/rerun-job.tsx';

/** What failed can run again, as an array of its own. */
export function ArrayActs({ id, failed }: { readonly id: string; readonly failed: number }) {
  const text = useText();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button disabled={failed === 0} onClick={() => setAsking(true)}>
        {text('job.rerun-failed', { failed })}
      </Button>
      {asking && <RerunJob jobId={id} failed={failed} onClose={() => setAsking(false)} />}
    </>
  );
}
