import type { Json } from '../json/json.ts';
import { bounds } from '../limits.ts';
import { type Arguments, IntrinsicFault } from './arguments.ts';

/**
 * Replaces each `{}` by the next argument. `\{` and `\}` are braces, `\\` is a backslash. There must be as many
 * arguments as placeholders, and no brace that stands alone.
 */
export function format(args: Arguments): string {
  const template = args.string(0);
  let text = '';
  let next = 1;
  for (let i = 0; i < template.length; i += 1) {
    const character = template[i] ?? '';
    if (character === '\\' && "{}\\'".includes(template[i + 1] ?? ' ')) {
      i += 1;
      text += template[i] ?? '';
    } else if (character === '{' && template[i + 1] === '}') {
      if (next >= args.count) throw new IntrinsicFault('there are more placeholders than arguments');
      text += textOf(args.any(next));
      if (text.length > bounds.valueCharacters) throw new IntrinsicFault('the text is too long');
      next += 1;
      i += 1;
    } else if (character === '{' || character === '}') {
      throw new IntrinsicFault("a brace that is part of the text must be written '\\{' or '\\}'");
    } else {
      text += character;
    }
  }
  if (next !== args.count) throw new IntrinsicFault('there are more arguments than placeholders');
  return text;
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
