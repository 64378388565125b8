/** What a member of a request of the query protocol may be. */
type QueryValue =
  | string
  | number
  | boolean
  | undefined
  | readonly QueryValue[]
  | { readonly [name: string]: QueryValue };

/** The body of a request in the query protocol: structures become `A.B`, lists `A.member.1`; what is undefined is left out. */
export function queryForm(operation: string, version: string, input: object): string {
  const form = new URLSearchParams({ Action: operation, Version: version });
  addMembers(form, '', input as { readonly [name: string]: QueryValue });
  return form.toString();
}

function addMembers(form: URLSearchParams, prefix: string, members: { readonly [name: string]: QueryValue }): void {
  for (const [name, value] of Object.entries(members)) addValue(form, `${prefix}${name}`, value);
}

function addValue(form: URLSearchParams, name: string, value: QueryValue): void {
  if (value === undefined) return;
  if (typeof value !== 'object') form.append(name, String(value));
  else if (isList(value))
    for (const [index, each] of value.entries()) addValue(form, `${name}.member.${index + 1}`, each);
  else addMembers(form, `${name}.`, value);
}

function isList(value: QueryValue & object): value is readonly QueryValue[] {
  return Array.isArray(value);
}
