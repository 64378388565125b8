/** How many colours there are for streams: `log-lines.css` has them. */
const colours = 8;

/** The colour of a stream, always the same. */
export function colourOf(stream: string): number {
  let sum = 0;
  for (let at = 0; at < stream.length; at++) sum = (sum * 31 + stream.charCodeAt(at)) >>> 0;
  return sum % colours;
}
