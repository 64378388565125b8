import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { useSchedule } from '../../data/schedules.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { ScheduleForm } from '../schedule-new/schedule-form.tsx';

export function Page() {
  const text = useText();
  const { group = '', name = '' } = useParams();
  const { data, error, isPending } = useSchedule(group, name);
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={name}>
        {text('schedule-edit.title')}
      </Header>
      <ScheduleForm schedule={data} />
    </SpaceBetween>
  );
}
