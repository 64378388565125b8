import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import type { JobUsage } from '../../data/job-story.ts';
import { useText } from '../../messages/text-context.tsx';
import { byteWords, mebibyteWords } from '../../views/byte-words.ts';
import { Sparkline } from '../../views/sparkline.tsx';
import { type Sample, sampleOf, withSample } from './usage-samples.ts';

interface RunningUsageProps {
  readonly asked: JobUsage['asked'];
  readonly running: NonNullable<JobUsage['running']>;
}

/** What the attempt uses that runs: its curve begins when one looks. */
export function RunningUsage({ asked, running }: RunningUsageProps) {
  const text = useText();
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    const sample = sampleOf(running.containers);
    if (sample) setSamples((before) => withSample(before, sample));
  }, [running.containers]);
  const last = samples.at(-1);
  if (!last) return <Box>{text('job.usage.unmeasured')}</Box>;
  const memory = byteWords(last.memoryBytes);
  const vcpus = (last.vcpus ?? 0).toFixed(2);
  return (
    <SpaceBetween direction="horizontal" size="l">
      <Box>
        {text('job.usage.memory-now', { memory, asked: mebibyteWords(asked.memoryMiB) })}{' '}
        <Sparkline values={samples.map(({ memoryBytes }) => memoryBytes)} label={text('job.usage.memory')} />
      </Box>
      {last.vcpus !== undefined && (
        <Box>
          {text('job.usage.vcpus-now', { vcpus, asked: asked.vcpus })}{' '}
          <Sparkline values={samples.map((each) => each.vcpus ?? 0)} label={text('job.usage.vcpus')} />
        </Box>
      )}
    </SpaceBetween>
  );
}
