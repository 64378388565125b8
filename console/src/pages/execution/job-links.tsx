import SpaceBetween from '@cloudscape-design/components/space-between';
import { PathLink } from '../../views/path-link.tsx';

/** The Batch jobs that a state submitted: one for each try. */
export function JobLinks({ jobs }: { readonly jobs: readonly string[] }) {
  return (
    <SpaceBetween size="xxxs">
      {jobs.map((id) => (
        <PathLink key={id} to={`/jobs/${encodeURIComponent(id)}`}>
          {id}
        </PathLink>
      ))}
    </SpaceBetween>
  );
}
