/** A record's text with what lookups look at; the rest is nothing. */
export interface Sketch {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly user: string;
  /** In seconds since 1970. */
  readonly time: number;
  readonly readOnly: boolean;
  readonly category: 'Management' | 'Data';
  readonly resources: readonly string[];
}

export function recordOfSketch({ id, name, region, user, time, readOnly, category, resources }: Sketch): string {
  return JSON.stringify({
    userIdentity: { type: 'IAMUser', userName: user, accessKeyId: `AKIA${user}` },
    eventTime: `${new Date(time * 1000).toISOString().slice(0, 19)}Z`,
    eventSource: 'batch.amazonaws.com',
    eventName: name,
    awsRegion: region,
    eventID: id,
    readOnly,
    ...(resources.length === 0
      ? {}
      : { resources: resources.map((ARN) => ({ ARN, accountId: '123456789012', type: 'AWS::Batch::JobQueue' })) }),
    recipientAccountId: '123456789012',
    eventCategory: category,
    padding: 'x'.repeat(200),
  });
}
