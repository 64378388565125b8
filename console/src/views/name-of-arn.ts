/** What people call the thing of an ARN: what comes after the last slash. */
export function nameOfArn(arn: string | undefined): string {
  return arn === undefined ? '–' : arn.slice(arn.lastIndexOf('/') + 1);
}
