import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { JobDetail } from '../../data/jobs.ts';
import { useText } from '../../messages/text-context.tsx';
import { PathLink } from '../../views/path-link.tsx';

/** What the job hangs on, and what hangs on it: dependencies, children, nodes, and whom it is part of. */
export function JobRelations({ job }: { readonly job: JobDetail }) {
  const text = useText();
  const { jobId = '', dependsOn = [], arrayProperties, nodeProperties } = job;
  const ids = dependsOn.flatMap((each) => each.jobId ?? []);
  const [parent = '', mark] = jobId.split(/([:#])/);
  return (
    <SpaceBetween size="m">
      {mark !== undefined && (
        <JobLink id={parent}>{text(mark === ':' ? 'job.array-of' : 'job.nodes-of', { id: parent })}</JobLink>
      )}
      <Container header={<Header variant="h2">{text('job.dependencies')}</Header>}>
        {ids.length === 0 && <Box color="text-body-secondary">{text('job.dependencies.none')}</Box>}
        <ul className="plain-list">
          {ids.map((id) => (
            <li key={id}>
              <JobLink id={id}>{id}</JobLink>
            </li>
          ))}
        </ul>
      </Container>
      {arrayProperties?.size !== undefined && (
        <PathLink to={`/jobs/${jobId}/children`}>{text('job.children', { size: arrayProperties.size })}</PathLink>
      )}
      {nodeProperties?.numNodes !== undefined && <Nodes jobId={jobId} count={nodeProperties.numNodes} />}
    </SpaceBetween>
  );
}

/** A multi-node job has up to a thousand. */
function Nodes({ jobId, count }: { readonly jobId: string; readonly count: number }) {
  const text = useText();
  return (
    <Container header={<Header variant="h2">{text('job.nodes', { count })}</Header>}>
      <SpaceBetween direction="horizontal" size="xs">
        {Array.from({ length: count }, (_, index) => index).map((index) => (
          <JobLink key={index} id={`${jobId}#${index}`}>
            {index}
          </JobLink>
        ))}
      </SpaceBetween>
    </Container>
  );
}

function JobLink({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  return <PathLink to={`/jobs/${encodeURIComponent(id)}`}>{children}</PathLink>;
}
