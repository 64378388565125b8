import { pageOf as cut, type Page } from '../../core/page.ts';
import { demand, invalid } from './refusals.ts';

/** AWS's: every list of ECS has pages of 100. */
const mostPerPage = 100;

export interface PageInput {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

const refuse = (): never => {
  throw invalid('Invalid token');
};

/** A page in the order of ARNs. `kind` keeps tokens of different lists apart. */
export function pageOf(
  kind: string,
  arns: readonly string[],
  { maxResults = mostPerPage, nextToken }: PageInput,
): Page<string> {
  demand(maxResults >= 1 && maxResults <= mostPerPage, `maxResults must be between 1 and ${mostPerPage}`);
  return cut(arns, (arn) => arn, { kind, size: maxResults, token: nextToken, refuse });
}
