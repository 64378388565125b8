import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useLogSearch, useLogTail, useWholeLog } from '../../data/job-logs.ts';
import type { JobDetail } from '../../data/jobs.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { Failure } from '../../views/failure.tsx';
import { saveFile } from '../../views/save-file.ts';
import { LogLines } from './log-lines.tsx';
import { type LogStream, logGroupOf, logStreamsOf } from './log-streams.ts';

/** What the job wrote: attempt and words that are looked for stand in the address bar. */
export function JobLogs({ job }: { readonly job: JobDetail }) {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const streams = logStreamsOf(job);
  const asked = search.get('stream') ?? undefined;
  const attempt = Number(search.get('attempt'));
  const stream =
    streams.find(({ name }) => name === asked) ?? streams.find((each) => each.attempt === attempt) ?? streams[0];
  if (!stream) return <Box>{text('job.output.not-begun')}</Box>;
  const words = search.get('q') ?? '';
  const look = (change: Readonly<Record<string, string>>) => {
    const next = { tab: 'logs', stream: stream.name, q: words, ...change };
    setSearch(Object.entries(next).filter(([, value]) => value !== ''));
  };
  const place = { logGroupName: logGroupOf(job), logStreamName: stream.name };
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="m" alignItems="end">
        <StreamChoice streams={streams} stream={stream} onChange={(name) => look({ stream: name })} />
        <WordSearch key={words} words={words} onChange={(q) => look({ q })} />
        <Download place={place} />
      </SpaceBetween>
      <AwsLine call={{ service: 'logs', operation: 'GetLogEvents', input: place }} />
      <Lines place={place} words={words} />
    </SpaceBetween>
  );
}

interface StreamChoiceProps {
  readonly streams: readonly LogStream[];
  readonly stream: LogStream;
  readonly onChange: (name: string) => void;
}

function StreamChoice({ streams, stream, onChange }: StreamChoiceProps) {
  const text = useText();
  const options = streams.map(({ name, attempt, container }) => {
    return { value: name, label: text('job.stream', { attempt, container: container ?? '' }).trim() };
  });
  return (
    <FormField label={text('job.attempt')}>
      <Select
        selectedOption={options.find(({ value }) => value === stream.name) ?? null}
        options={options}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}

function WordSearch({ words, onChange }: { readonly words: string; readonly onChange: (words: string) => void }) {
  const text = useText();
  const [typed, setTyped] = useState(words);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange(typed.trim());
  };
  return (
    <form onSubmit={submit}>
      <FormField label={text('job.logs.search')}>
        <Input type="search" value={typed} onChange={({ detail }) => setTyped(detail.value)} />
      </FormField>
    </form>
  );
}

interface Place {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

function Download({ place }: { readonly place: Place }) {
  const text = useText();
  const { mutate, error, isPending } = useWholeLog();
  const name = `${place.logStreamName.replaceAll('/', '_')}.log`;
  return (
    <>
      <Button loading={isPending} onClick={() => mutate(place, { onSuccess: (all) => saveFile(name, [all]) })}>
        {text('job.logs.download')}
      </Button>
      {error && <Failure error={error} />}
    </>
  );
}

/** Found by the server, where words are looked for; else the last ones. */
function Lines({ place: { logGroupName, logStreamName }, words }: { readonly place: Place; readonly words: string }) {
  const text = useText();
  const tail = useLogTail(logGroupName, logStreamName, { enabled: words === '' });
  const found = useLogSearch(logGroupName, logStreamName, words);
  const { data, error } = words === '' ? tail : found;
  if (error) return <Failure error={error} />;
  const events = data?.events ?? [];
  if (data && events.length === 0)
    return <Box>{text(words === '' ? 'job.output.none' : 'job.logs.nothing-found', { words })}</Box>;
  return <LogLines events={events} />;
}
