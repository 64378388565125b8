import { demand, invalid } from '../refusals.ts';

/** Of a list with one filter of one value: what each means, by its name. */
export type ListFilters<Filter> = Readonly<
  Record<string, (value: string, milliseconds: (text: string) => number) => Filter>
>;

/** The words: boto/boto3 issue 3978 and aws/aws-cli issue 7982; of names, times and no value at all none are reported. */
export function readFilter<Filter>(
  given: readonly { readonly name?: string | undefined; readonly values?: readonly string[] | undefined }[] | undefined,
  filters: ListFilters<Filter>,
): Filter | undefined {
  if (!given || given.length === 0) return undefined;
  demand(given.length === 1, 'Only one filter key-value pair can be specified.');
  const { name = '', values = [] } = given[0] ?? {};
  const read = Object.hasOwn(filters, name) ? filters[name] : undefined;
  demand(read, `Filter name is not valid: ${name}. Valid names: [${Object.keys(filters).join(', ')}]`);
  const [value] = values;
  demand(values.length <= 1, 'Filter cannot take more than one value.');
  demand(value !== undefined, `Filter ${name} must have a value.`);
  return read(value, epochMilliseconds);
}

function epochMilliseconds(value: string): number {
  return /^\d{1,15}$/.test(value) ? Number(value) : invalid(`Filter value is not a time in milliseconds: ${value}`);
}
