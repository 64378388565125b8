export { createIntegrations, type IntegrationsOptions, type StatesIntegrations } from './integrations.ts';
