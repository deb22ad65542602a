/** The text is no JSON or YAML, or beyond a limit. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
}
