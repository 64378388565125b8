import { PathLink } from '../path-link.tsx';

/** A managed policy by its name, and the way to it. */
export function PolicyLink({ arn }: { readonly arn: string }) {
  const [, owner = '', path = ''] = /^arn:[^:]*:iam::([^:]*):policy\/(.+)$/.exec(arn) ?? [];
  return <PathLink to={`/iam/policies/${owner}/${path}`}>{path.slice(path.lastIndexOf('/') + 1)}</PathLink>;
}
