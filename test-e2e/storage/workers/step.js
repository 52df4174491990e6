/** One step of a container's life on a storage, by its name; what it gives is what the next steps need. */
export const steps = {
  import: (storage, layout, ref) => storage.images.importOciLayout(layout, { ref }),
  create: (storage, _layout, name) =>
    storage.createContainerStorage({ imageName: 'base', containerName: name, containerId: `id-${name}` }),
  start: (storage, _layout, name) => storage.startContainer(name),
  stop: (storage, _layout, name) => storage.stopContainer(name),
  delete: (storage, _layout, name) => storage.deleteContainer(name),
  remove: (storage, _layout, ref) => storage.images.removeImage(ref),
};
