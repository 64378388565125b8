import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { useEventRule } from '../../data/event-rules.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { RuleForm } from '../event-rule-new/rule-form.tsx';

export function Page() {
  const text = useText();
  const { bus = '', name = '' } = useParams();
  const { data, error, isPending } = useEventRule(bus, name);
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={name}>
        {text('event-rule-edit.title')}
      </Header>
      <RuleForm bus={bus} rule={data} />
    </SpaceBetween>
  );
}
