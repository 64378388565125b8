/** How definitions write the names of an API's members. */
export type Naming = (name: string) => string;

/** Optimised integrations: the API's name with a capital (`JobName` for `jobName`, `MD5OfMessageBody` as it is). */
export function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/**
 * `aws-sdk:` integrations: in PascalCase, an acronym at the beginning as one word (`DbInstanceIdentifier` for the API's
 * `DBInstanceIdentifier`, `Acl` for `ACL`), as the AWS SDK for Java 2 names its members.
 */
export function sdkName(name: string): string {
  let length = 1;
  while (isUpper(name.charAt(length)) && !isLower(name.charAt(length + 1))) length += 1;
  return name.charAt(0).toUpperCase() + name.slice(1, length).toLowerCase() + name.slice(length);
}

/** The operation that an action in a resource names: `SubmitJob` for `submitJob`. Undefined for what is not in camelCase. */
export function operationName(action: string): string | undefined {
  return isLower(action.charAt(0)) ? capitalised(action) : undefined;
}

/** What the errors of `aws-sdk:` begin with: `CloudWatchLogs`, `Sfn`, `DynamoDb`, `S3`, from the SDKs' ids of services. */
export function errorPrefix(serviceId: string): string {
  const words = serviceId.split(/[^A-Za-z0-9]+/).map(capitalised);
  const acronyms = /[A-Z]+(?=[A-Z][a-z])|[A-Z]+(?![a-z])/g;
  return words.map((word) => word.replaceAll(acronyms, (run) => run.charAt(0) + run.slice(1).toLowerCase())).join('');
}

function isUpper(letter: string): boolean {
  return letter >= 'A' && letter <= 'Z';
}

function isLower(letter: string): boolean {
  return letter >= 'a' && letter <= 'z';
}
