import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';

interface DeleteNamedProps {
  readonly operation: `Delete${string}`;
  readonly input: object;
  readonly name: string;
}

export function DeleteNamed({ operation, input, name }: DeleteNamedProps) {
  const text = useText();
  return (
    <AskedAct
      inline
      label={text('services.delete')}
      ariaLabel={text('services.delete-named', { name })}
      question={text('services.delete.question', { name })}
      call={{ service: 'events', operation, input }}
    />
  );
}
