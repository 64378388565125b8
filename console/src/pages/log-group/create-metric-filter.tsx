import { useState } from 'react';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { TextField } from '../../views/text-field.tsx';

/** Makes a metric of the events that match a pattern. */
export function CreateMetricFilter({ group }: { readonly group: string }) {
  const text = useText();
  const [filterName, setName] = useState('');
  const [filterPattern, setPattern] = useState('');
  const [metricNamespace, setNamespace] = useState('');
  const [metricName, setMetric] = useState('');
  const [metricValue, setValue] = useState('1');
  const metricTransformations = [{ metricNamespace, metricName, metricValue }];
  const input = { logGroupName: group, filterName, filterPattern, metricTransformations };
  return (
    <AskedAct
      label={text('log-filters.create')}
      question={text('log-filters.create.question')}
      call={{ service: 'logs', operation: 'PutMetricFilter', input }}
    >
      <TextField label={text('services.name')} value={filterName} onChange={setName} />
      <TextField label={text('log-filters.pattern')} value={filterPattern} onChange={setPattern} placeholder="ERROR" />
      <TextField label={text('metrics.namespace')} value={metricNamespace} onChange={setNamespace} />
      <TextField label={text('metrics.name')} value={metricName} onChange={setMetric} />
      <TextField label={text('log-filters.value')} value={metricValue} onChange={setValue} />
    </AskedAct>
  );
}
