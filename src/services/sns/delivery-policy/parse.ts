import { invalidParameter } from '../refusals.ts';
import { backoffFunctions, defaultRetryPolicy, type GivenPolicy, type RetryPolicy } from './policy.ts';
import { longestRetryDelay, totalDelay } from './schedule.ts';

type Json = Readonly<Record<string, unknown>>;

/** AWS's limits. Delays in seconds. */
const limits = { longestDelay: longestRetryDelay / 1000, retries: 100, totalDelay: 3600 } as const;

/** The content types that AWS lets deliveries have. */
const contentTypes: ReadonlySet<string> = new Set([
  ...['text/plain', 'text/plain; charset=UTF-8', 'text/css', 'text/csv', 'text/html', 'text/xml', 'text/markdown'],
  ...['application/json', 'application/xml', 'application/octet-stream', 'application/soap+xml'],
  ...['application/xhtml+xml', 'application/atom+xml', 'application/rss+xml', 'application/rdf+xml'],
  ...['application/x-www-form-urlencoded'],
]);

/** Reads a topic's delivery policy: `{"http": {"defaultHealthyRetryPolicy": {...}, ...}}`. Throws in AWS's words. */
export function parseTopicPolicy(text: string): GivenPolicy {
  const whole = readObject(text);
  onlyMembers(whole, ['http']);
  const http = objectAt(whole, 'http', 'http') ?? {};
  const names = ['defaultHealthyRetryPolicy', 'disableSubscriptionOverrides', 'defaultThrottlePolicy'];
  onlyMembers(http, [...names, 'defaultRequestPolicy', 'defaultSicklyRetryPolicy']);
  const disable = http.disableSubscriptionOverrides;
  if (disable !== undefined && typeof disable !== 'boolean') {
    return refuse('http.disableSubscriptionOverrides must be a boolean');
  }
  return {
    ...readParts(http, {
      retry: ['defaultHealthyRetryPolicy', 'http.defaultHealthyRetryPolicy'],
      throttle: ['defaultThrottlePolicy', 'http.defaultThrottlePolicy'],
      request: ['defaultRequestPolicy', 'http.defaultRequestPolicy'],
    }),
    ...(disable !== undefined && { disableSubscriptionOverrides: disable }),
  };
}

/** Reads a subscription's delivery policy: `{"healthyRetryPolicy": {...}, ...}`. Throws in AWS's words. */
export function parseSubscriptionPolicy(text: string): GivenPolicy {
  const whole = readObject(text);
  const names = ['healthyRetryPolicy', 'throttlePolicy', 'requestPolicy'] as const;
  onlyMembers(whole, [...names, 'sicklyRetryPolicy', 'guaranteed']);
  const [retry, throttle, request] = names;
  return readParts(whole, { retry: [retry, retry], throttle: [throttle, throttle], request: [request, request] });
}

/** The member's name, and its path in messages. */
type Place = readonly [name: string, path: string];

function readParts(whole: Json, places: Readonly<Record<'retry' | 'throttle' | 'request', Place>>): GivenPolicy {
  const [retry, throttle, request] = [places.retry, places.throttle, places.request].map(([name, path]) =>
    objectAt(whole, name, path),
  );
  const rate = throttle && readRate(throttle, places.throttle[1]);
  const contentType = request && readContentType(request, places.request[1]);
  return {
    ...(retry && { retry: readRetry(retry, places.retry[1]) }),
    ...(rate !== undefined && { maxReceivesPerSecond: rate }),
    ...(contentType !== undefined && { contentType }),
  };
}

const counts = ['numRetries', 'numMaxDelayRetries', 'numNoDelayRetries', 'numMinDelayRetries'] as const;

function readRetry(given: Json, path: string): RetryPolicy {
  onlyMembers(given, Object.keys(defaultRetryPolicy));
  const number = (name: keyof typeof defaultRetryPolicy, least: number, most: number) =>
    integerAt(given, name, path, least, most) ?? Number(defaultRetryPolicy[name]);
  const [numRetries = 0, numMaxDelayRetries = 0, numNoDelayRetries = 0, numMinDelayRetries = 0] = counts.map((name) =>
    number(name, 0, limits.retries),
  );
  const policy: RetryPolicy = {
    minDelayTarget: number('minDelayTarget', 1, limits.longestDelay),
    maxDelayTarget: number('maxDelayTarget', 1, limits.longestDelay),
    ...{ numRetries, numMaxDelayRetries, numNoDelayRetries, numMinDelayRetries },
    backoffFunction: readBackoff(given.backoffFunction, path),
  };
  checkRetry(policy, path);
  return policy;
}

function readBackoff(given: unknown, path: string): RetryPolicy['backoffFunction'] {
  if (given === undefined || given === null) return defaultRetryPolicy.backoffFunction;
  const found = backoffFunctions.find((name) => name === given);
  return found ?? refuse(`${path}.backoffFunction must be one of: ${backoffFunctions.join(', ')}`);
}

function checkRetry(policy: RetryPolicy, path: string): void {
  if (policy.minDelayTarget > policy.maxDelayTarget) {
    refuse(`${path}.maxDelayTarget must be greater than or equal to minDelayTarget`);
  }
  const phases = policy.numNoDelayRetries + policy.numMinDelayRetries + policy.numMaxDelayRetries;
  if (phases > policy.numRetries) {
    refuse(
      `${path}.numRetries must be greater than or equal to total of numMinDelayRetries, numNoDelayRetries and numMaxDelayRetries`,
    );
  }
  if (totalDelay(policy) > limits.totalDelay * 1000) {
    refuse(`${path}: the total delay of all retries must be less than or equal to ${limits.totalDelay} seconds`);
  }
}

function readRate(given: Json, path: string): number | undefined {
  onlyMembers(given, ['maxReceivesPerSecond']);
  return integerAt(given, 'maxReceivesPerSecond', path, 1, Number.MAX_SAFE_INTEGER);
}

function readContentType(given: Json, path: string): string | undefined {
  onlyMembers(given, ['headerContentType']);
  const type = given.headerContentType;
  if (type === undefined || type === null) return undefined;
  if (typeof type === 'string' && contentTypes.has(type)) return type;
  return refuse(`${path}.headerContentType is not a supported content type: ${String(type)}`);
}

function readObject(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // The same words for both.
  }
  return refuse('failed to parse JSON.');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(whole: Json, name: string, path: string): Json | undefined {
  const value = whole[name];
  if (value === undefined || value === null) return undefined;
  return isObject(value) ? value : refuse(`${path} must be a JSON object`);
}

function integerAt(given: Json, name: string, path: string, least: number, most: number): number | undefined {
  const value = given[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) return refuse(`${path}.${name} must be an integer`);
  if (value < least) return refuse(`${path}.${name} must be greater than or equal to ${least}`);
  return value > most ? refuse(`${path}.${name} must be less than or equal to ${most}`) : value;
}

function onlyMembers(given: Json, names: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) refuse(`Unexpected JSON member: ${unknown}`);
}

function refuse(reason: string): never {
  throw invalidParameter(`DeliveryPolicy: ${reason}`);
}
