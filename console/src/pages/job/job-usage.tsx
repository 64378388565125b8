import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { type JobUsage as Usage, useJobUsage } from '../../data/job-story.ts';
import { useText } from '../../messages/text-context.tsx';
import { byteWords, mebibyteWords } from '../../views/byte-words.ts';
import { durationText } from '../../views/duration.ts';
import { Failure } from '../../views/failure.tsx';
import { ShareBar } from '../../views/share-bar.tsx';
import { RunningUsage } from './running-usage.tsx';

/** What attempts used beside what was asked, what runs now, and what would have been enough. */
export function JobUsage({ id }: { readonly id: string }) {
  const text = useText();
  const { data, error } = useJobUsage(id);
  if (error) return <Failure error={error} />;
  if (!data) return null;
  const { asked, advice, running } = data;
  return (
    <SpaceBetween size="m">
      <Box>
        {text('job.usage.asked')}{' '}
        {text('jobs.asked.words', { ...asked, memory: mebibyteWords(asked.memoryMiB), gpus: asked.gpus })}
      </Box>
      {advice && <Advice asked={asked} advice={advice} />}
      {running && <RunningUsage asked={asked} running={running} />}
      <EndedUsage usage={data} />
    </SpaceBetween>
  );
}

function Advice({ asked, advice }: { readonly asked: Usage['asked']; readonly advice: NonNullable<Usage['advice']> }) {
  const text = useText();
  const vcpus = advice.vcpus ?? asked.vcpus;
  const memory = mebibyteWords(advice.memoryMiB ?? asked.memoryMiB);
  return (
    <Box>
      <strong>{text('job.usage.advice', { vcpus, memory })}</strong>
    </Box>
  );
}

function EndedUsage({ usage: { attempts, asked } }: { readonly usage: Usage }) {
  const text = useText();
  const bytes = asked.memoryMiB * 2 ** 20;
  return (
    <Table
      ariaLabels={{ tableLabel: text('job.tab.usage') }}
      items={attempts}
      trackBy={({ attempt }) => String(attempt)}
      columnDefinitions={[
        { id: 'attempt', header: text('job.attempt'), isRowHeader: true, cell: ({ attempt }) => attempt },
        { id: 'took', header: text('jobs.took'), cell: ({ seconds }) => durationText(seconds * 1000) },
        {
          id: 'memory',
          header: text('jobs.peak'),
          cell: ({ peakMemoryBytes: peak }) => <Part used={peak} of={bytes} words={byteWords} />,
        },
        {
          id: 'cpu',
          header: text('job.usage.mean'),
          cell: ({ meanVcpus }) => <Part used={meanVcpus} of={asked.vcpus} words={(vcpus) => vcpus.toFixed(2)} />,
        },
      ]}
      empty={<Box textAlign="center">{text('job.attempts.none')}</Box>}
    />
  );
}

interface PartProps {
  /** Absent: nobody measured it. */
  readonly used: number | undefined;
  readonly of: number;
  readonly words: (value: number) => string;
}

function Part({ used, of, words }: PartProps) {
  const text = useText();
  if (used === undefined) return <span>–</span>;
  const label = text('job.usage.part', { used: words(used), of: words(of) });
  return (
    <>
      <ShareBar used={used} of={of} label={label} /> {label}
    </>
  );
}
