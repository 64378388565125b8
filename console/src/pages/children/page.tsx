import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { useArray, useFailureGroups } from '../../data/arrays.ts';
import { countStates, readStates, selectChildren } from '../../data/child-states.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { ArrayActs } from './array-acts.tsx';
import { ChildGrid } from './child-grid.tsx';
import { ChildTable } from './child-table.tsx';
import { FailureGroups } from './failure-groups.tsx';
import { StateFilter } from './state-filter.tsx';

/** The children of an array: groups of failures, a grid of all, and a table of those that are chosen. The address bar says which. */
export function Page() {
  const text = useText();
  const { id = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const { data, error } = useArray(id);
  const codes = useMemo(() => (data ? readStates(data.states, data.size) : new Uint8Array()), [data]);
  const counts = countStates(codes);
  const failed = counts.find(([status]) => status === 'FAILED')?.[1] ?? 0;
  const groups = useFailureGroups(id, { enabled: failed > 0 });
  const status = search.get('state') ?? undefined;
  const place = Number(search.get('group') ?? -1);
  const ranges = groups.data?.groups[place]?.ranges;
  const chosen = useMemo(() => selectChildren(codes, { status, ranges }), [codes, status, ranges]);
  const [index, setIndex] = useState<number>();
  if (error) return <Failure error={error} />;
  if (!data) return null;
  const look = (change: Readonly<Record<string, string>>) => setSearch(Object.entries(change).filter(([, it]) => it));
  const summary = counts.map(([each, count]) => `${count} ${each}`).join(' · ');
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        counter={`(${data.size})`}
        description={summary}
        actions={<ArrayActs id={id} failed={failed} />}
      >
        {text('children.title-of', { name: data.jobName })}
      </Header>
      <PathLink to={`/jobs/${id}`}>{text('children.back', { name: data.jobName })}</PathLink>
      {groups.error && <Failure error={groups.error} />}
      {groups.data && (
        <FailureGroups groups={groups.data} chosen={place} onChoose={(group) => look({ group: String(group) })} />
      )}
      <StateFilter counts={counts} status={status} onChange={(state) => look({ state })} />
      <ChildGrid codes={codes} chosen={chosen} label={summary} onPick={setIndex} />
      <ChildTable
        key={`${status} ${place} ${index}`}
        id={id}
        codes={codes}
        indexes={chosen}
        {...(index !== undefined && { beginAt: index })}
      />
    </SpaceBetween>
  );
}
