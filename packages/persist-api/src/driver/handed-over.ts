const handedOver = new WeakSet<Uint8Array>();

/** Says that nobody changes these bytes from now on, so that a driver need not copy them. */
export function handOver<Data extends Uint8Array>(data: Data): Data {
  handedOver.add(data);
  return data;
}

export function isHandedOver(data: Uint8Array): boolean {
  return handedOver.has(data);
}
