import Tabs, { type TabsProps } from '@cloudscape-design/components/tabs';
import { useSearchParams } from 'react-router';
import type { JobDetail } from '../../data/jobs.ts';
import { useText } from '../../messages/text-context.tsx';
import { JsonText } from '../../views/json-text.tsx';
import { JobAttempts } from './job-attempts.tsx';
import { JobLogs } from './job-logs.tsx';
import { JobOutput } from './job-output.tsx';
import { JobRelations } from './job-relations.tsx';
import { JobTimeline } from './job-timeline.tsx';
import { JobUsage } from './job-usage.tsx';

const labels = {
  timeline: 'job.tab.timeline',
  attempts: 'job.tab.attempts',
  logs: 'job.tab.logs',
  usage: 'job.tab.usage',
  relations: 'job.tab.relations',
  json: 'job.tab.json',
} as const;
type Tab = keyof typeof labels;
const tabs = Object.keys(labels) as readonly Tab[];

/** Which one is looked at stands in the address bar; only that one asks anything. */
export function JobTabs({ job }: { readonly job: JobDetail }) {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const active = tabs.find((each) => each === search.get('tab')) ?? 'timeline';
  const items = tabs.map((id): TabsProps.Tab => {
    return { id, label: text(labels[id]), ...(id === active && { content: <Content tab={id} job={job} /> }) };
  });
  return (
    <Tabs
      activeTabId={active}
      tabs={items}
      onChange={({ detail }) => setSearch(detail.activeTabId === 'timeline' ? {} : { tab: detail.activeTabId })}
    />
  );
}

function Content({ tab, job }: { readonly tab: Tab; readonly job: JobDetail }) {
  const id = job.jobId ?? '';
  switch (tab) {
    case 'timeline':
      return (
        <>
          <JobTimeline id={id} />
          <JobOutput job={job} />
        </>
      );
    case 'attempts':
      return <JobAttempts job={job} />;
    case 'logs':
      return <JobLogs job={job} />;
    case 'usage':
      return <JobUsage id={id} />;
    case 'relations':
      return <JobRelations job={job} />;
    case 'json':
      return <JsonText value={job} />;
  }
}
