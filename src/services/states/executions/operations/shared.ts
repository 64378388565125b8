import type { IncludedData } from '@aws-sdk/client-sfn';

/** Leaves out members that were not given. */
export function given<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}

/** The members about input and output; none of them when only metadata are asked for. */
export function executionData(
  { input, output }: { readonly input: string; readonly output?: string | undefined },
  included: IncludedData = 'ALL_DATA',
) {
  if (included !== 'ALL_DATA') return {};
  const whole = { included: true };
  return { input, inputDetails: whole, ...(output === undefined ? {} : { output, outputDetails: whole }) };
}
