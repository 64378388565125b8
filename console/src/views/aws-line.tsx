import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import { awsLine } from '../api/aws-line.ts';
import type { Call } from '../api/protocol.ts';
import { useText } from '../messages/text-context.tsx';

/** What a call is on the command line. Every act shows it, before it is done. */
export function AwsLine({ call }: { readonly call: Call }) {
  const text = useText();
  const line = awsLine(call);
  return (
    <Box variant="code">
      <CopyToClipboard
        variant="inline"
        textToCopy={line}
        copyButtonAriaLabel={text('aws-line.copy')}
        copySuccessText={text('aws-line.copied')}
        copyErrorText={text('aws-line.not-copied')}
      />
    </Box>
  );
}
