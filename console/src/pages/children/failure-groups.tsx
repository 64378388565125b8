import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import type { GroupFailuresOutput } from '../../../../src/services/batch/batchyard/group-failures.ts';
import { rangeWords } from '../../data/child-states.ts';
import { useLogTail } from '../../data/job-logs.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { failureWords } from '../../views/failure-words.ts';
import { PathLink } from '../../views/path-link.tsx';

interface FailureGroupsProps {
  readonly groups: GroupFailuresOutput;
  /** Place of the group that is chosen; none below 0. */
  readonly chosen: number;
  readonly onChoose: (place: number) => void;
}

const shownRanges = 6;

/** What failed alike, the largest group first; of the one that is chosen what its first child wrote last. */
export function FailureGroups({ groups, chosen, onChoose }: FailureGroupsProps) {
  const text = useText();
  const items = groups.groups.map((group, place) => ({ ...group, place }));
  const example = items[chosen]?.example.logStreamName;
  return (
    <>
      <Table
        header={
          <Header
            variant="h2"
            counter={`(${groups.failed})`}
            description={groups.others > 0 ? text('children.others', { others: groups.others }) : undefined}
          >
            {text('children.failures')}
          </Header>
        }
        items={items}
        trackBy={({ place }) => String(place)}
        columnDefinitions={[
          { id: 'count', header: text('children.count'), cell: ({ count }) => count },
          {
            id: 'how',
            header: text('dashboard.failures.how'),
            isRowHeader: true,
            cell: (each) => failureWords(each, text),
          },
          { id: 'indexes', header: text('children.indexes'), cell: ({ ranges }) => rangeWords(ranges, shownRanges) },
          {
            id: 'first',
            header: text('children.example'),
            cell: ({ example: { jobId } }) => (
              <PathLink to={`/jobs/${encodeURIComponent(jobId)}`}>{jobId.slice(jobId.indexOf(':') + 1)}</PathLink>
            ),
          },
          {
            id: 'choose',
            header: text('children.choose'),
            cell: ({ place, ranges }) => (
              <Button
                variant="inline-link"
                ariaLabel={`${text(place === chosen ? 'children.show-all' : 'children.show')} ${rangeWords(ranges, 1)}`}
                onClick={() => onChoose(place === chosen ? -1 : place)}
              >
                {text(place === chosen ? 'children.show-all' : 'children.show')}
              </Button>
            ),
          },
        ]}
      />
      {example !== undefined && <LastLines stream={example} />}
    </>
  );
}

const shownLines = 5;

function LastLines({ stream }: { readonly stream: string }) {
  const { data, error } = useLogTail('/aws/batch/job', stream);
  if (error) return <Failure error={error} />;
  const lines = (data?.events ?? []).slice(-shownLines);
  return <Box variant="pre">{lines.map(({ message }) => `${message}\n`).join('')}</Box>;
}
