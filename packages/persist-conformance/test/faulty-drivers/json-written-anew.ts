import type { WriteOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class JsonWrittenAnew extends FaultyDriver {
  override write(key: string, data: Uint8Array, options?: WriteOptions) {
    const text = Buffer.from(data).toString();
    return this.sound.write(key, text.startsWith('{') ? writtenAnew(text, data) : data, options);
  }
}

function writtenAnew(text: string, data: Uint8Array): Uint8Array {
  try {
    return Buffer.from(JSON.stringify(JSON.parse(text)));
  } catch {
    return data;
  }
}

export const jsonWrittenAnew: Fault = {
  fault: 'JSON is parsed and written anew, and large integers are rounded',
  caughtBy: 'F58',
  alsoCaughtBy: ['B20', 'B22'],
  sometimesCaughtBy: ['B11'],
  breakDriver: (sound) => behindCreateDriver(new JsonWrittenAnew(sound)),
};
