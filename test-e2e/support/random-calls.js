/**
 * Reads, writes and removes a document in turn, by chance, with and without conditions.
 * @param {import('./recorded-document.js').RecordedDocument} document
 * @param {import('./recorded-document.js').Documents} driver
 * @param {{ count: number, name: string, random: () => number }} options `name` makes values unique
 * @returns {Promise<void>}
 */
export async function randomCalls(document, driver, { count, name, random }) {
  let known;
  for (let n = 0; n < count; n++) {
    const value = `${name}-${n}`;
    const choice = random();
    if (choice < 0.2) known = await document.read(driver);
    else if (choice < 0.35) known = (await document.write(driver, value)) ?? known;
    else if (choice < 0.65)
      known = (await document.write(driver, value, known ?? 'absent')) ?? (await document.read(driver));
    else if (choice < 0.75) known = (await document.write(driver, value, 'absent')) ?? known;
    else if (choice < 0.9 && known !== undefined) await document.remove(driver, known);
    else await document.remove(driver);
  }
}
