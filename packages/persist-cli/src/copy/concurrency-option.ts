import { type Command, InvalidArgumentError } from 'commander';

export function addConcurrencyOption(command: Command): Command {
  return command.option('--concurrency <count>', 'how many documents are worked on at once', parse, 8);
}

function parse(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 256) return count;
  throw new InvalidArgumentError('expected a whole number from 1 to 256');
}
