import Alert from '@cloudscape-design/components/alert';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useText } from '../../messages/text-context.tsx';

export interface MadeKey {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
}

interface NewKeyProps {
  readonly made: MadeKey;
  readonly onClose: () => void;
}

/** The only time that a secret key is seen. */
export function NewKey({ made: { AccessKeyId, SecretAccessKey }, onClose }: NewKeyProps) {
  const text = useText();
  const copied = (value: string) => (
    <CopyToClipboard
      variant="inline"
      textToCopy={value}
      copyButtonAriaLabel={text('keys.copy')}
      copySuccessText={text('aws-line.copied')}
      copyErrorText={text('aws-line.not-copied')}
    />
  );
  return (
    <Alert
      type="success"
      header={text('keys.made')}
      dismissible
      dismissAriaLabel={text('dialog.close')}
      onDismiss={onClose}
    >
      <KeyValuePairs
        columns={2}
        items={[
          { label: text('sign-in.access-key-id'), value: copied(AccessKeyId) },
          { label: text('sign-in.secret-access-key'), value: copied(SecretAccessKey) },
        ]}
      />
    </Alert>
  );
}
