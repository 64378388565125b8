import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useText } from '../../messages/text-context.tsx';
import { InstanceTable } from '../../views/instance-table.tsx';

export function Page() {
  const text = useText();
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{text('instances.title')}</Header>
      <InstanceTable />
    </SpaceBetween>
  );
}
