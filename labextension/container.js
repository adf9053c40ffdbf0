// How JupyterLab finds a prebuilt extension: a container of modules in the page (module federation), here by hand.
// Of JupyterLab's own modules two are used, in the page's copies: Lumino's Widget, and what runs a notebook's cells.
(() => {
  const here = document.currentScript.src;
  let shared;
  const pageModule = async (name) => {
    const [version] = Object.values(shared[name]);
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
        pageModule("@lumino/widgets"),
      ]);
      const notebookActions = async () => (await pageModule("@jupyterlab/notebook")).NotebookActions;
      const module = { __esModule: true, default: plugin({ Widget, notebookActions }) };
      return () => module;
    },
  };
})();
