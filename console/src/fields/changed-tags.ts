type Tags = Readonly<Record<string, string>>;

/** What makes `after` of the tags of `resourceArn`: tags that are new or other, then those that are gone. */
export function tagCalls(resourceArn: string, before: Tags, after: Tags) {
  const tags = Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value));
  const tagKeys = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return [
    ...(Object.keys(tags).length > 0
      ? [{ service: 'batch', operation: 'TagResource', input: { resourceArn, tags } } as const]
      : []),
    ...(tagKeys.length > 0
      ? [{ service: 'batch', operation: 'UntagResource', input: { resourceArn, tagKeys } } as const]
      : []),
  ];
}
