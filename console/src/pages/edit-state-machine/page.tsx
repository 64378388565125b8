import { useParams } from 'react-router';
import { useStatesArn } from '../../data/states/arns.ts';
import { useMachine } from '../../data/states/machines.ts';
import { Failure } from '../../views/failure.tsx';
import { EditMachine } from './edit-machine.tsx';

export function Page() {
  const { name = '' } = useParams();
  const { data, error, isPending } = useMachine(useStatesArn()('stateMachine', name));
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  return <EditMachine key={name} name={name} machine={data} />;
}
