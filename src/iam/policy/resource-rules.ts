import { Malformed } from './malformed.ts';

const partitions = /^(?:aws(?:-[a-z]+)*|\*)$/;

/** Refuses what names no resource, in AWS's words. */
export function checkResource(pattern: string): void {
  if (pattern === '*') return;
  const [prefix, partition = '', service = '', region = ''] = pattern.split(':', 5);
  if (prefix !== 'arn' || !pattern.includes(':', 4)) {
    throw new Malformed(`Resource ${pattern} must be in ARN format or "*".`);
  }
  if (!partitions.test(partition)) {
    throw new Malformed(`Partition "${partition}" is not valid for resource "${pattern}".`);
  }
  // A star that ends a pattern covers the rest of it.
  if (service === '*' && pattern.endsWith(`:${service}`)) return;
  if (/[*?]/.test(service)) throw new Malformed(`Vendor ${service} is not valid`);
  if (service === 'iam' && !['', '*'].includes(region)) {
    throw new Malformed('IAM resource ARN cannot contain region information.');
  }
}
