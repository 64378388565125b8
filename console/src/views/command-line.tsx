import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import { useText } from '../messages/text-context.tsx';

/** A line for a shell, to be copied: of what AWS's command has no name for, one of `batchyard`. */
export function CommandLine({ line }: { readonly line: string }) {
  const text = useText();
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
