import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useText } from '../../messages/text-context.tsx';
import { useAddress } from '../../views/use-address.ts';
import { CreateGroup } from './create-group.tsx';
import { GroupTable } from './group-table.tsx';

export function Page() {
  const text = useText();
  const part = useAddress().get('q');
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('logs.purpose')} actions={<CreateGroup />}>
        {text('logs.title')}
      </Header>
      <GroupTable key={part} part={part} />
    </SpaceBetween>
  );
}
