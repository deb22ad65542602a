/** Lets the event loop turn once: other work runs before the promise resolves. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
