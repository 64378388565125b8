import Box from '@cloudscape-design/components/box';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { UsageGroup, UsageKind } from '../../data/usage.ts';
import { useLanguage, useText } from '../../messages/text-context.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { usageLabels } from './usage-kinds.ts';
import { type UsageRow, usageRows } from './usage-row.ts';

interface UsageTableProps {
  readonly by: UsageKind;
  readonly groups: readonly UsageGroup[];
  readonly loading: boolean;
}

export function UsageTable({ by, groups, loading }: UsageTableProps) {
  const text = useText();
  const language = useLanguage();
  const rows = usageRows(by, groups);
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 3 });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  const columns: readonly TableProps.ColumnDefinition<UsageRow>[] = [
    { id: 'name', header: text(usageLabels[by]), isRowHeader: true, cell: (row) => <UsageName by={by} row={row} /> },
    ...(by === 'share' ? [{ id: 'queue', header: text('usage.by.queue'), cell: ({ queue }: UsageRow) => queue }] : []),
    { id: 'vcpus', header: text('usage.vcpu-hours'), cell: ({ vcpuHours }) => number.format(vcpuHours) },
    {
      id: 'part',
      header: text('usage.part'),
      cell: ({ part, name }) => <ProgressBar value={part * 100} ariaLabel={`${name ?? '–'} ${percent.format(part)}`} />,
    },
    { id: 'memory', header: text('usage.memory-hours'), cell: ({ memoryHours }) => number.format(memoryHours) },
    ...(rows.some(({ gpuHours }) => gpuHours > 0)
      ? [{ id: 'gpus', header: text('usage.gpu-hours'), cell: ({ gpuHours }: UsageRow) => number.format(gpuHours) }]
      : []),
    {
      id: 'used',
      header: text('usage.cpu-used'),
      cell: ({ cpuUsed }) => (cpuUsed === undefined ? '–' : percent.format(cpuUsed)),
    },
    {
      id: 'peak',
      header: text('usage.peak'),
      cell: ({ peakMiB }) => (peakMiB === undefined ? '–' : `${number.format(peakMiB)} MiB`),
    },
    { id: 'attempts', header: text('usage.attempts'), cell: ({ attempts }) => number.format(attempts) },
    { id: 'running', header: text('usage.running'), cell: ({ running }) => number.format(running) },
  ];
  const empty = <Box textAlign="center">{text('usage.none')}</Box>;
  return (
    <Table
      loading={loading}
      loadingText={text('table.loading')}
      items={rows}
      trackBy="id"
      columnDefinitions={columns}
      empty={empty}
    />
  );
}

/** Leads to where it is looked at by itself, if anywhere. */
function UsageName({ by, row: { name } }: { readonly by: UsageKind; readonly row: UsageRow }) {
  const text = useText();
  if (name === undefined) return <>{text(by === 'share' ? 'usage.no-share' : 'usage.nobody')}</>;
  if (by === 'queue') return <PathLink to={`/queues/${encodeURIComponent(name)}`}>{name}</PathLink>;
  const definition = name.split(':')[0] ?? name;
  if (by === 'definition') return <PathLink to={`/definitions/${encodeURIComponent(definition)}`}>{name}</PathLink>;
  return <>{name}</>;
}
