/** How often something that is being written is read anew. */
const maxReadings = 20;

export interface Settling<Reading, Value> {
  read(): Promise<Reading>;
  isSame(a: Reading, b: Reading): boolean;
  /** @throws if the reading is damaged, or only half written */
  decode(reading: Reading): Value;
  /** Gives somebody who is just writing the time to go on. */
  wait(): Promise<unknown>;
}

/**
 * The value of something that others write while it is read, and not atomically: reads until two readings
 * in a row are the same, and takes one for damaged only if it stays so for a while.
 * @throws what `decode` throws, if that does not pass
 */
export async function readSettled<Reading, Value>(source: Settling<Reading, Value>): Promise<Value> {
  let latest = await source.read();
  for (let count = 2; ; count += 1) {
    const isLast = count >= maxReadings;
    const before = latest;
    latest = await source.read();
    if (!isLast && !source.isSame(before, latest)) continue;
    try {
      return source.decode(latest);
    } catch (error) {
      if (isLast) throw error;
      await source.wait();
      if (source.isSame(latest, await source.read())) throw error;
    }
  }
}
