import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useAct } from '../../data/use-act.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../aws-line.tsx';
import { Failure } from '../failure.tsx';
import { type Act, initialValues, withoutSecrets, wrongWith } from './act.ts';
import { ActInput } from './act-input.tsx';

/** Asks for what an act needs, shows its `aws` line, and does it. What was typed is kept where it is refused. */
export function ActDialog({ act, onClose }: { readonly act: Act; readonly onClose: () => void }) {
  const text = useText();
  const { title, warning, fields = [] } = act;
  const [values, setValues] = useState(() => initialValues(fields));
  const mutation = useAct();
  const wrong = (name: string) => {
    const field = fields.find((each) => each.name === name);
    return field && wrongWith(field, values[name] ?? '');
  };
  const onSuccess = (answer: unknown) => {
    onClose();
    act.done?.(answer, values);
  };
  const footer = (
    <Button
      variant="primary"
      disabled={fields.some(({ name }) => wrong(name) !== undefined)}
      loading={mutation.isPending}
      onClick={() => mutation.mutate(act.call(values), { onSuccess })}
    >
      {text(title)}
    </Button>
  );
  const isLarge = fields.some(({ kind }) => kind === 'json');
  return (
    <Modal
      visible
      size={isLarge ? 'large' : 'medium'}
      header={text(title)}
      onDismiss={onClose}
      footer={footer}
      closeAriaLabel={text('dialog.close')}
    >
      <SpaceBetween size="m">
        {warning !== undefined && <Alert type="warning">{text(warning)}</Alert>}
        {fields.map((field) => (
          <ActInput
            key={field.name}
            field={field}
            value={values[field.name] ?? ''}
            wrong={values[field.name] === '' ? undefined : wrong(field.name)}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
        <AwsLine call={act.call(withoutSecrets(fields, values))} />
        {mutation.error && <Failure error={mutation.error} />}
      </SpaceBetween>
    </Modal>
  );
}
