const { loadConfig, openDriver, SandboxStore } = require('@sandkeep/persist-api');

(async () => {
  const { config, from, source } = await loadConfig();
  const driver = await openDriver(config, { from });
  const store = new SandboxStore(driver, { namespace: process.argv[2] });
  await store.save('web', { sandbox: { state: 'running' }, containers: new Map() });
  const { sandbox } = await store.load('web');
  await driver.close();
  console.log(driver.name, source === 'SANDKEEP_URL' ? 'url' : 'file', sandbox.state);
})();
