import { javaText, TextTooLong } from '../json/java-text.ts';
import { bounds } from '../limits.ts';
import { type Arguments, IntrinsicFault } from './arguments.ts';

/**
 * Replaces each `{}` by the next argument. `\{` and `\}` are braces, `\\` is a backslash. There must be as many
 * arguments as placeholders, and no brace that stands alone. Arguments are written as Java's `toString` does.
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
      text += argumentText(args, next, bounds.valueCharacters - text.length);
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

function argumentText(args: Arguments, index: number, most: number): string {
  try {
    return javaText(args.any(index), most);
  } catch (fault) {
    if (fault instanceof TextTooLong) throw new IntrinsicFault('the text is too long');
    throw fault;
  }
}
