// How JupyterLab finds a prebuilt extension: a container of modules in the page (module federation), here by hand.
// Of JupyterLab's own modules only Lumino's Widget is used; it is the page's copy.
(() => {
  const here = document.currentScript.src;
  let shared;
  const lumino = async () => {
    const [version] = Object.values(shared["@lumino/widgets"]);
    return (await version.get())();
  };
  globalThis._JUPYTERLAB ??= {};
  globalThis._JUPYTERLAB.tickbook = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const [{ plugin }, { Widget }] = await Promise.all([
        import(new URL("labextension/src/plugin.js", here)),
        lumino(),
      ]);
      const module = { __esModule: true, default: plugin(Widget) };
      return () => module;
    },
  };
})();
