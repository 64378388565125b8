export { createIntegrations, type IntegrationsOptions, type StatesIntegrations } from './integrations.ts';
export { SdkCalls } from './sdk-calls.ts';
