import type { ImportProgress } from '@sandkeep/persist-storage';
import { Presets, SingleBar } from 'cli-progress';

/** Shows on a terminal how much of an image was read; elsewhere nothing. */
export function showImport(stream: NodeJS.WriteStream = process.stderr): {
  update: (progress: ImportProgress) => void;
  end(): void;
} {
  if (!stream.isTTY) return { update: () => {}, end() {} };
  const format = 'layer {layer}/{layers} {bar} {percentage}%';
  const options = { stream, format, barsize: 24, hideCursor: true, clearOnComplete: true, gracefulExit: false };
  const bar = new SingleBar(options, Presets.shades_classic);
  let started = false;
  return {
    update({ layer, layers, bytes, totalBytes }) {
      if (!started) bar.start(totalBytes, bytes, { layer, layers });
      else bar.update(bytes, { layer, layers });
      started = true;
    },
    end: () => bar.stop(),
  };
}
