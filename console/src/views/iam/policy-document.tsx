import Box from '@cloudscape-design/components/box';

/** A policy as it was written. */
export function PolicyDocument({ text }: { readonly text: string }) {
  return <Box variant="pre">{text}</Box>;
}
