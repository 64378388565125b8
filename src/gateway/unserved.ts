import type { IncomingHttpHeaders } from 'node:http';
import type { WireError } from './answer.ts';
import type { ErrorFormat } from './error-format.ts';

/** The `NAME` in `AWS_ENDPOINT_URL_NAME`, where it is not the signing name in upper case. */
const endpointNames: Readonly<Record<string, string>> = {
  airflow: 'MWAA',
  aoss: 'OPENSEARCHSERVERLESS',
  apigateway: 'API_GATEWAY',
  'application-autoscaling': 'APPLICATION_AUTO_SCALING',
  autoscaling: 'AUTO_SCALING',
  bedrock: 'BEDROCK_RUNTIME',
  ce: 'COST_EXPLORER',
  'cognito-identity': 'COGNITO_IDENTITY',
  'cognito-idp': 'COGNITO_IDENTITY_PROVIDER',
  config: 'CONFIG_SERVICE',
  ds: 'DIRECTORY_SERVICE',
  elasticfilesystem: 'EFS',
  elasticloadbalancing: 'ELASTIC_LOAD_BALANCING_V2',
  elasticmapreduce: 'EMR',
  email: 'SES',
  es: 'OPENSEARCH',
  events: 'EVENTBRIDGE',
  'execute-api': 'APIGATEWAYMANAGEMENTAPI',
  iotdata: 'IOT_DATA_PLANE',
  logs: 'CLOUDWATCH_LOGS',
  monitoring: 'CLOUDWATCH',
  route53: 'ROUTE_53',
  's3-outposts': 'S3OUTPOSTS',
  secretsmanager: 'SECRETS_MANAGER',
  servicecatalog: 'SERVICE_CATALOG',
  servicediscovery: 'SERVICEDISCOVERY',
  servicequotas: 'SERVICE_QUOTAS',
  ses: 'SESV2',
  'sso-oauth': 'SSO_OIDC',
  states: 'SFN',
  tagging: 'RESOURCE_GROUPS_TAGGING_API',
};

/** Signing names of services that speak neither JSON nor the query protocol. */
const xmlFormats: Readonly<Record<string, ErrorFormat>> = {
  ec2: 'ec2Query',
  s3: 'restXml',
  s3express: 'restXml',
  's3-outposts': 'restXml',
  s3control: 'restXml',
  cloudfront: 'restXml',
  route53: 'restXml',
};

/** The variable that sends an SDK's calls of one service elsewhere: `AWS_ENDPOINT_URL_` and the service's own name. */
export function endpointVariable(signingName: string): string {
  const name = Object.hasOwn(endpointNames, signingName) ? endpointNames[signingName] : undefined;
  return `AWS_ENDPOINT_URL_${name ?? signingName.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
}

/** A request for a service that is not served here: what it was for, and which variable to set. Not to be tried again. */
export function unservedError(signingName: string, format: ErrorFormat): WireError {
  const message =
    `Batchyard does not serve ${signingName}. Set ${endpointVariable(signingName)} to the endpoint of a server that does, ` +
    `for example https://${signingName}.us-east-1.amazonaws.com for AWS itself.`;
  return { code: unservedCodes[format], status: 400, message };
}

const unservedCodes: Readonly<Record<ErrorFormat, string>> = {
  restJson1: 'UnknownOperationException',
  'awsJson1.0': 'UnknownOperationException',
  'awsJson1.1': 'UnknownOperationException',
  awsQuery: 'InvalidAction',
  ec2Query: 'InvalidAction',
  restXml: 'InvalidRequest',
  rpcv2Cbor: 'UnknownOperationException',
};

/** The protocol that a request seems to speak: what its client will understand of an error. */
export function guessFormat(headers: IncomingHttpHeaders, signingName?: string): ErrorFormat {
  if (signingName !== undefined && Object.hasOwn(xmlFormats, signingName))
    return xmlFormats[signingName] ?? 'restJson1';
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return 'rpcv2Cbor';
  const type = headers['content-type'] ?? '';
  if (headers['x-amz-target'] !== undefined) return type.includes('json-1.0') ? 'awsJson1.0' : 'awsJson1.1';
  return type.startsWith('application/x-www-form-urlencoded') ? 'awsQuery' : 'restJson1';
}
