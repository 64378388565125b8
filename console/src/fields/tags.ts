import type { MapField, ToggleField } from './field.ts';

/** Tags of what is created. */
export const tagsField: MapField = {
  kind: 'map',
  path: 'tags',
  label: 'field.tags',
  help: 'field.tags.help',
  named: /\btags?\b|tag ?(key|value)/i,
};

export const propagateTagsField: ToggleField = { kind: 'toggle', path: 'propagateTags', label: 'field.propagate-tags' };

export const parametersField: MapField = {
  kind: 'map',
  path: 'parameters',
  label: 'field.parameters',
  help: 'field.parameters.help',
};
