import Box from '@cloudscape-design/components/box';

/** A value as JSON, as it was given. */
export function JsonText({ value }: { readonly value: unknown }) {
  return <Box variant="pre">{JSON.stringify(value, undefined, 2)}</Box>;
}
