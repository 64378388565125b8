/** A name in an archive as its own files write it, however its tar does: without `.`, `..` and a slash before it. */
export function memberName(name: string): string {
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
