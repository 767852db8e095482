/**
 * The same items, each asked for while the one before is worked on: reading and writing overlap. At most one item is
 * waiting. To leave the loop early, first make the source end (abort its signal): a request under way is waited for.
 */
export async function* oneAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const items = source[Symbol.asyncIterator]();
  let coming = items.next();
  try {
    for (;;) {
      const item = await coming;
      if (item.done === true) return;
      coming = items.next();
      coming.catch(() => undefined); // its error belongs to the next turn, which may never come
      yield item.value;
    }
  } finally {
    await items.return?.();
  }
}
