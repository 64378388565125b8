/** What people call the thing of an ARN: what comes after the last slash, or after the last colon of one without, as `root`. */
export function nameOfArn(arn: string | undefined): string {
  if (arn === undefined) return '–';
  return arn.slice(arn.lastIndexOf(arn.includes('/') ? '/' : ':') + 1);
}
