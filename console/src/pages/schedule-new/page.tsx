import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useText } from '../../messages/text-context.tsx';
import { ScheduleForm } from './schedule-form.tsx';

export function Page() {
  const text = useText();
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{text('schedule-new.title')}</Header>
      <ScheduleForm />
    </SpaceBetween>
  );
}
